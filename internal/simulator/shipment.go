package simulator

import (
	"time"

	"oneorder/internal/trade"
)

// deal is what one buyer and one seller agree on: one contract at most, one credit at most.
type deal struct {
	chains    []string // of all its consignments
	shipments []*shipment
	split     bool // one booking for all
}

// shipment is one consignment: a chain to be. Everything its events say is fixed when it is planned.
type shipment struct {
	deal    *deal
	chain   []string // its name in the truth, alone
	who     uint64   // tells its event ids from all others
	steps   []step
	numbers [refCount]trade.Reference
	smdg    string // of the carrier, by which ports name it
	boxes   []box
	legs    []leg

	goods         trade.Goods
	amount        trade.Money
	duty          trade.Money
	premium       trade.Money
	terms         trade.Terms
	credit        trade.Credit
	parties       []trade.Party
	title         trade.Document
	exporting     trade.Customs
	importing     trade.Customs
	transiting    trade.Customs
	seller, buyer *company
	rail          string // by which payments settle
	financier     trade.PartyID
	issued        int64 // when its document was
	// partInvoice: its invoice is of other consignments too. A declaration that names such an invoice must name the
	// founding document, or the invoice would be as near as the master, and draw the others in.
	partInvoice     bool
	coversWholeDeal bool // its payment pays every invoice of the deal

	scenario string          // what is unusual about it, in the truth
	wrong    trade.Reference // another consignment's document, which its mistaken events name
	silent   bool            // its empties are not reported
}

type box struct{ number, isoType, seal string }

// leg is one movement by one conveyance.
type leg struct {
	transport trade.Transport
	from, to  *place
}

// step is one event to be.
type step struct {
	typ        trade.Type
	by         string // source
	at         int64  // seconds since 1970
	recorded   int64
	where      *place
	tell       func(*shipment, *step, *trade.Data) // what only this type says; may be nil
	refs       refs
	covers     refs
	boxes      uint16 // bit i: boxes[i]
	leg        int8   // -1: none
	classifier classifier
	state      loading
	day        bool // known only to the day
	shared     bool // about every consignment of the deal
	smdg       bool // names the carrier by its SMDG code

	bare       bool  // its numbers stand without issuer
	wide       bool  // names the department's code, too
	mistaken   bool  // names another consignment's document, too
	takesBack  bool  // retracts the event
	superseded bool  // another revision of the event stands in its place, or none
	aside      bool  // it takes no part in what is thrown for the others
	revision   uint8 // of the event
	revises    int32 // 1 + the step whose event it says anew; 0: its own
}

type (
	classifier uint8
	loading    uint8
)

const (
	actual classifier = iota
	planned
	estimated
)

const (
	unsaid loading = iota
	laden
	empty
)

var (
	classifiers = [...]trade.Classifier{trade.Actual, trade.Planned, trade.Estimated}
	loadings    = [...]string{"", trade.Laden, trade.Empty}
)

// refs is a set of a shipment's numbers.
type refs uint32

const (
	refDoc     refs = 1 << iota // the document that founds the consignment
	refCarrier                  // the carrier's document: the same, or the master
	refNote                     // a rail note beside a bill
	refNewNote                  // the note that takes the place of the carrier's document halfway
	refBooking
	refOrder
	refContract
	refCredit
	refInvoice
	refPacking
	refOrigin
	refExport
	refImport
	refTransit
	refPermit
	refDelivery
	refPolicy
	refLoan
	refPayment
	refCollection
	refReceipt
	refEnd
)

const refCount = 21

var _ = [1]int{}[refEnd>>refCount-1] // refCount counts them

// index of a set of one number.
func (r refs) index() int {
	i := 0
	for r > 1 {
		r >>= 1
		i++
	}
	return i
}

func (s *shipment) number(r refs) *trade.Reference { return &s.numbers[r.index()] }

func (s *shipment) set(r refs, kind trade.Kind, value, issuer string) {
	s.numbers[r.index()] = trade.Reference{Kind: kind, Value: value, Issuer: issuer}
}

// chains that the step's event belongs to.
func (s *shipment) chainsOf(st *step) []string {
	if st.shared {
		return s.deal.chains
	}
	return s.chain
}

// write makes the event of the step, in the memory that e already has. It gives the same event every time.
func (s *shipment) write(i int, e *trade.Event) {
	st := &s.steps[i]
	d := e.Data
	if d == nil {
		d = new(trade.Data)
	}
	*d = trade.Data{
		References: d.References[:0], Covers: d.Covers[:0], Replaces: d.Replaces[:0], Equipment: d.Equipment[:0],
		Transfer: trade.Transfer{From: d.Transfer.From[:0], To: d.Transfer.To[:0]},
		Parties:  d.Parties[:0], Goods: d.Goods[:0],
	}
	if st.revises > 0 {
		i = int(st.revises) - 1
	}
	*e = trade.Event{
		SpecVersion: trade.SpecVersion, ID: eventID(s.steps[i].recorded, i, s.who), Source: st.by, Type: st.typ,
		Time: time.Unix(st.at, 0).UTC(), Recorded: time.Unix(st.recorded, 0).UTC(), Data: d, Revision: uint32(st.revision),
	}
	if st.takesBack {
		e.Retracted, e.Data = true, nil
		return
	}
	d.Classifier = classifiers[st.classifier]
	if st.day {
		d.Precision = "day"
		e.Time = e.Time.Truncate(24 * time.Hour)
	}
	d.References = s.append(d.References, st.refs, st)
	if st.wide {
		d.References = append(d.References, departmentCode)
	}
	if st.mistaken {
		d.References = append(d.References, s.wrong)
	}
	if s.coversWholeDeal && st.covers == refInvoice {
		for _, other := range s.deal.shipments {
			d.Covers = other.append(d.Covers, refInvoice, st)
		}
	} else {
		d.Covers = s.append(d.Covers, st.covers, st)
	}
	for j := range s.boxes {
		if st.boxes&(1<<j) != 0 {
			b := &s.boxes[j]
			d.Equipment = append(d.Equipment, trade.Equipment{
				Kind: trade.Container, Number: b.number, ISOType: b.isoType, State: loadings[st.state],
			})
			if st.state == laden {
				d.Equipment[len(d.Equipment)-1].Seal = b.seal
			}
		}
	}
	if st.where != nil {
		d.Place = st.where.Place
	}
	if st.leg >= 0 {
		d.Transport = s.legs[st.leg].transport
	}
	if st.tell != nil {
		st.tell(s, st, d)
	}
}

// append adds the numbers of the set, but the carrier's document only once where it is the consignment's own.
func (s *shipment) append(list []trade.Reference, set refs, st *step) []trade.Reference {
	for i := range s.numbers {
		bit := refs(1) << i
		if set&bit == 0 || s.numbers[i].Value == "" {
			continue
		}
		if bit == refCarrier && set&refDoc != 0 && s.numbers[i] == s.numbers[0] {
			continue
		}
		list = append(list, s.numbers[i])
		if st.smdg && s.smdg != "" && (bit == refCarrier || bit == refBooking) {
			list[len(list)-1].Issuer = s.smdg
		}
		if st.bare {
			list[len(list)-1].Issuer = ""
		}
	}
	return list
}
