package record

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// examination is what findings are made from. It holds only what the few types of events that can contradict one
// another say; most events leave nothing in it.
type examination struct {
	manifests  []manifest
	codes      []string // of manifests: HS codes and origins
	boxes      []string // of manifests and tallies: containers
	names      []string // of worths and drawings: invoices
	worths     []worth
	drawings   []drawing
	ends       []ending
	named      []named
	copies     []copied
	tallies    []tally
	unloadings []unloading
	listings   []listing
	readings   []reading
	cold       cold
	proofs     []proof
	claims     []claim
	seals      []sealing
	reseals    []reseal
	pledges    []pledge
	documents  []pledged
	steps      []titleStep
	acts       []act
	terms      []creditTerms
	shown      []presentation
	transits   []transit
	deliveries stamp // the first report of delivery, by time
}

func (x *examination) reset() {
	*x = examination{
		codes: x.codes[:0], boxes: x.boxes[:0], seals: x.seals[:0], reseals: x.reseals[:0], pledges: x.pledges[:0],
		documents: x.documents[:0], steps: x.steps[:0], terms: x.terms[:0], shown: x.shown[:0], transits: x.transits[:0],
		names: x.names[:0], worths: x.worths[:0], drawings: x.drawings[:0], ends: x.ends[:0], named: x.named[:0], copies: x.copies[:0],
		tallies: x.tallies[:0], unloadings: x.unloadings[:0], listings: x.listings[:0], readings: x.readings[:0],
		proofs: x.proofs[:0], claims: x.claims[:0], manifests: x.manifests[:0], acts: x.acts[:0],
	}
}

// subject is what an event of a type may contradict, or be contradicted in: a set, a bit each.
type subject uint32

const (
	ofManifest subject = 1 << iota
	ofReseal
	ofPledge
	ofCredit
	ofPresentation
	ofTransit
	ofDelivery
	ofSeal
	ofInvoice
	ofDeclaration
	ofDrawing
	ofCancelled
	ofRejected
	ofParty
	ofDigest
	ofTally
	ofListing
	ofTemperature
	ofProof
	ofClaim
	ofAct
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
		ofInvoice:     {trade.InvoiceIssued, trade.InvoiceCorrected},
		ofDeclaration: {trade.DeclarationLodged, trade.DeclarationAccepted, trade.DeclarationAmended},
		ofDrawing:     {trade.DocumentPresented, trade.CreditSettled, trade.PaymentInstructed, trade.PaymentSettled},
		ofCancelled:   {trade.DeclarationCancelled, trade.DeclarationRejected},
		ofRejected:    {trade.PaymentRejected},
		ofParty:       {trade.TitleIssued, trade.InvoiceIssued, trade.InvoiceCorrected, trade.DeclarationLodged, trade.DeclarationAmended},
		ofTally:       {trade.EquipmentDischarged, trade.EquipmentStripped, trade.WarehouseReceived},
		ofListing:     {trade.ManifestFiled, trade.ManifestAccepted},
		ofTemperature: {trade.TemperatureRead, trade.TitleIssued, trade.BookingConfirmed, trade.EquipmentStuffed},
		ofProof:       {trade.OriginCertified, trade.OriginWithdrawn},
		ofClaim:       {trade.DeclarationLodged},
		ofAct:         {trade.DocumentPresented, trade.DocumentRecognised, trade.DocumentRefused},
	} {
		for _, t := range types {
			list[t.Order()] |= of
		}
	}
	for _, t := range trade.Types() {
		if d := t.Domain(); d == trade.DomainTrade || d == trade.DomainFinance {
			list[t.Order()] |= ofDigest
		}
	}
	return list
}()

// examine takes in what an actual event says that another may contradict. The order is that of its type, and says the
// rule of it.
func (b *Builder) examine(e *trade.Event, order int, says *rule, x extent, r rank, at int64) {
	if says.title != noTitle {
		b.addTitle(e, x, says.title, r, at)
	}
	if order < 0 || subjects[order] == 0 {
		return
	}
	d, of := e.Data, subjects[order]
	if of&(ofInvoice|ofDeclaration|ofDrawing|ofCancelled|ofRejected|ofParty) != 0 {
		b.examineValues(e, of, x, r, at)
	}
	if of&ofManifest != 0 {
		b.examineManifest(e, x, r)
	}
	if of&ofReseal != 0 {
		b.examineReseal(d, at)
	}
	if of&ofPledge != 0 {
		b.examinePledge(e, x, r, at)
	}
	if of&ofCredit != 0 {
		b.examineCredit(d, r)
	}
	if of&ofPresentation != 0 {
		b.examinePresentation(d, r, at)
	}
	if of&ofTransit != 0 {
		b.examineTransit(e, r, at)
	}
	if of&ofSeal != 0 {
		b.examineSeals(d, r, at)
	}
	if of&ofDelivery != 0 && !x.shared {
		b.earlier(&b.examined.deliveries, stamp{rank: r, at: at})
	}
	if of&ofDigest != 0 && d.Document.Digest != "" {
		b.examineDigest(e, r, at)
	}
	if of&ofTally != 0 {
		b.examineTally(e, x, r, at)
	}
	if of&ofListing != 0 {
		b.examineListing(e, x, r)
	}
	if of&ofTemperature != 0 && d.TemperatureC != "" {
		b.examineTemperature(e, x, r, at)
	}
	if of&ofProof != 0 {
		b.examineProof(e, r, at)
	}
	if of&ofClaim != 0 {
		b.examineClaim(e, r, at)
	}
	if of&ofAct != 0 {
		b.examineAct(e, r, at)
	}
}

// examineValues takes in what is asked for the goods, and of whom.
func (b *Builder) examineValues(e *trade.Event, of subject, x extent, r rank, at int64) {
	if of&ofInvoice != 0 {
		b.examineInvoice(e, x, r, at)
	}
	if of&ofDeclaration != 0 {
		b.examineDeclaration(e, x, r, at)
	}
	if of&ofDrawing != 0 {
		b.examineDrawing(e, x, r, at)
	}
	if of&ofCancelled != 0 {
		b.examineEnding(e.Data, trade.Declaration, at)
	}
	if of&ofRejected != 0 {
		b.examineEnding(e.Data, trade.Payment, at)
	}
	if of&ofParty != 0 && len(e.Data.Parties) > 0 {
		b.examineParties(e, x, r)
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
	list = b.valueFindings(list)
	list = b.partyFindings(list)
	list = b.digestFindings(list)
	list = b.landedFindings(list)
	list = b.temperatureFindings(list)
	list = b.proofFindings(list)
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
	unitCelsius   = "°C"
	unitText      = ""
)

// keyOf gives the key of the event behind a report.
func (b *Builder) keyOf(by uint32) trade.EventKey {
	m := &b.members[by]
	return trade.KeyOf(b.sources[m.source].uri, m.id)
}

func compareKeys(x, y trade.EventKey) int { return bytes.Compare(x[:], y[:]) }

func (b *Builder) tolerances() *trade.Tolerances { return &b.tolerated }

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
