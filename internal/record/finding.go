package record

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// examination is what findings are made from. It holds only what the few types of events that can contradict one
// another say; most events leave nothing in it.
type examination struct {
	manifests  [manifestCount]manifest
	codes      []string // of manifests: HS codes and origins
	boxes      []string // of manifests: containers
	seals      []sealing
	reseals    []reseal
	pledges    []pledge
	documents  []pledged
	steps      []titleStep
	terms      []creditTerms
	shown      []presentation
	transits   []transit
	deliveries stamp // the first report of delivery, by time
}

func (x *examination) reset() {
	*x = examination{
		codes: x.codes[:0], boxes: x.boxes[:0], seals: x.seals[:0], reseals: x.reseals[:0], pledges: x.pledges[:0],
		documents: x.documents[:0], steps: x.steps[:0], terms: x.terms[:0], shown: x.shown[:0], transits: x.transits[:0],
	}
}

// subject is what an event of a type may contradict, or be contradicted in.
type subject uint8

const (
	noSubject subject = iota
	ofManifest
	ofReseal
	ofPledge
	ofCredit
	ofPresentation
	ofTransit
	ofDelivery
	ofSeal
)

// subjects by type of event.
var subjects = func() []subject {
	list := make([]subject, len(trade.Types()))
	for of, types := range map[subject][]trade.Type{
		ofManifest: {
			trade.TitleIssued, trade.TitleSwitched, trade.TitleAmended, trade.PackingListIssued, trade.OriginCertified,
			trade.DeclarationLodged, trade.DeclarationAccepted, trade.DeclarationAmended,
		},
		ofReseal:       {trade.SealChanged, trade.InspectionDone, trade.CargoInspected},
		ofPledge:       {trade.FinancingRequested, trade.FinancingGranted, trade.FinancingRepaid},
		ofCredit:       {trade.CreditIssued, trade.CreditAmended},
		ofPresentation: {trade.DocumentPresented},
		ofTransit:      {trade.TransitOpened, trade.TransitClosed},
		ofDelivery:     {trade.CargoDelivered},
		ofSeal: {
			trade.EquipmentStuffed, trade.EquipmentGatedIn, trade.EquipmentLoaded, trade.EquipmentDischarged,
			trade.EquipmentGatedOut, trade.EquipmentStripped,
		},
	} {
		for _, t := range types {
			list[t.Order()] = of
		}
	}
	return list
}()

// examine takes in what an actual event says that another may contradict. The order is that of its type, and says the
// rule of it.
func (b *Builder) examine(e *trade.Event, order int, says *rule, x extent, r rank, at int64) {
	if says.title != noTitle {
		b.examineTitle(e, x, says.title, r, at)
	}
	if order < 0 {
		return
	}
	switch subjects[order] {
	case ofManifest:
		b.examineManifest(e, x, r)
	case ofReseal:
		b.examineReseal(e.Data, at)
	case ofPledge:
		b.examinePledge(e, x, r, at)
	case ofCredit:
		b.examineCredit(e.Data, r)
	case ofPresentation:
		b.examinePresentation(e.Data, r, at)
	case ofTransit:
		b.examineTransit(e, r, at)
	case ofSeal:
		b.examineSeals(e.Data, r, at)
	case ofDelivery:
		if held := &b.examined.deliveries; !x.shared && (!held.known() || at < held.at || at == held.at && b.beats(r, held.rank)) {
			*held = stamp{rank: r, at: at}
		}
	case noSubject:
	}
}

// Findings gives the contradictions that the last Chain found, in a fixed order. The list lasts until the next Chain.
func (b *Builder) Findings() []trade.Finding { return b.found }

// findings adds the contradictions to the list, in a fixed order. It asks the record that Chain has made.
func (b *Builder) findings(list []trade.Finding) []trade.Finding {
	list = b.goodsFindings(list)
	list = b.sealFindings(list)
	list = b.financeFindings(list)
	list = b.creditFindings(list)
	list = b.titleFindings(list)
	list = b.orderFindings(list)
	for i := range list {
		if s := &list[i].Sides; s[1].ID != "" && compareSides(s[0], s[1]) > 0 {
			s[0], s[1] = s[1], s[0]
		}
	}
	slices.SortFunc(list, func(x, y trade.Finding) int {
		if c := cmp.Compare(x.Code, y.Code); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(x.About, y.About), compareSides(x.Sides[0], y.Sides[0]), compareSides(x.Sides[1], y.Sides[1]))
	})
	return slices.CompactFunc(list, func(x, y trade.Finding) bool {
		return x.Code == y.Code && x.About == y.About && x.Sides == y.Sides
	})
}

func compareSides(x, y trade.Side) int {
	return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Says, y.Says))
}

// side is what the event behind a report says: for people, and as a value in a unit.
func (b *Builder) side(by uint32, says, value, unit string) trade.Side {
	m := &b.members[by]
	return trade.Side{Says: says, Value: value, Unit: unit, Source: b.sources[m.source].uri, ID: m.id}
}

// Units of sides beside the currencies.
const (
	unitKG        = "kg"
	unitPackages  = "packages"
	unitHS        = "hs"
	unitCountry   = "country"
	unitContainer = "container"
	unitSeal      = "seal"
	unitDate      = "date"
	unitTime      = "time"
	unitText      = ""
)

func listed(values []string) string { return strings.Join(values, ", ") }

// codesOf lists the codes of the findings, sorted, each once.
func codesOf(list []trade.Finding) []string {
	var out []string
	for i := range list {
		if code := string(list[i].Code); len(out) == 0 || out[len(out)-1] != code {
			out = append(out, code)
		}
	}
	return out
}

// day writes the UTC date of a time in nanoseconds since 1970.
func day(at int64) string { return time.Unix(0, at).UTC().Format(time.DateOnly) }

// instant writes a time in nanoseconds since 1970 for programs.
func instant(at int64) string { return time.Unix(0, at).UTC().Format(time.RFC3339) }

// moment writes a time in nanoseconds since 1970 for people.
func moment(at int64) string { return time.Unix(0, at).UTC().Format("2006-01-02 15:04") }
