package trade

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"
)

// Limits of one event, which every way in enforces (docs/enterprise.md).
const (
	MaxEventBytes  = 1 << 20 // of the JSON text
	MaxReferences  = 64
	MaxCovers      = 1000
	MaxEquipment   = 400
	MaxParties     = 400
	MaxGoods       = 2000
	MaxMembers     = 1000 // of any one object
	MaxDepth       = 32   // nested objects and arrays, the event itself included
	SpecVersion    = "1.0"
	SourcePrefix   = "urn:oneorder:org:"
	MaxStringBytes = 64 << 10 // of any one string
)

// Event is one fact that an organisation reports: a CloudEvents 1.0 event in structured JSON mode.
//
// An event decoded by wire aliases the bytes it was decoded from; Clone it to keep it longer.
type Event struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"`
	Type            Type      `json:"type"`
	Time            time.Time `json:"time"`     // when it happened or, for PLN and EST, is expected
	Recorded        time.Time `json:"recorded"` // when the publisher said so; zero: the broker's timestamp
	Revision        uint32    `json:"revision"`
	Retracted       bool      `json:"retracted"`
	Subject         string    `json:"subject"`
	DataContentType string    `json:"datacontenttype"`
	DataSchema      string    `json:"dataschema"`
	TraceParent     string    `json:"traceparent"` // W3C Trace Context
	Data            *Data     `json:"data"`        // nil only for a retraction
	Flags           Flags     `json:"-"`           // what looked wrong when it was read
}

// Data is what the event says, the same shape for every type.
type Data struct {
	Classifier   Classifier      `json:"classifier"`
	References   []Reference     `json:"references"` // of the one consignment this event is about
	Covers       []Reference     `json:"covers"`     // of possibly many consignments it applies to; never joins
	Replaces     []Reference     `json:"replaces"`   // numbers that this event's number of the same kind takes the place of
	Equipment    []Equipment     `json:"equipment"`
	Transfer     Transfer        `json:"transfer"`
	Transport    Transport       `json:"transport"`
	Place        Place           `json:"place"`
	Parties      []Party         `json:"parties"`
	Goods        []Goods         `json:"goods"`
	Amount       Money           `json:"amount"`
	Document     Document        `json:"document"`
	Customs      Customs         `json:"customs"`
	Finance      Finance         `json:"finance"`
	Terms        Terms           `json:"terms"`
	Credit       Credit          `json:"credit"`
	TemperatureC Decimal         `json:"temperature_c"` // degrees Celsius
	Precision    string          `json:"precision"`     // "second" (default) or "day": how exactly Time is known
	Detail       json.RawMessage `json:"detail"`        // what only this type has, an object
}

// Classifier says whether Time is planned, estimated or actual (DCSA eventClassifierCode).
type Classifier string

// The classifiers.
const (
	Planned   Classifier = "PLN"
	Estimated Classifier = "EST"
	Actual    Classifier = "ACT"
)

// Equipment is a container, wagon, truck or unit load device named by the event.
type Equipment struct {
	Kind    EquipmentKind `json:"kind"`
	Number  string        `json:"number"`
	ISOType string        `json:"iso_type"` // ISO 6346 size and type
	Seal    string        `json:"seal"`
	State   string        `json:"state"` // "laden" or "empty"
}

// EquipmentKind is a closed list.
type EquipmentKind string

// The equipment kinds.
const (
	Container EquipmentKind = "container"
	Wagon     EquipmentKind = "wagon"
	Truck     EquipmentKind = "truck"
	ULD       EquipmentKind = "uld"
)

// Equipment states.
const (
	Laden = "laden"
	Empty = "empty"
)

// Transfer names the containers that cargo.transferred moves goods from and to.
type Transfer struct {
	From []string `json:"from"`
	To   []string `json:"to"`
}

// Transport is the leg and conveyance the event speaks of.
type Transport struct {
	Mode       string `json:"mode"`       // sea rail road air barge multimodal
	Carrier    string `json:"carrier"`    // SCAC, IATA designator or railway code
	Conveyance string `json:"conveyance"` // vessel IMO number, dated train or flight, truck plate
	Name       string `json:"name"`
	Voyage     string `json:"voyage"`
	From       string `json:"from"` // UN/LOCODE
	To         string `json:"to"`   // UN/LOCODE
}

// Transport modes.
const (
	Sea        = "sea"
	Rail       = "rail"
	Road       = "road"
	Air        = "air"
	Barge      = "barge"
	Multimodal = "multimodal"
)

// Place is where it happened.
type Place struct {
	UNLOCODE string      `json:"unlocode"`
	Facility string      `json:"facility"` // SMDG or BIC facility code
	Name     string      `json:"name"`
	Lat      json.Number `json:"lat"` // degrees north, WGS 84
	Lon      json.Number `json:"lon"` // degrees east, WGS 84
}

// Party is an organisation in a role.
type Party struct {
	Role    string  `json:"role"`
	ID      PartyID `json:"id"`
	Name    string  `json:"name"`
	Country string  `json:"country"` // ISO 3166-1 alpha-2
}

// PartyID identifies an organisation: kind is lei, uscc, uen, scac, eori, vat, duns or other.
type PartyID struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// Goods is one item of goods.
type Goods struct {
	HS          string  `json:"hs"` // Harmonized System code, 2 to 12 digits
	Description string  `json:"description"`
	Packages    uint32  `json:"packages"`
	PackageKind string  `json:"package_kind"` // UN/ECE Recommendation 21
	GrossKG     Decimal `json:"gross_kg"`
	NetKG       Decimal `json:"net_kg"`
	Value       Money   `json:"value"`
	Basis       string  `json:"basis"`  // Incoterm the value is stated on: FOB, CIF …
	Origin      string  `json:"origin"` // ISO 3166-1 alpha-2
}

// Document is the document that the event is about.
type Document struct {
	Kind        string  `json:"kind"`
	Number      string  `json:"number"`
	Digest      string  `json:"digest"` // "sha256:" and 64 hex digits
	Status      string  `json:"status"`
	Holder      PartyID `json:"holder"`
	Beneficiary PartyID `json:"beneficiary"`
	Platform    string  `json:"platform"`
}

// Customs is the authority's side of a customs event.
type Customs struct {
	Territory string `json:"territory"` // ISO 3166-1 alpha-2, or EU
	Direction string `json:"direction"` // import export transit
	Office    string `json:"office"`
	Procedure string `json:"procedure"`
	Code      string `json:"code"` // WCO function code of a response
}

// Finance is the instrument of a finance event.
type Finance struct {
	Instrument string  `json:"instrument"`
	Rail       string  `json:"rail"` // SWIFT CIPS FAST ECNY OTHER
	Green      bool    `json:"green"`
	Financier  PartyID `json:"financier"`
	Share      Decimal `json:"share"` // of the document's amount, 0 to 1
}

// Terms are the commercial terms.
type Terms struct {
	Incoterm  string `json:"incoterm"`
	Freight   Money  `json:"freight"`
	Insurance Money  `json:"insurance"`
}

// Credit is what a documentary credit demands. Dates are YYYY-MM-DD.
type Credit struct {
	LatestShipment   string  `json:"latest_shipment"`
	Expiry           string  `json:"expiry"`
	PresentationDays uint32  `json:"presentation_days"`
	TolerancePct     Decimal `json:"tolerance_pct"`
}

// Money is an amount and its ISO 4217 currency.
type Money struct {
	Amount   Decimal `json:"amount"`
	Currency string  `json:"currency"`
}

// IsZero says that no amount was given.
func (m Money) IsZero() bool { return m == Money{} }

// EventKey is the identity of an event, whatever its revision: the first 16 bytes of
// SHA-256(source, NUL, id) marked as an RFC 9562 version 8 UUID.
type EventKey [16]byte

// KeyOf gives the key of the event with this source and id.
func KeyOf(source, id string) EventKey {
	var buf [256]byte
	b := append(buf[:0], source...)
	b = append(b, 0)
	b = append(b, id...)
	sum := sha256.Sum256(b)
	var k EventKey
	copy(k[:], sum[:])
	k[6] = k[6]&0x0f | 0x80
	k[8] = k[8]&0x3f | 0x80
	return k
}

// Key gives the event's key.
func (e *Event) Key() EventKey { return KeyOf(e.Source, e.ID) }

// String writes the key as a UUID.
func (k EventKey) String() string {
	const hex = "0123456789abcdef"
	var b [36]byte
	j := 0
	for i, c := range k {
		switch i {
		case 4, 6, 8, 10:
			b[j] = '-'
			j++
		}
		b[j], b[j+1] = hex[c>>4], hex[c&15]
		j += 2
	}
	return string(b[:])
}

// Org is the organisation that the source names, or "" when the source is not of the form
// urn:oneorder:org:<org>.
func (e *Event) Org() string {
	org, ok := strings.CutPrefix(e.Source, SourcePrefix)
	if !ok || !ValidOrg(org) {
		return ""
	}
	return org
}

// ValidOrg says whether the token can name an organisation: [a-z0-9][a-z0-9-]{1,30}.
func ValidOrg(org string) bool {
	if len(org) < 2 || len(org) > 31 || org[0] == '-' {
		return false
	}
	for i := 0; i < len(org); i++ {
		c := org[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
