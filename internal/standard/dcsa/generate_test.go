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
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

var generated = standard.Options{Org: "carrier", Received: time.Date(2026, 9, 20, 7, 8, 9, 0, time.UTC)}

// maker makes a document with every member of a definition, most of them with a value found nowhere else.
type maker struct {
	n      int
	values []string // those that no event may lose
	depth  int
	deep   int            // down to which members are made that are not required
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
		first, other := false, false // of those of which there must be one
		for _, c := range s.choices {
			first = first || c.names[0] == r.name
			other = other || c.only && slices.Contains(c.names[1:], r.name)
		}
		if other || m.depth > m.deep && !r.required && !first {
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
			m := maker{deep: 9, fixed: map[string]any{"content": "Zg==", "isToOrder": false}}
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

func TestWhatADefinitionDemandsIsRefusedWithoutIt(t *testing.T) {
	tried := 0
	for name, s := range definitions() {
		m := maker{deep: 1}
		o := m.object(s)
		for i := range s.rules {
			r := &s.rules[i]
			kept, there := o[r.name]
			if !there {
				continue // the other of a choice
			}
			try := func(fact, code string) {
				t.Helper()
				tried++
				data, err := json.Marshal(o)
				if err != nil {
					t.Fatal(err)
				}
				v, fault := jsondoc.Read(data, standard.MaxDocumentBytes)
				if fault != nil {
					t.Fatal(fault)
				}
				ck := checker{log: new(jsondoc.Log)}
				ck.object(v.Open(nil), s)
				faults := ck.log.Faults()
				if len(faults) != 1 || faults[0].Pointer != "/"+r.name || faults[0].Code != code || faults[0].Message == "" {
					t.Errorf("%s: %s %s: %v", name, r.name, fact, faults)
				}
			}
			if delete(o, r.name); r.required {
				try("is missing", "missing")
			}
			if o[r.name] = any([]any{[]any{}}); r.form == list || r.form == values {
				o[r.name] = map[string]any{}
			}
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
		}
	}
	if tried < 1500 {
		t.Errorf("only %d wrong objects were tried", tried)
	}
}

func TestAMessageWithoutAMemberThatItNeedsIsRefusedThere(t *testing.T) {
	for name, m := range full(t) {
		s := defined(name)
		for i := range s.rules {
			r := &s.rules[i]
			if !r.required {
				continue
			}
			kept := m.document[r.name]
			delete(m.document, r.name)
			data, err := json.Marshal(m.document)
			if err != nil {
				t.Fatal(err)
			}
			events, err := m.format.Convert(data, generated)
			faults, _ := err.(trade.Faults) //nolint:errorlint // Faults come unwrapped, by contract
			if len(events) != 0 || len(faults) == 0 || faults[0].Pointer != "/"+r.name || faults[0].Code != "missing" {
				t.Errorf("%s without %s: %d events, %v", name, r.name, len(events), faults)
			}
			m.document[r.name] = kept
		}
	}
}
