package trade

import "time"

// Milestone is a point that a consignment passes, in the order of a usual journey.
type Milestone uint8

// The milestones across the four legs.
const (
	Ordered Milestone = iota
	Invoiced
	Booked
	TitleIssuedAt
	TitleSurrenderedAt
	ExportLodged
	ExportCleared
	Departed
	AtBorder
	Arrived
	DischargedAt
	ImportLodged
	ImportReleased
	ImportCleared
	DutyPaidAt
	GatedOut
	Delivered
	EmptyReturnedAt
	CreditIssuedAt
	Financed
	Repaid
	Paid
	MilestoneCount
)

var milestoneNames = [MilestoneCount]string{
	"ordered", "invoiced", "booked", "title_issued", "title_surrendered", "export_lodged",
	"export_cleared", "departed", "border_crossed", "arrived", "discharged", "import_lodged", "import_released",
	"import_cleared", "duty_paid", "gated_out", "delivered", "empty_returned", "credit_issued", "financed",
	"repaid", "paid",
}

// String is the milestone's name, which is also its column without the suffix _at.
func (m Milestone) String() string { return milestoneNames[m] }

// MilestoneNamed gives the milestone of that name; false: there is none.
func MilestoneNamed(name string) (Milestone, bool) {
	for m := range MilestoneCount {
		if milestoneNames[m] == name {
			return m, true
		}
	}
	return 0, false
}

// Domain is the leg of the chain that the milestone belongs to.
func (m Milestone) Domain() string {
	switch m {
	case Ordered, Invoiced, TitleIssuedAt, TitleSurrenderedAt:
		return DomainTrade
	case ExportLodged, ExportCleared, ImportLodged, ImportReleased, ImportCleared, DutyPaidAt:
		return DomainCustoms
	case CreditIssuedAt, Financed, Repaid, Paid:
		return DomainFinance
	default:
		return DomainLogistics
	}
}

var reporters = [MilestoneCount]string{
	Ordered:            "the buyer",
	Invoiced:           "the seller",
	Booked:             "the carrier",
	TitleIssuedAt:      "the issuer of the bill",
	TitleSurrenderedAt: "the consignee",
	ExportLodged:       "the exporter's broker",
	ExportCleared:      "customs of the export",
	Departed:           "the carrier",
	AtBorder:           "the carrier",
	Arrived:            "the carrier",
	DischargedAt:       "the terminal",
	ImportLodged:       "the importer's broker",
	ImportReleased:     "customs of the import",
	ImportCleared:      "customs of the import",
	DutyPaidAt:         "the importer",
	GatedOut:           "the terminal",
	Delivered:          "the last carrier",
	EmptyReturnedAt:    "the consignee, or the depot",
	CreditIssuedAt:     "the buyer's bank",
	Financed:           "the financier",
	Repaid:             "the seller",
	Paid:               "the buyer's bank",
}

// Reporter says, in English, who reports the milestone: whom a chain waits for that has not reached it.
func (m Milestone) Reporter() string { return reporters[m] }

// Chain is the record of one consignment across its four legs, folded from its events.
type Chain struct {
	ID        string    // 16 characters of Crockford base32
	FoundedOn time.Time // broker date of the id's making, UTC midnight; never changes
	Version   uint64    // epoch<<48 | stream sequence of the message that last changed it

	References []Reference // every number, in the order of kinds, value, issuer
	Orgs       []string    // who reported, sorted
	Parties    []Party     // sorted by role, id

	Corridor    string // id in deploy/corridors.yaml, or "other"
	Origin      string // UN/LOCODE
	Destination string // UN/LOCODE
	ModePath    string // modes in order of travel, joined by ">": "rail>sea"
	Legs        []Leg

	HS          []string    // six-digit codes, sorted
	Containers  []string    // sorted
	Boxes       []Box       // what became of the containers at the end of the journey, as far as it was reported; by number
	ExportBoxes []ExportBox // what became of them before it, likewise
	Packages    uint32
	GrossKG     Decimal
	Value       Money    // as invoiced, else as declared
	ValueUSD    Decimal  // by the rate of the day, else of the month, of the value's event; empty when no rate is known
	ValueRate   Rate     // by which ValueUSD was converted; zero: it was not
	Rails       []string // settlement rails of its finance, sorted: SWIFT CIPS FAST ECNY OTHER
	Green       bool     // some of its finance is green
	Zones       []string // bonded and free-trade zones and parks where it was, by code, sorted

	Milestones [MilestoneCount]time.Time // actual times; zero: not reached

	Title            string  // title state: none drafted issued transferred surrendered accomplished void
	TitleHolder      PartyID // who has the document of title now; zero: not known
	TitleBeneficiary PartyID // to whom it is endorsed now; zero: not known
	TitlePlatform    string  // registry or platform that it is on now; empty: paper, or not known
	TitleSteps       []TitleStep
	Recognition      []Recognition // who presented, recognised or refused which document, in the order of time

	Completeness [4]float32 // share of the expected milestones of trade, customs, logistics, finance: 0 to 1
	Complete     float32    // share of all expected milestones: that of the one order
	Status       string     // open, in_transit, arrived, delivered, closed
	Findings     []string   // codes, sorted
	Due          []Due      // the next milestones, with the times at which they are normally reached
	Emissions    []Emission // of the legs, one each; zero: not known
	CO2eTTW      Decimal    // kilograms, tank-to-wheel, of all legs; empty: that of a leg is not known
	CO2e         Decimal    // kilograms, well-to-wheel, likewise
	Events       uint32     // number of events attributed
	LastEvent    time.Time  // latest time of an actual event
}

// TitleStep is a step in the life of the document of title, those that could not be made too.
type TitleStep struct {
	At          time.Time
	Step        string // drafted issued switched amended converted transferred endorsed surrendered released accepted refused void
	Number      string // of the document; empty: the event does not say
	Actor       PartyID
	Holder      PartyID // as the event states it
	Beneficiary PartyID // as the event states it
	Platform    string
	Org         string // who reported it
	Event       EventKey
	Refused     bool // it could not follow the steps before it, and changed nothing: finding title_conflict
}

// Recognition says that somebody presented, recognised or refused a document.
type Recognition struct {
	At     time.Time
	Act    string // presented recognised refused
	Kind   string // of the document
	Number string // of the document; empty: it is known by its digest alone
	Digest string // of the document as it was shown; empty: not said
	Match  string // how it was found to be a document of the chain: MatchDigest, MatchNumber, MatchOther or MatchNone
	Org    string // who reported it
	Event  EventKey
}

// How a document that was presented, recognised or refused agrees with those of the chain.
const (
	MatchDigest = "digest" // its digest is that of a version that somebody else of the chain reported
	MatchNumber = "number" // its number is that of a document of the chain, of which no digest can be compared
	MatchOther  = "other"  // its number is that of a document of the chain, and its digest of none of its versions
	MatchNone   = "none"   // no other event of the chain knows it
)

// Agreement says, in English, what a match means, as what follows upon "recognised".
func Agreement(match string) string {
	switch match {
	case MatchDigest:
		return "by the digest that others report"
	case MatchNumber:
		return "by the number that others name"
	case MatchOther:
		return "with another digest than others report"
	default:
		return "and no other event names it"
	}
}

// Box is what demurrage and detention of one container are counted from: its times at the end of the journey. Zero: not reported.
type Box struct {
	Number     string    // ISO 6346
	ISOType    string    // ISO 6346 size and type, such as 45G1; empty: not said
	Terminal   string    // where the last leg ends, and it was discharged or gated out: UN/LOCODE; empty: neither is known
	Discharged time.Time // from the conveyance of the last leg
	GatedOut   time.Time // laden, out of the terminal
	Returned   time.Time // empty, to a depot, wherever
}

// ExportBox is what demurrage and detention of one container before the export are counted from: its times up to the first leg. Zero:
// not reported.
type ExportBox struct {
	Number   string    // ISO 6346
	ISOType  string    // ISO 6346 size and type, such as 45G1; empty: not said
	Terminal string    // where the first leg begins, and it was gated in or loaded: UN/LOCODE; empty: neither is known
	PickedUp time.Time // empty, from a depot, wherever
	GatedIn  time.Time // laden, into the terminal
	Loaded   time.Time // onto the conveyance of the first leg
}

// Leg is one movement between two places by one mode.
type Leg struct {
	Mode, Carrier, Conveyance, From, To string
	Departed, Arrived                   time.Time // actual; zero: not known
	PlannedDeparture, PlannedArrival    time.Time // planned or estimated, as it was known last; zero: not known
	FirstDeparture, FirstArrival        time.Time // as they were planned first; zero: no plan is known
}

// Rate is an exchange rate to the US dollar.
type Rate struct {
	PerUSD int64  // units of the currency for one US dollar, scaled by 10^8
	Of     string // the day or the month that it is of: 2026-06-15, 2026-06
	Source string // who says so
}

// Due is a milestone that comes next, and when it is normally reached.
type Due struct {
	Milestone Milestone
	At        time.Time
}

// Emission is what a leg emits: tonnes, times the distance, times a factor.
type Emission struct {
	KM       Decimal // of the way
	Distance string  // how the way was measured: great_circle
	Tier     string  // of the data: default, from factors of the mode
	Factors  string  // version of the factors
	TTW      Decimal // kilograms CO2e, tank-to-wheel
	WTW      Decimal // kilograms CO2e, well-to-wheel
}

// Rule names the rule of joining that put an event into a chain (docs/joining.md).
type Rule string

// The rules of attribution.
const (
	ByReference  Rule = "reference"  // the event names an identity number of the consignment
	ByCovers     Rule = "covers"     // the event covers a number of the consignment
	ByContainer  Rule = "container"  // the event's containers were in the consignment's cycle
	ByBundle     Rule = "bundle"     // the event's booking, order or other bundle has the consignment as a member
	ByConveyance Rule = "conveyance" // the consignment was aboard
)

// Attribution says that an event is in a chain, and why.
type Attribution struct {
	Event EventKey
	Chain string
	Rule  Rule
	Via   string   // the number it went through: kind:value@issuer
	Steps uint16   // events between the event's number and the consignment's document
	By    EventKey // the event that made the membership
}
