package trade

// Finding is a contradiction within one chain: what one event says, and what another says against it. Code, About and the
// events of the two sides tell it from every other finding of the chain.
type Finding struct {
	Code     FindingCode
	Severity Severity
	About    string     // the container, loan or document it is about, where two events can contradict each other in several
	Sides    [2]Side    // by the order of their events
	Others   []EventKey // further events that a side is summed from or that decided it
}

// Side is one side of a finding. Without Source it is of no one event.
type Side struct {
	Says   string // for people: "21500 kg on the bill"
	Value  string // for programs: "21500"; several are joined by ", "
	Unit   string // of the value: kg, packages, hs, °C, date, time, a currency …
	Source string // of the event
	ID     string
}

// Key gives the key of the side's event; the zero key where it is of none.
func (s *Side) Key() EventKey {
	if s.Source == "" {
		return EventKey{}
	}
	return KeyOf(s.Source, s.ID)
}

// FindingCode names a kind of finding. It never changes its meaning.
type FindingCode string

// The findings.
const (
	FoundContainerMismatch       FindingCode = "container_mismatch"        // two documents of the consignment name other containers
	FoundCreditExpired           FindingCode = "credit_expired"            // documents presented after the credit's expiry
	FoundDigestMismatch          FindingCode = "digest_mismatch"           // a document shown that is none of its versions
	FoundDirectConsignmentBroken FindingCode = "direct_consignment_broken" // entered for import on the way, under a certificate of origin
	FoundDoubleFinancing         FindingCode = "double_financing"          // one document, or one consignment's documents, pledged twice at one time
	FoundHSMismatch              FindingCode = "hs_mismatch"               // declared under other HS codes, at six digits
	FoundLatePresentation        FindingCode = "late_presentation"         // documents presented after the credit's presentation period
	FoundLateShipment            FindingCode = "late_shipment"             // shipped after the credit's latest date
	FoundOriginExpired           FindingCode = "origin_expired"            // a certificate of origin claimed after it expired or was withdrawn
	FoundOriginMismatch          FindingCode = "origin_mismatch"           // certified of one origin, declared of another
	FoundOverLanded              FindingCode = "over_landed"               // more packages landed than the bill has
	FoundPackageMismatch         FindingCode = "package_mismatch"          // other numbers of packages
	FoundPartyMismatch           FindingCode = "party_mismatch"            // one role, two companies
	FoundReleasedWithoutTitle    FindingCode = "released_without_title"    // delivered before the bill was surrendered or its release authorised
	FoundSealChanged             FindingCode = "seal_changed"              // another seal, and nobody reported that it was changed
	FoundSequenceAnomaly         FindingCode = "sequence_anomaly"          // milestones in an order that cannot be
	FoundShortLanded             FindingCode = "short_landed"              // fewer packages landed than the bill has
	FoundTemperatureBreach       FindingCode = "temperature_breach"        // off what the goods are to be kept at
	FoundTitleConflict           FindingCode = "title_conflict"            // a step of the title that cannot follow the ones before
	FoundTransitNotDischarged    FindingCode = "transit_not_discharged"    // delivered, and a transit is still open
	FoundUnmanifested            FindingCode = "unmanifested"              // a container unloaded that no manifest lists
	FoundValueMismatch           FindingCode = "value_mismatch"            // declared, drawn or paid other than invoiced
	FoundWeightMismatch          FindingCode = "weight_mismatch"           // gross weights that differ by more than is tolerated
)

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Notice   Severity = "notice"   // worth a look
	Warning  Severity = "warning"  // somebody must correct a document
	Critical Severity = "critical" // goods or money are at stake now
)
