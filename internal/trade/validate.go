package trade

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The years an event may speak of. The warehouse keeps a partition per year, and takes a hundred at once.
const (
	FirstYear = 1980
	LastYear  = 2079
)

const maxIDBytes = 512

// Validate gives the faults of the event's values, in the order of its members; nil when it is sound. Of more than
// MaxFaults it gives the first, and says so. A check digit that fails is no fault: see Flags. It allocates nothing for
// a sound event.
func Validate(e *Event) Faults {
	var v validation
	if e.SpecVersion != SpecVersion {
		v.add("specversion_unsupported", "/specversion", e.SpecVersion, `"1.0"`)
	}
	v.required("/id", e.ID)
	v.required("/source", e.Source)
	if strings.HasPrefix(e.Source, SourcePrefix) && e.Org() == "" {
		v.add("source_malformed", "/source", e.Source, SourcePrefix+"<org>, where <org> is [a-z0-9][a-z0-9-]{1,30}")
	}
	if !e.Type.Known() {
		v.add("type_unknown", "/type", string(e.Type), "a type of docs/enterprise.md, such as "+string(EquipmentLoaded))
	}
	v.time("/time", e.Time, true)
	v.time("/recorded", e.Recorded, false)
	if e.Retracted && e.Revision == 0 {
		v.add("retraction_unrevised", "/revision", "0", "a retraction carries a higher revision than what it takes back")
	}
	v.text("/subject", e.Subject)
	v.text("/datacontenttype", e.DataContentType)
	v.text("/dataschema", e.DataSchema)
	v.text("/traceparent", e.TraceParent)
	switch {
	case e.Data != nil:
		v.data(e.Data)
		if !e.Retracted {
			v.needed(e.Type, e.Data)
		}
	case !e.Retracted:
		v.add("missing", "/data", "", "data, since the event is no retraction")
	}
	return v.faults
}

type validation struct{ faults Faults }

func (v *validation) add(code, pointer, value, message string) {
	if v.full() {
		return
	}
	f := Fault{Code: code, Pointer: pointer, Message: message}
	if value != "" {
		f.Value = Quote(value)
	}
	v.faults = v.faults.With(f)
}

// full says that no more is told, so that lists need not be looked at further.
func (v *validation) full() bool { return len(v.faults) > MaxFaults }

func (v *validation) required(pointer, value string) {
	switch {
	case value == "":
		v.add("missing", pointer, "", "a string that is not empty")
	case len(value) > maxIDBytes:
		v.add("too_long", pointer, value, "at most "+strconv.Itoa(maxIDBytes)+" bytes")
	case hasControl(value):
		v.add("control_character", pointer, value, "no control characters")
	}
}

// soundText says that required finds no fault.
func soundText(s string) bool { return s != "" && len(s) <= maxIDBytes && !hasControl(s) }

// text checks a text that people read: it may have line breaks and be long, but no NUL, at which half of the world's
// programs end it.
func (v *validation) text(pointer, value string) {
	if strings.IndexByte(value, 0) >= 0 {
		v.add("control_character", pointer, value, "no NUL")
	}
}

func (v *validation) time(pointer string, t time.Time, required bool) {
	switch {
	case t.IsZero() && required:
		v.add("missing", pointer, "", "RFC 3339 date and time with an offset, such as 2026-09-11T08:15:00Z")
	case !t.IsZero() && (t.Year() < FirstYear || t.Year() > LastYear):
		v.faults = v.faults.With(Implausible(pointer, t.Format(time.RFC3339)))
	}
}

// MostElements gives how many elements the list at the pointer may have, and whether there is such a bound.
func MostElements(pointer string) (most int, limited bool) {
	switch pointer {
	case "/data/references", "/data/replaces":
		return MaxReferences, true
	case "/data/covers":
		return MaxCovers, true
	case "/data/equipment", "/data/transfer/from", "/data/transfer/to":
		return MaxEquipment, true
	case "/data/parties":
		return MaxParties, true
	case "/data/goods":
		return MaxGoods, true
	}
	return 0, false
}

// TooMany is the fault of a list of n elements that may have most.
func TooMany(pointer string, n, most int) Fault {
	return Fault{Code: "too_many", Pointer: pointer, Value: Quote(strconv.Itoa(n)), Message: "at most " + strconv.Itoa(most)}
}

// Implausible is the fault of a time or date of a year that no event is of.
func Implausible(pointer, value string) Fault {
	return Fault{
		Code: "time_implausible", Pointer: pointer, Value: Quote(value),
		Message: fmt.Sprintf("a year from %d to %d", FirstYear, LastYear),
	}
}

func (v *validation) data(d *Data) {
	v.oneOf("/data/classifier", string(d.Classifier), "PLN", "EST", "ACT")
	v.references("/data/references", d.References, MaxReferences)
	v.references("/data/covers", d.Covers, MaxCovers)
	v.references("/data/replaces", d.Replaces, MaxReferences)
	v.equipment(d.Equipment)
	v.numbers("/data/transfer/from", d.Transfer.From)
	v.numbers("/data/transfer/to", d.Transfer.To)
	v.transport(&d.Transport)
	v.place(&d.Place)
	v.parties(d.Parties)
	v.goods(d.Goods)
	v.money("/data/amount", d.Amount)
	v.document(&d.Document)
	v.customs(&d.Customs)
	v.oneOf("/data/finance/instrument", d.Finance.Instrument, instruments[:]...)
	v.oneOf("/data/finance/rail", d.Finance.Rail, "SWIFT", "CIPS", "FAST", "ECNY", "OTHER")
	v.partyID("/data/finance/financier", d.Finance.Financier)
	v.share("/data/finance/share", d.Finance.Share)
	v.text("/data/terms/incoterm", d.Terms.Incoterm)
	v.money("/data/terms/freight", d.Terms.Freight)
	v.money("/data/terms/insurance", d.Terms.Insurance)
	v.date("/data/credit/latest_shipment", d.Credit.LatestShipment)
	v.date("/data/credit/expiry", d.Credit.Expiry)
	v.decimal("/data/credit/tolerance_pct", d.Credit.TolerancePct)
	v.decimal("/data/temperature_c", d.TemperatureC)
	v.oneOf("/data/precision", d.Precision, "second", "day")
	if len(d.Detail) > 0 && d.Detail[0] != '{' && string(d.Detail) != "null" {
		v.add("mistyped", "/data/detail", string(d.Detail), "an object")
	}
}

// needed checks what an event of its type says nothing without.
func (v *validation) needed(t Type, d *Data) {
	switch t {
	case CargoTransferred:
		if len(d.Transfer.From) == 0 {
			v.add("missing", "/data/transfer/from", "", "the containers or wagons that the goods were moved from")
		}
		if len(d.Transfer.To) == 0 {
			v.add("missing", "/data/transfer/to", "", "the containers or wagons that the goods were moved to")
		}
	case TemperatureRead:
		if d.TemperatureC == "" {
			v.add("missing", "/data/temperature_c", "", `the temperature in degrees Celsius, such as "-18.4"`)
		}
	case BondPriced, LoanDrawn, InvestmentApproved:
		if d.Amount.IsZero() {
			v.add("missing", "/data/amount", "", "the amount and its currency")
		}
	default:
	}
}

func (v *validation) references(pointer string, refs []Reference, most int) {
	if len(refs) > most {
		v.faults = v.faults.With(TooMany(pointer, len(refs), most))
		return
	}
	for i := range refs {
		if v.full() {
			return
		}
		r := &refs[i]
		if (r.Kind.Order() >= 0 || soundText(string(r.Kind))) && soundText(r.Value) && (r.Issuer == "" || soundText(r.Issuer)) {
			continue
		}
		at := pointer + "/" + strconv.Itoa(i)
		if r.Kind == "" {
			v.add("missing", at+"/kind", "", "a kind of reference, such as "+string(BL))
		} else {
			v.required(at+"/kind", string(r.Kind))
		}
		v.required(at+"/value", r.Value)
		if r.Issuer != "" {
			v.required(at+"/issuer", r.Issuer)
		}
	}
}

func (v *validation) equipment(list []Equipment) {
	if len(list) > MaxEquipment {
		v.faults = v.faults.With(TooMany("/data/equipment", len(list), MaxEquipment))
		return
	}
	for i := range list {
		q := &list[i]
		if knownEquipment(q.Kind) && soundText(q.Number) && (q.State == "" || q.State == Laden || q.State == Empty) &&
			noNUL(q.ISOType) && noNUL(q.Seal) {
			continue
		}
		at := "/data/equipment/" + strconv.Itoa(i)
		if !knownEquipment(q.Kind) {
			v.add("not_in_list", at+"/kind", string(q.Kind), "container, wagon, truck or uld")
		}
		v.required(at+"/number", q.Number)
		v.text(at+"/iso_type", q.ISOType)
		v.text(at+"/seal", q.Seal)
		v.oneOf(at+"/state", q.State, Laden, Empty)
	}
}

// numbers checks those of the containers that goods are moved from or to.
func (v *validation) numbers(pointer string, list []string) {
	if len(list) > MaxEquipment {
		v.faults = v.faults.With(TooMany(pointer, len(list), MaxEquipment))
		return
	}
	for i := range list {
		if !soundText(list[i]) {
			v.required(pointer+"/"+strconv.Itoa(i), list[i])
		}
	}
}

func knownEquipment(k EquipmentKind) bool {
	return k == Container || k == Wagon || k == Truck || k == ULD
}

func (v *validation) oneOf(pointer, value string, list ...string) {
	if value == "" {
		return
	}
	for _, known := range list {
		if value == known {
			return
		}
	}
	v.add("not_in_list", pointer, value, "one of "+strings.Join(list, ", "))
}

func (v *validation) money(pointer string, m Money) {
	if soundMoney(m) {
		return
	}
	if m.Amount == "" {
		v.add("missing", pointer+"/amount", "", "a decimal string")
	}
	v.decimal(pointer+"/amount", m.Amount)
	switch {
	case m.Currency == "":
		v.add("missing", pointer+"/currency", "", "an ISO 4217 code")
	case !soundCurrency(m.Currency):
		v.add("currency_malformed", pointer+"/currency", m.Currency, "an ISO 4217 code of three capital letters")
	}
}

func (v *validation) decimal(pointer string, d Decimal) {
	if !soundDecimal(d) {
		v.add("decimal_malformed", pointer, string(d), "a decimal string such as \"125000.50\", at most 14 whole digits, no exponent")
	}
}

func soundDecimal(d Decimal) bool {
	if d == "" {
		return true
	}
	_, err := d.Scaled()
	return err == nil
}

func soundMoney(m Money) bool {
	return m.IsZero() || m.Amount != "" && soundDecimal(m.Amount) && soundCurrency(m.Currency)
}

func soundCurrency(s string) bool { return len(s) == 3 && upperLetters(s) }

func (v *validation) date(pointer, value string) {
	if value == "" {
		return
	}
	switch t, err := time.Parse(time.DateOnly, value); {
	case err != nil:
		v.add("date_malformed", pointer, value, "a date such as 2026-10-01")
	case t.Year() < FirstYear || t.Year() > LastYear:
		v.faults = v.faults.With(Implausible(pointer, value))
	}
}

func validDigest(s string) bool {
	hex, ok := strings.CutPrefix(s, "sha256:")
	if !ok || len(hex) != 64 {
		return false
	}
	for i := 0; i < len(hex); i++ {
		if c := hex[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func upperLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

func noNUL(s string) bool { return strings.IndexByte(s, 0) < 0 }

func hasControl(s string) bool {
	var all byte
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] == 0x7f {
			return true
		}
		all |= s[i]
	}
	return all >= utf8.RuneSelf && !utf8.ValidString(s)
}
