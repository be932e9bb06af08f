package dcsa

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/conformance"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

var generated = standard.Options{Org: "carrier", Received: time.Date(2026, 9, 20, 7, 8, 9, 0, time.UTC)}

// maker makes a document with every member of a definition, most of them with a value found nowhere else.
type maker struct {
	n      int
	values []string // those that no event may lose
	depth  int
	fixed  map[string]any // by name of the member
}

func (m *maker) next(prefix string) string {
	m.n++
	s := prefix + strconv.Itoa(m.n)
	m.values = append(m.values, s)
	return s
}

// letters gives so many capital letters, other ones each time.
func (m *maker) letters(n int) string {
	m.n++
	b := make([]byte, n)
	for i, k := n-1, m.n; i >= 0; i, k = i-1, k/26 {
		b[i] = byte('A' + k%26)
	}
	m.values = append(m.values, string(b))
	return string(b)
}

// digits gives so many digits, other ones each time.
func (m *maker) digits(n int) string {
	m.n++
	s := fmt.Sprintf("8%0*d", n-1, m.n%1000)
	m.values = append(m.values, s)
	return s
}

func (m *maker) object(s *schema) map[string]any {
	m.depth++
	defer func() { m.depth-- }()
	o := map[string]any{}
	for i := range s.rules {
		r := &s.rules[i]
		if m.depth > 9 && !r.required || slices.ContainsFunc(s.choices, func(c choice) bool {
			return c.only && slices.Contains(c.names[1:], r.name)
		}) {
			continue
		}
		if v, ok := m.fixed[r.name]; ok {
			o[r.name] = v
			continue
		}
		o[r.name] = m.value(r)
	}
	return o
}

func (m *maker) value(r *rule) any {
	switch r.form {
	case code:
		return r.codes[0]
	case uuid:
		return "3cecb101-7a1a-43a4-9d62-e88a131651e2"
	case instant, moment:
		m.n++
		return time.Date(2026, 9, 11, 0, 0, m.n, 0, time.UTC).Format(time.RFC3339)
	case date:
		m.n++
		return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.n%300).Format(time.DateOnly)
	case integer:
		m.n++
		return 100_000 + m.n
	case decimal:
		m.n++
		return json.Number(strconv.Itoa(200_000+m.n) + ".5")
	case boolean:
		return true
	case object:
		return m.object(r.of)
	case list:
		return []any{m.object(r.of)}
	case values:
		return []any{m.value(r.each)}
	case number:
		return m.number(r)
	case text:
	}
	return m.next("V")
}

// number makes a string that fits the pattern.
func (m *maker) number(r *rule) string {
	candidates := []func() string{
		func() string { return m.next("V") },
		func() string { return m.letters(2) },
		func() string { return m.letters(3) },
		func() string { return m.letters(5) },
		func() string { return m.digits(4) },
		func() string { return m.digits(6) },
		func() string { return m.next("a@") },
		func() string { sum := sha256.Sum256([]byte{byte(m.n)}); return hex.EncodeToString(sum[:]) },
		func() string { return "2617S" },
		func() string { return "SR12345A" },
		func() string { return m.signed(m.object(defined("IssuanceManifest"))) },
	}
	for _, candidate := range candidates {
		kept := len(m.values)
		if s := candidate(); r.pattern == nil || r.pattern(s) {
			return s
		}
		m.values = m.values[:kept]
	}
	panic("no value for " + r.name)
}

// signed makes a JWS whose signature is none.
func (m *maker) signed(payload any) string {
	encode := func(v any) string {
		b, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return encode(map[string]string{"alg": "RS256"}) + "." + encode(payload) + ".c2lnbmF0dXJl"
}

// envelopeOf makes an envelope of two transfers, whose checksums fit.
func (m *maker) envelopeOf() map[string]any {
	document := m.object(defined("TransportDocument"))
	first := m.object(defined("EnvelopeTransferChainEntry"))
	delete(first, "previousEnvelopeTransferChainEntrySignedContentChecksum")
	second := m.object(defined("EnvelopeTransferChainEntry"))
	delete(second, "issuanceManifestSignedContent")
	second["transactions"].([]any)[0].(map[string]any)["actionCode"] = "TRANSFER"
	one := m.signed(first)
	sum := sha256.Sum256([]byte(one))
	second["previousEnvelopeTransferChainEntrySignedContentChecksum"] = hex.EncodeToString(sum[:])
	return map[string]any{
		"transportDocument":             document,
		"envelopeManifestSignedContent": m.signed(m.object(defined("EnvelopeManifest"))),
		"envelopeTransferChain":         []any{one, m.signed(second)},
	}
}

// full makes a document of each kind of message.
func full(t *testing.T) map[string]struct {
	document map[string]any
	values   []string
	format   standard.Format
} {
	t.Helper()
	all := map[string]struct {
		document map[string]any
		values   []string
		format   standard.Format
	}{}
	for i, f := range []*family{bookings, bills, envelopes} {
		for _, message := range f.messages {
			m := maker{fixed: map[string]any{"content": "Zg==", "isToOrder": false}}
			var o map[string]any
			if message.name == "EblEnvelope" {
				o = m.envelopeOf()
			} else {
				o = m.object(defined(message.name))
			}
			entry := all[message.name]
			entry.document, entry.values, entry.format = o, m.values, Formats()[i+1]
			all[message.name] = entry
		}
	}
	return all
}

func TestEveryMemberOfADefinitionIsKept(t *testing.T) {
	for name, m := range full(t) {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(m.document)
			if err != nil {
				t.Fatal(err)
			}
			events, err := m.format.Convert(data, generated)
			if err != nil || len(events) == 0 {
				t.Fatalf("%d events, %v\n%s", len(events), err, data)
			}
			var all strings.Builder
			for _, e := range events {
				conformance.CheckEvent(t, m.format, e)
				all.Write(wire.Append(nil, e))
			}
			told := all.String()
			// What was signed is kept as it was signed.
			for _, part := range strings.FieldsFunc(string(data), func(c rune) bool { return strings.ContainsRune(`".`, c) }) {
				if strings.Contains(told, part) && strings.HasPrefix(part, "eyJ") {
					payload, _ := base64.RawURLEncoding.DecodeString(part)
					told += string(payload)
				}
			}
			for _, value := range m.values {
				if !strings.Contains(told, `"`+value) && !strings.Contains(told, value+`"`) && !strings.Contains(told, `\"`+value) {
					t.Errorf("%s is in no event", value)
				}
			}
		})
	}
}

// walk calls visit for every member of an object below it, with what removes it and what puts another value there.
func walk(s *schema, o map[string]any, pointer string, visit func(r *rule, pointer string, o map[string]any)) {
	for i := range s.rules {
		r := &s.rules[i]
		v, there := o[r.name]
		if !there {
			continue
		}
		at := pointer + "/" + r.name
		visit(r, at, o)
		switch inner := v.(type) {
		case map[string]any:
			walk(r.of, inner, at, visit)
		case []any:
			if r.form == list {
				walk(r.of, inner[0].(map[string]any), at+"/0", visit)
			}
		}
	}
}

func TestWhatADefinitionDemandsIsRefusedWithoutIt(t *testing.T) {
	tried, seen := 0, map[*rule]bool{} // a rule of several messages is tried with one of them
	for name, m := range full(t) {
		if name == "EblEnvelope" {
			continue // its parts are the others
		}
		walk(defined(name), m.document, "", func(r *rule, pointer string, o map[string]any) {
			if seen[r] {
				return
			}
			seen[r] = true
			kept := o[r.name]
			try := func(fact, code string) {
				t.Helper()
				tried++
				data, err := json.Marshal(m.document)
				if err != nil {
					t.Fatal(err)
				}
				events, err := m.format.Convert(data, generated)
				faults, _ := err.(trade.Faults) //nolint:errorlint // Faults come unwrapped, by contract
				if len(events) != 0 || !slices.ContainsFunc(faults, func(f trade.Fault) bool {
					return f.Pointer == pointer && f.Code == code || f.Code == notAnEventDocument && strings.Count(pointer, "/") == 1
				}) {
					t.Errorf("%s: %s %s: %d events, %v", name, pointer, fact, len(events), faults)
				}
			}
			if r.required {
				delete(o, r.name)
				try("is missing", "missing")
			}
			wrong := any([]any{[]any{}})
			if r.form == list || r.form == values {
				wrong = map[string]any{}
			}
			o[r.name] = wrong
			try("is mistyped", "mistyped")
			o[r.name] = nil
			try("is null", "mistyped")
			if r.least > 0 {
				o[r.name] = []any{}
				try("is empty", "too_few")
			}
			if r.form == moment || r.form == date || r.form == instant {
				o[r.name] = "2026-02-30"
				try("is no time", "time_malformed")
			}
			o[r.name] = kept
		})
	}
	if tried < 1500 {
		t.Errorf("only %d wrong documents were tried", tried)
	}
}
