package schemas_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// mutator makes from sound events what real and hostile publishers make of them.
type mutator struct {
	rand  *rand.Rand
	seeds [][]byte
	pool  []any    // values that stand somewhere in a seed, and those of nasty
	names []string // of members, of ours and of others
}

// nasty are values that break something, or nearly do.
var nasty = []any{
	nil, true, false, "", " ", "\x00", "a\x00b", "\t", "line\nbreak", "\x7f", "ﬁ", "\ufeff", "\ufffd", "渝A·D3917", strings.Repeat("x", 512), strings.Repeat("x", 513), strings.Repeat("渝", 200),
	0.0, 1.0, -1.0, 1.5, 90.0, -90.0, 90.00000000000001, 180.0, -180.0, 180.1, 4294967295.0, 4294967296.0, 1e300, -1e-300,
	[]any{},
	[]any{nil},
	[]any{""},
	[]any{map[string]any{}},
	map[string]any{},
	map[string]any{"kind": "bl", "value": "B1"},
	map[string]any{"kind": nil, "value": "-"},
	map[string]any{"amount": "1", "currency": "USD"},
	map[string]any{"amount": "", "currency": ""},
	map[string]any{"amount": nil},
	map[string]any{"amount": "1"},
	map[string]any{"currency": "USD"},
	map[string]any{"kind": "container", "number": "SITU9070320"},
	map[string]any{"kind": "wagon", "number": "94612087", "state": ""},
	map[string]any{"from": []any{"SITU9070320"}, "to": []any{"TBA"}},
	map[string]any{"from": nil, "to": []any{}},
	map[string]any{"kind": "uen", "value": "x"},
	// decimals
	"0", "-0", "00", "1.0", "1.", ".5", "+1", "1e3", "1,5", "99999999999999", "100000000000000", "99999999999999.99994", "99999999999999.99995", "-99999999999999.9999999",
	"000000000000000000001", "0.80", "1.0000", "1.0001", "80", "-0.1", "１２",
	// times and dates
	"2026-09-11T08:15:00Z", "2026-09-11T08:15:00.123456789012Z", "2026-09-11t08:15:00z", "2026-09-11T08:15:00", "2026-09-11T08:15:00+24:00", "2026-09-11T08:15:00-23:59",
	"2026-02-29T08:15:00Z", "2024-02-29T08:15:00Z", "2026-09-31T08:15:00Z", "2026-09-11T23:59:60Z", "2016-12-31T23:59:60Z", "2026-09-11T24:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
	"10000-01-01T00:00:00Z", "1979-12-31T23:59:59Z", "1980-01-01T00:00:00Z", "2079-12-31T23:59:59Z", "2080-01-01T00:00:00Z", "1980-01-01T00:00:00+01:00", "2079-12-31T23:59:59-01:00",
	"2080-01-01T00:30:00+01:00", "2026-10-01", "2026-1-1", "2026-02-30", "0000-10-01", "1979-10-01", "20261001", "2026-10-01T00:00:00Z",
	// codes and numbers
	"CNQZH", "cn qzh", "ＣＮＱＺＨ", "CNQZ", "CNQZ1", "CNQZ9", "QINZHOU", "N/A", "t.b.a", "000", "xx-xx", "CN", "cn", "C-N", "CHN", "EU", "NA", "zz", "USD", "usd", "U$D", "USDD",
	"870323", "8703.23", "8703.23.10 90", "87032", "87 0", "12345678901234", "8703ab", "SITU9070320", "situ 907032-0", "SITU907032", "SITU90703200", "SITUABC", "ABC-1", "A1", "TBJU2300170/TBJU2300186",
	"ſITU9070320", "ıSTU9070320", "5493006MHB84DD0ZWV18", "5493006mhb84dd0zwv-18", "5493006MHB84DD0ZWV1", "91330106673959654P", "91330106673959654p ", "9133010667395965OP", "197401143C", "t16ll0042k", "T16LI0042K", "00192200M",
	"urn:oneorder:org:sitc", "urn:oneorder:org:SITC", "urn:oneorder:org:a", "urn:oneorder:org:", "urn:oneorder:org:-a", "https://example.org/x", "urn:oneorder:org:a23456789012345678901234567890a", "urn:oneorder:org:a2345678901234567890123456789012",
	"ACT", "act", "sea", "day", "laden", "bl", "lei", "uscc", "uen", "container", "import", "SWIFT", "bond", "invoice", "other",
	"sha256:" + strings.Repeat("0a", 32), "sha256:" + strings.Repeat("0A", 32), "sha256:00", "1.0",
}

// near are values at the edge of what members of these names may be.
var near = map[string][]any{
	"lat": {90.0, -90.0, 90.5, -90.5, 91.0, 89.999}, "lon": {180.0, -180.0, 180.5, -180.5, 181.0},
	"from": {[]any{}, nil, []any{"SITU9070320"}, "SGSIN"}, "to": {[]any{}, nil, []any{"TBA"}, "SGSIN"}, "transfer": {nil, map[string]any{}},
	"revision": {0.0, 1.0, -1.0, 4294967295.0, 4294967296.0, nil}, "retracted": {true, false, nil, "true"},
	"time": timeEdges, "recorded": timeEdges, "expiry": dateEdges, "latest_shipment": dateEdges,
	"share": {"0", "1", "1.0", "1.01", "-0", "0.", "00.5", "01", "2", "10"}, "amount": {"", nil, "1", "-1", "1.", "99999999999999.99995", map[string]any{}},
	"kind":     {"lei", "uscc", "uen", "scac", "eori", "vat", "duns", "other", "gln", "container", "wagon", "truck", "uld", "barge", "bl", "sea_waybill", "", nil},
	"currency": {"USD", "usd", "US", "USDD", "", nil}, "digest": {"sha256:" + strings.Repeat("0a", 32), "sha256:" + strings.Repeat("0A", 32), "sha256:" + strings.Repeat("0a", 31), ""},
	"state": {"laden", "empty", "Laden", ""}, "classifier": {"PLN", "EST", "ACT", "REQ", ""}, "direction": {"import", "export", "transit", "in", ""},
	"mode": {"sea", "rail", "road", "air", "barge", "multimodal", "ship", ""}, "rail": {"SWIFT", "CIPS", "FAST", "ECNY", "OTHER", "RTGS", ""}, "precision": {"second", "day", "month", ""},
	"instrument": {"letter_of_credit", "collection", "loan", "invoice_financing", "bond", "qdlp", "payment", "guarantee", ""},
	"packages":   {0.0, -1.0, 4294967295.0, 4294967296.0, 1.5}, "temperature_c": {"", nil, "-18.4", "-18.4C"}, "detail": {nil, map[string]any{}, []any{}, "", crowd(1000), crowd(1001), map[string]any{"l": []any{crowd(1001)}}}, "specversion": {"1.0", "1.0.2", 1.0, "0.3"},
}

// crowd is an object of n members.
func crowd(n int) map[string]any {
	members := make(map[string]any, n)
	for i := range n {
		members[strconv.Itoa(i)] = nil
	}
	return members
}

var (
	timeEdges = []any{
		"2026-09-11T24:00:00Z", "2026-09-11T23:60:00Z", "2026-09-11T23:59:60Z", "2026-09-11T08:15:00+23:59", "2026-09-11T08:15:00+24:00", "2026-09-11T08:15:00+08:60", "2026-09-11T08:15:00-00:00",
		"2026-00-11T08:15:00Z", "2026-13-11T08:15:00Z", "2026-04-31T08:15:00Z", "2026-09-11T08:15:00.Z", "1979-06-11T08:15:00Z", "2080-06-11T08:15:00Z", "0001-01-01T00:00:00Z", "", nil,
	}
	dateEdges = []any{"1979-12-31", "1980-01-01", "2079-12-31", "2080-01-01", "2026-02-29", "2024-02-29", "2026-13-01", "2026-1-01", "", nil, 20261001.0}
)

func newMutator(seed uint64, seeds [][]byte) *mutator {
	m := &mutator{rand: rand.New(rand.NewPCG(seed, 0)), seeds: seeds, pool: slices.Clone(nasty)}
	names := map[string]bool{"Data": true, "data_base64": true, "x": true, "": true, "a/b~c": true, "ext1": true, "amount ": true, strings.Repeat("n", 64): true, strings.Repeat("n", 65): true}
	var gather func(value any)
	gather = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, inner := range v {
				names[name] = true
				gather(inner)
			}
		case []any:
			for _, inner := range v {
				gather(inner)
			}
		}
		if m.rand.IntN(4) == 0 && len(m.pool) < 3000 {
			m.pool = append(m.pool, value)
		}
	}
	for _, text := range seeds {
		var value any
		if json.Unmarshal(text, &value) == nil {
			gather(value)
		}
	}
	for name := range names {
		m.names = append(m.names, name)
	}
	slices.Sort(m.names)
	return m
}

// next gives a text: a seed with up to four changes to its values, and now and then to its bytes.
func (m *mutator) next() []byte {
	text := m.seeds[m.rand.IntN(len(m.seeds))]
	var event any
	if json.Unmarshal(text, &event) != nil {
		return text
	}
	for range m.rand.IntN(5) {
		event = m.change(event, "", 0)
	}
	text, _ = json.Marshal(event) // it has been read from JSON
	if m.rand.IntN(20) == 0 {
		text = m.spoil(text)
	}
	return text
}

// change changes something at the value, which is of the member of this name, or below it.
func (m *mutator) change(value any, name string, depth int) any {
	if depth > 0 && m.rand.IntN(4) == 0 {
		return m.value(value, name)
	}
	switch v := value.(type) {
	case map[string]any:
		return m.object(v, depth)
	case []any:
		return m.array(v, name, depth)
	}
	return m.value(value, name)
}

func (m *mutator) object(v map[string]any, depth int) any {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	kind := m.rand.IntN(10)
	switch {
	case kind == 0 || len(names) == 0:
		name := m.names[m.rand.IntN(len(m.names))]
		v[name] = m.value(nil, name)
	case kind == 1:
		delete(v, names[m.rand.IntN(len(names))])
	case kind == 2:
		name := names[m.rand.IntN(len(names))]
		inner := v[name]
		delete(v, name)
		v[m.names[m.rand.IntN(len(m.names))]] = inner
	default:
		// data has more to be changed than all the rest.
		name := names[m.rand.IntN(len(names))]
		if _, ok := v["data"]; ok && depth == 0 && m.rand.IntN(3) > 0 {
			name = "data"
		}
		v[name] = m.change(v[name], name, depth+1)
	}
	return v
}

func (m *mutator) array(v []any, name string, depth int) any {
	switch kind := m.rand.IntN(10); {
	case kind == 0 || len(v) == 0:
		return append(v, m.value(nil, ""))
	case kind == 1:
		return slices.Delete(v, 0, 1)
	case kind == 2 && depth < 4:
		many := []int{2, 64, 65, 400, 401, 2000, 2001}[m.rand.IntN(7)]
		for len(v) < many {
			v = append(v, v[0])
		}
		return v
	}
	i := m.rand.IntN(len(v))
	v[i] = m.change(v[i], name, depth+1)
	return v
}

// value gives another value; of a text often one that differs in a character.
func (m *mutator) value(old any, name string) any {
	if edges := near[name]; edges != nil && m.rand.IntN(2) == 0 {
		return copied(edges[m.rand.IntN(len(edges))])
	}
	if text, ok := old.(string); ok && text != "" && m.rand.IntN(2) == 0 {
		runes := []rune(text)
		i := m.rand.IntN(len(runes))
		alphabet := []rune("09azAZ-./ _:ＡｚſıKTＺ\u00a0\u3000\x00\n渝")
		switch c := alphabet[m.rand.IntN(len(alphabet))]; m.rand.IntN(3) {
		case 0:
			runes[i] = c
		case 1:
			runes = slices.Insert(runes, i, c)
		default:
			runes = slices.Delete(runes, i, i+1)
		}
		return string(runes)
	}
	return copied(m.pool[m.rand.IntN(len(m.pool))])
}

// copied gives the value anew, to be changed.
func copied(value any) any {
	text, _ := json.Marshal(value) // read from JSON, or written above
	var anew any
	_ = json.Unmarshal(text, &anew)
	return anew
}

// spoil changes a few bytes.
func (m *mutator) spoil(text []byte) []byte {
	for range 1 + m.rand.IntN(3) {
		i := m.rand.IntN(len(text))
		switch m.rand.IntN(4) {
		case 0:
			text[i] = byte(m.rand.IntN(256))
		case 1:
			text = slices.Delete(text, i, i+1)
		case 2:
			text = slices.Insert(text, i, []byte(`{}[]",:0e1.-\`)[m.rand.IntN(13)])
		default:
			text = slices.Insert(text, i, text[i:min(i+1+m.rand.IntN(30), len(text))]...)
		}
		if len(text) == 0 {
			return text
		}
	}
	return text
}
