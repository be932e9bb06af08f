package wire

import (
	"bytes"
	"crypto/sha256"
	stdjson "encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"

	"oneorder/internal/trade"
)

// Append adds the event to dst as canonical JSON: RFC 8785 of the normalised event, on one line, members
// that are empty left out. Two events say the same just when their canonical bytes are the same.
func Append(dst []byte, e *trade.Event) []byte {
	w := writer{b: dst}
	w.open()
	if e.Data != nil {
		w.key("data")
		w.data(e.Data)
	}
	w.text("datacontenttype", e.DataContentType)
	w.text("dataschema", e.DataSchema)
	w.text("id", e.ID)
	w.instant("recorded", e.Recorded)
	if e.Retracted {
		w.key("retracted")
		w.b = append(w.b, "true"...)
	}
	w.uint("revision", e.Revision)
	w.text("source", e.Source)
	w.text("specversion", e.SpecVersion)
	w.text("subject", e.Subject)
	w.instant("time", e.Time)
	w.text("traceparent", e.TraceParent)
	w.text("type", string(e.Type))
	w.close()
	return w.b
}

// Digest is the SHA-256 of the event's canonical bytes.
func Digest(e *trade.Event) [32]byte {
	var buf [2048]byte
	return sha256.Sum256(Append(buf[:0], e))
}

// writer appends members in the order it is told, which is the sorted one.
type writer struct {
	b     []byte
	fresh bool // no member has been written since the bracket opened
}

func (w *writer) open()  { w.b = append(w.b, '{'); w.fresh = true }
func (w *writer) close() { w.b = append(w.b, '}'); w.fresh = false }

func (w *writer) comma() {
	if !w.fresh {
		w.b = append(w.b, ',')
	}
	w.fresh = false
}

func (w *writer) key(name string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) text(name, value string) {
	if value != "" {
		w.key(name)
		w.b = appendString(w.b, value)
	}
}

func (w *writer) uint(name string, value uint32) {
	if value != 0 {
		w.key(name)
		w.b = strconv.AppendUint(w.b, uint64(value), 10)
	}
}

func (w *writer) instant(name string, t time.Time) {
	if !t.IsZero() {
		w.key(name)
		w.b = append(w.b, '"')
		w.b = t.UTC().AppendFormat(w.b, time.RFC3339Nano)
		w.b = append(w.b, '"')
	}
}

func (w *writer) number(name string, n stdjson.Number) {
	if n != "" {
		w.key(name)
		w.b = appendNumber(w.b, string(n))
	}
}

// object writes a member whose value is written by body; nothing at all if body wrote no member.
func object[T comparable](w *writer, name string, value *T, body func(*writer, *T)) {
	if *value == *new(T) {
		return
	}
	w.key(name)
	w.open()
	body(w, value)
	w.close()
}

// list writes a member that is an array of objects; nothing if it is empty.
func list[T any](w *writer, name string, values []T, body func(*writer, *T)) {
	if len(values) == 0 {
		return
	}
	w.key(name)
	w.b = append(w.b, '[')
	for i := range values {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.open()
		body(w, &values[i])
		w.close()
	}
	w.b = append(w.b, ']')
}

func (w *writer) texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	w.key(name)
	w.b = append(w.b, '[')
	for i, s := range values {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendString(w.b, s)
	}
	w.b = append(w.b, ']')
}

func (w *writer) data(d *trade.Data) {
	w.open()
	object(w, "amount", &d.Amount, writeMoney)
	w.text("classifier", string(d.Classifier))
	list(w, "covers", d.Covers, writeReference)
	object(w, "credit", &d.Credit, writeCredit)
	object(w, "customs", &d.Customs, writeCustoms)
	if len(d.Detail) > 0 && string(d.Detail) != "null" {
		w.key("detail")
		w.b = appendCanonical(w.b, d.Detail)
	}
	object(w, "document", &d.Document, writeDocument)
	list(w, "equipment", d.Equipment, writeEquipment)
	object(w, "finance", &d.Finance, writeFinance)
	list(w, "goods", d.Goods, writeGoods)
	list(w, "parties", d.Parties, writeParty)
	object(w, "place", &d.Place, writePlace)
	w.text("precision", d.Precision)
	list(w, "references", d.References, writeReference)
	list(w, "replaces", d.Replaces, writeReference)
	w.text("temperature_c", string(d.TemperatureC))
	object(w, "terms", &d.Terms, writeTerms)
	if len(d.Transfer.From)+len(d.Transfer.To) > 0 {
		w.key("transfer")
		w.open()
		w.texts("from", d.Transfer.From)
		w.texts("to", d.Transfer.To)
		w.close()
	}
	object(w, "transport", &d.Transport, writeTransport)
	w.close()
}

func writeMoney(w *writer, m *trade.Money) {
	w.text("amount", string(m.Amount))
	w.text("currency", m.Currency)
}

func writeReference(w *writer, r *trade.Reference) {
	w.text("issuer", r.Issuer)
	w.text("kind", string(r.Kind))
	w.text("value", r.Value)
}

func writeCredit(w *writer, c *trade.Credit) {
	w.text("expiry", c.Expiry)
	w.text("latest_shipment", c.LatestShipment)
	w.uint("presentation_days", c.PresentationDays)
	w.text("tolerance_pct", string(c.TolerancePct))
}

func writeCustoms(w *writer, c *trade.Customs) {
	w.text("code", c.Code)
	w.text("direction", c.Direction)
	w.text("office", c.Office)
	w.text("procedure", c.Procedure)
	w.text("territory", c.Territory)
}

func writeDocument(w *writer, d *trade.Document) {
	object(w, "beneficiary", &d.Beneficiary, writePartyID)
	w.text("digest", d.Digest)
	object(w, "holder", &d.Holder, writePartyID)
	w.text("kind", d.Kind)
	w.text("number", d.Number)
	w.text("platform", d.Platform)
	w.text("status", d.Status)
}

func writePartyID(w *writer, p *trade.PartyID) {
	w.text("kind", p.Kind)
	w.text("value", p.Value)
}

func writeEquipment(w *writer, q *trade.Equipment) {
	w.text("iso_type", q.ISOType)
	w.text("kind", string(q.Kind))
	w.text("number", q.Number)
	w.text("seal", q.Seal)
	w.text("state", q.State)
}

func writeFinance(w *writer, f *trade.Finance) {
	object(w, "financier", &f.Financier, writePartyID)
	if f.Green {
		w.key("green")
		w.b = append(w.b, "true"...)
	}
	w.text("instrument", f.Instrument)
	w.text("rail", f.Rail)
	w.text("share", string(f.Share))
}

func writeGoods(w *writer, g *trade.Goods) {
	w.text("basis", g.Basis)
	w.text("description", g.Description)
	w.text("gross_kg", string(g.GrossKG))
	w.text("hs", g.HS)
	w.text("net_kg", string(g.NetKG))
	w.text("origin", g.Origin)
	w.text("package_kind", g.PackageKind)
	w.uint("packages", g.Packages)
	object(w, "value", &g.Value, writeMoney)
}

func writeParty(w *writer, p *trade.Party) {
	w.text("country", p.Country)
	object(w, "id", &p.ID, writePartyID)
	w.text("name", p.Name)
	w.text("role", p.Role)
}

func writePlace(w *writer, p *trade.Place) {
	w.text("facility", p.Facility)
	w.number("lat", p.Lat)
	w.number("lon", p.Lon)
	w.text("name", p.Name)
	w.text("unlocode", p.UNLOCODE)
}

func writeTerms(w *writer, t *trade.Terms) {
	object(w, "freight", &t.Freight, writeMoney)
	w.text("incoterm", t.Incoterm)
	object(w, "insurance", &t.Insurance, writeMoney)
}

func writeTransport(w *writer, t *trade.Transport) {
	w.text("carrier", t.Carrier)
	w.text("conveyance", t.Conveyance)
	w.text("from", t.From)
	w.text("mode", t.Mode)
	w.text("name", t.Name)
	w.text("to", t.To)
	w.text("voyage", t.Voyage)
}

// appendString writes a JSON string as RFC 8785, 3.2.2.2 has it: only what must be escaped is.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, '\\', 'b')
		case '\f':
			b = append(b, '\\', 'f')
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// appendNumber writes a number as ECMAScript would (RFC 8785, 3.2.2.3). A number beyond a double's range
// is left as it was written: it cannot be made canonical, and must not become another.
func appendNumber(b []byte, s string) []byte {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return append(b, s...)
	}
	if f == 0 {
		return append(b, '0')
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	// ECMAScript writes 1e-7, not 1e-07.
	if e := bytes.IndexByte(b[start:], 'e') + start; b[e+2] == '0' {
		b = append(b[:e+2], b[e+3:]...)
	}
	return b
}

// appendCanonical writes any valid JSON in canonical form.
func appendCanonical(b, raw []byte) []byte {
	raw = trimSpace(raw)
	switch raw[0] {
	case '{':
		type member struct {
			name  string
			units []uint16
			value []byte
		}
		var all []member
		members(raw, func(name string, value []byte) bool {
			all = append(all, member{name, utf16.Encode([]rune(name)), value})
			return true
		})
		slices.SortStableFunc(all, func(x, y member) int { return slices.Compare(x.units, y.units) })
		b = append(b, '{')
		for i, m := range all {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, m.name)
			b = append(b, ':')
			b = appendCanonical(b, m.value)
		}
		return append(b, '}')
	case '[':
		b = append(b, '[')
		first := true
		members(raw, func(_ string, value []byte) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = appendCanonical(b, value)
			return true
		})
		return append(b, ']')
	case '"':
		var s string
		if stdjson.Unmarshal(raw, &s) != nil {
			return append(b, raw...)
		}
		return appendString(b, s)
	case 't', 'f', 'n':
		return append(b, raw...)
	default:
		return appendNumber(b, string(raw))
	}
}
