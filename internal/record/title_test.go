package record_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/record"
	"oneorder/internal/trade"
)

// step makes a step of the title under the bill's number: by whom, to whom, for whom.
func step(id string, typ trade.Type, when, actor, holder, beneficiary, platform string, more ...func(*trade.Data)) *trade.Event {
	kind := "lei"
	if len(platform) > 2 && platform[:2] == "0x" { // a registry on a ledger knows accounts only
		kind = "other"
	}
	party := func(value string) trade.PartyID {
		if value == "" {
			return trade.PartyID{}
		}
		return trade.PartyID{Kind: kind, Value: value}
	}
	d := trade.Data{References: refs(bill), Document: trade.Document{
		Kind: "bl", Number: bill.Value, Holder: party(holder), Beneficiary: party(beneficiary), Platform: platform,
	}}
	if actor != "" {
		d.Parties = []trade.Party{{Role: "actor", ID: party(actor)}}
	}
	for _, change := range more {
		change(&d)
	}
	return event(id, "platform", typ, when, d)
}

func status(of string) func(*trade.Data) { return func(d *trade.Data) { d.Document.Status = of } }

// The title's steps in any order of arrival, for a registry, for transfers between platforms (PINT) and for paper: who holds it, to
// whom it is endorsed, and which steps could not be.
func TestTitleFollowsItsSteps(t *testing.T) {
	type left struct {
		State, Holder, Beneficiary, Platform string
		Refused                              []string
	}
	for name, c := range map[string]struct {
		events []*trade.Event
		want   left
		found  []string
	}{
		"PINT: passed on by its holder to another platform": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "SITC", "A", "", "WAVE"),
				step("2", trade.TitleEndorsed, "09-02 08:00", "A", "A", "B", "WAVE"),
				step("3", trade.TitleTransferred, "09-03 08:00", "A", "B", "", "BOLE"),
			},
			left{"transferred", "lei B", "lei B", "BOLE", nil},
			nil,
		},
		"PINT: holder and beneficiary apart": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "SITC", "A", "A", "WAVE"),
				step("2", trade.TitleTransferred, "09-02 08:00", "A", "BANK", "", "WAVE"),
				step("3", trade.TitleEndorsed, "09-03 08:00", "BANK", "BANK", "C", "WAVE"),
			},
			left{"transferred", "lei BANK", "lei C", "WAVE", nil},
			nil,
		},
		"PINT: passed on by somebody who is not the holder": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "SITC", "A", "", "WAVE"),
				step("2", trade.TitleTransferred, "09-02 08:00", "A", "B", "", "WAVE"),
				step("3", trade.TitleTransferred, "09-03 08:00", "A", "C", "", "WAVE"),
			},
			left{"transferred", "lei B", "", "WAVE", []string{"3"}},
			[]string{"held by lei B since SITGCKSG026001 at 2026-09-02 08:00 | transferred by lei A SITGCKSG026001 at 2026-09-03 08:00"},
		},
		"PINT: surrendered by somebody who is not the holder": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "SITC", "A", "", "WAVE"),
				step("2", trade.TitleSurrendered, "09-02 08:00", "C", "SITC", "", "WAVE"),
			},
			left{"issued", "lei A", "", "WAVE", []string{"2"}},
			[]string{"held by lei A since SITGCKSG026001 at 2026-09-01 08:00 | surrendered by lei C SITGCKSG026001 at 2026-09-02 08:00"},
		},
		"PINT: a refused surrender gives it back": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "SITC", "A", "", "WAVE"),
				step("2", trade.TitleSurrendered, "09-02 08:00", "A", "SITC", "", "WAVE"),
				step("3", trade.TitleSurrenderAnswered, "09-03 08:00", "SITC", "", "", "", status("SREJ")),
				step("4", trade.TitleTransferred, "09-04 08:00", "A", "B", "", "WAVE"),
			},
			left{"transferred", "lei B", "", "WAVE", nil},
			nil,
		},
		"PINT: surrendered for amendment and issued again": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "SITC", "A", "", "WAVE"),
				step("2", trade.TitleSurrendered, "09-02 08:00", "A", "SITC", "", "WAVE", status("AREQ")),
				step("3", trade.TitleIssued, "09-03 08:00", "SITC", "A", "", "WAVE"),
			},
			left{"issued", "lei A", "", "WAVE", nil},
			nil,
		},
		"registry: two accounts hold one token": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "0xaa", "0xaa", "0xregistry"),
				step("2", trade.TitleEndorsed, "09-02 08:00", "", "0xbb", "0xcc", "0xregistry"),
			},
			left{"issued", "other 0xaa", "other 0xaa", "0xregistry", []string{"2"}},
			[]string{"held by other 0xaa since SITGCKSG026001 at 2026-09-01 08:00 | endorsed SITGCKSG026001 at 2026-09-02 08:00"},
		},
		"registry: passed on after it was surrendered": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "0xaa", "0xaa", "0xregistry"),
				step("2", trade.TitleSurrendered, "09-02 08:00", "0xaa", "", "", "0xregistry"),
				step("3", trade.TitleTransferred, "09-03 08:00", "", "0xbb", "0xbb", "0xregistry"),
			},
			left{"surrendered", "other 0xaa", "other 0xaa", "0xregistry", []string{"3"}},
			[]string{"surrendered SITGCKSG026001 at 2026-09-02 08:00 | transferred SITGCKSG026001 at 2026-09-03 08:00"},
		},
		"registry: one account in two ways of writing": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "0xAa", "", "0xregistry"),
				step("2", trade.TitleTransferred, "09-02 08:00", "0xaa", "0xbb", "0xbb", "0xregistry"),
			},
			left{"transferred", "other 0xbb", "other 0xbb", "0xregistry", nil},
			nil,
		},
		"paper: issued to two": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleIssued, "09-02 08:00", "", "B", "", ""),
			},
			left{"issued", "lei A", "", "", []string{"2"}},
			[]string{"issued to lei A SITGCKSG026001 at 2026-09-01 08:00 | issued SITGCKSG026001 at 2026-09-02 08:00"},
		},
		"paper: endorsed and handed on in one": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleEndorsed, "09-02 08:00", "A", "B", "B", ""),
				step("3", trade.TitleSurrendered, "09-03 08:00", "B", "SITC", "", ""),
			},
			left{"surrendered", "lei SITC", "lei B", "", nil},
			nil,
		},
		"paper: issued again to another after the goods were claimed with it": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleSurrendered, "09-03 08:00", "A", "SITC", "", ""),
				step("3", trade.TitleIssued, "09-05 08:00", "", "B", "", ""),
			},
			left{"surrendered", "lei SITC", "", "", []string{"3"}},
			[]string{"surrendered SITGCKSG026001 at 2026-09-03 08:00 | issued SITGCKSG026001 at 2026-09-05 08:00"},
		},
		"paper that became electronic": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleConverted, "09-02 08:00", "", "A", "", "BOLE"),
				step("3", trade.TitleTransferred, "09-03 08:00", "A", "B", "", "BOLE"),
			},
			left{"transferred", "lei B", "", "BOLE", nil},
			nil,
		},
		"void, and then endorsed": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleVoided, "09-02 08:00", "", "", "", ""),
				step("3", trade.TitleEndorsed, "09-03 08:00", "A", "", "B", ""),
			},
			left{"void", "lei A", "", "", []string{"3"}},
			[]string{"void SITGCKSG026001 at 2026-09-02 08:00 | endorsed by lei A SITGCKSG026001 at 2026-09-03 08:00"},
		},
		"the old bill passed on after it was switched": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleSwitched, "09-02 08:00", "", "T", "", "", func(d *trade.Data) {
					d.References, d.Replaces = refs(trade.Reference{Kind: trade.BL, Value: "NEW1", Issuer: "SITC"}), refs(bill)
					d.Document.Number = "NEW1"
				}),
				step("3", trade.TitleTransferred, "09-03 08:00", "A", "C", "", ""),
			},
			left{"issued", "lei T", "", "", []string{"3"}},
			[]string{"replaced by NEW1 at 2026-09-02 08:00 | transferred by lei A SITGCKSG026001 at 2026-09-03 08:00"},
		},
		"companies by numbers of two registers are not compared": {
			[]*trade.Event{
				step("1", trade.TitleIssued, "09-01 08:00", "", "A", "", ""),
				step("2", trade.TitleTransferred, "09-02 08:00", "", "B", "", "", func(d *trade.Data) {
					d.Parties = []trade.Party{{Role: "actor", ID: trade.PartyID{Kind: "uen", Value: "200012345A"}}}
				}),
			},
			left{"transferred", "lei B", "", "", nil},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			said := found(t, c.events...) // in any order the same
			b := record.NewBuilder(tables(t))
			for _, e := range c.events {
				b.Add(e)
			}
			chain := b.Chain()
			write := func(id trade.PartyID) string {
				if id.Value == "" {
					return ""
				}
				return id.Kind + " " + id.Value
			}
			got := left{State: chain.Title, Holder: write(chain.TitleHolder), Beneficiary: write(chain.TitleBeneficiary), Platform: chain.TitlePlatform}
			if len(chain.TitleSteps) != len(c.events) {
				t.Errorf("%d steps of %d events: none may be lost", len(chain.TitleSteps), len(c.events))
			}
			for i, s := range chain.TitleSteps {
				if want := c.events[i].Key(); s.Event != want {
					t.Errorf("step %d is of event %s, want %s", i+1, s.Event, want)
				}
				if s.Refused {
					got.Refused = append(got.Refused, c.events[i].ID)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("title (-want +got):\n%s", diff)
			}
			var sides []string
			for _, f := range b.Findings() {
				if f.Code != trade.FoundTitleConflict || f.Severity != trade.Critical {
					t.Errorf("found %s %s", f.Severity, f.Code)
				}
				x, y := f.Sides[0], f.Sides[1]
				if x.ID > y.ID {
					x, y = y, x
				}
				sides = append(sides, fmt.Sprintf("%s | %s", x.Says, y.Says))
			}
			if diff := cmp.Diff(c.found, sides); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%q", diff, said)
			}
		})
	}
}

// Where a note was replaced, a declaration that names both notes is about this one consignment, whichever came first.
func TestReplacedNumbersAreOne(t *testing.T) {
	old := trade.Reference{Kind: trade.ConsignmentNote, Value: "SMGS1", Issuer: "CRCT"}
	next := trade.Reference{Kind: trade.ConsignmentNote, Value: "CIM2", Issuer: "DBCG"}
	reissue := event("note", "kzd", trade.ConveyanceHandedOver, "09-12 08:00", trade.Data{References: refs(next), Replaces: refs(old)})
	lodged := event("import", "broker", trade.DeclarationLodged, "09-15 08:00", trade.Data{
		References: refs(trade.Reference{Kind: trade.Declaration, Value: "D1"}, old, next), Goods: carried("1200", "870323", 41), Customs: trade.Customs{Direction: "import"},
	})
	issued := event("issue", "crct", trade.TitleIssued, "09-01 08:00", trade.Data{References: refs(old), Document: trade.Document{Kind: "consignment_note", Number: old.Value}, Goods: carried("1000", "870323", 40)})
	want := []string{
		"warning package_mismatch: 41 packages on the import declaration | 40 packages on the bill",
		"warning weight_mismatch: 1200 kg on the import declaration | 1000 kg on the bill",
	}
	if diff := cmp.Diff(want, found(t, issued, reissue, lodged)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := found(t, issued, lodged); got != nil {
		t.Errorf("without the reissue, which says that the notes are one: %q", got)
	}
	// What one order names is one consignment too.
	order := event("order", "hub", trade.DocumentRecognised, "09-02 08:00", trade.Data{References: refs(old, next, trade.Reference{Kind: trade.OneOrder, Value: "YDZ1"})})
	if diff := cmp.Diff(want, found(t, issued, order, lodged)); diff != "" {
		t.Errorf("one order (-want +got):\n%s", diff)
	}
}

// A bill that takes the place of another is the one that is compared.
func TestTheReplacingDocumentIsCompared(t *testing.T) {
	billOf := func(id, number, when string, packages uint32, replaces ...trade.Reference) *trade.Event {
		typ := trade.TitleIssued
		if len(replaces) > 0 {
			typ = trade.TitleSwitched
		}
		return event(id, "sitc", typ, when, trade.Data{
			References: refs(trade.Reference{Kind: trade.BL, Value: number}), Replaces: replaces,
			Document: trade.Document{Kind: "bl", Number: number}, Goods: carried("1000", "870323", packages),
		})
	}
	first := billOf("1", "B1", "09-01 08:00", 40)
	second := billOf("2", "B2", "09-02 08:00", 41, trade.Reference{Kind: trade.BL, Value: "B1"})
	third := billOf("3", "B3", "09-03 08:00", 42, trade.Reference{Kind: trade.BL, Value: "B2"})
	lodged := event("export", "broker", trade.DeclarationLodged, "09-01 07:00", trade.Data{
		References: refs(trade.Reference{Kind: trade.Declaration, Value: "D1"}), Goods: carried("1000", "870323", 42), Customs: trade.Customs{Direction: "export"},
	})
	if got := found(t, first, second, third, lodged); got != nil {
		t.Errorf("the third bill says what the declaration does: %q", got)
	}
	if diff := cmp.Diff([]string{"warning package_mismatch: 42 packages on the export declaration | 41 packages on the bill"}, found(t, first, second, lodged)); diff != "" {
		t.Errorf("the second bill (-want +got):\n%s", diff)
	}
	if got := found(t, first, third, lodged); got != nil {
		t.Errorf("two bills that nothing ties are not compared: %q", got)
	}
}

// Who presented, recognised or refused which document, matched by digest with what others say of it.
func TestRecognition(t *testing.T) {
	digest := func(c string) string { return "sha256:" + c }
	doc := func(kind, number, sum string) trade.Document {
		return trade.Document{Kind: kind, Number: number, Digest: sum}
	}
	events := []*trade.Event{
		event("coo", "ccpit", trade.OriginCertified, "09-01 08:00", trade.Data{References: refs(trade.Reference{Kind: trade.CertificateOfOrigin, Value: "CO1"}, bill), Document: doc("certificate_of_origin", "CO1", digest("a"))}),
		event("p1", "broker", trade.DocumentPresented, "09-02 08:00", trade.Data{References: refs(credit, bill, invoice)}),
		event("inv", "seller", trade.InvoiceIssued, "09-01 09:00", trade.Data{References: refs(invoice, bill)}),
		event("r1", "sgcustoms", trade.DocumentRecognised, "09-03 08:00", trade.Data{References: refs(bill), Document: doc("certificate_of_origin", "CO1", digest("a"))}),
		event("r2", "plcustoms", trade.DocumentRefused, "09-04 08:00", trade.Data{References: refs(bill), Document: doc("certificate_of_origin", "CO1", digest("b"))}),
		event("r3", "mycustoms", trade.DocumentRecognised, "09-05 08:00", trade.Data{References: refs(bill), Document: doc("", "", digest("a"))}),
		event("r4", "thcustoms", trade.DocumentRecognised, "09-06 08:00", trade.Data{References: refs(bill), Document: doc("certificate", "UNSEEN", "")}),
		event("plan", "thcustoms", trade.DocumentRecognised, "09-07 08:00", trade.Data{Classifier: trade.Planned, References: refs(bill), Document: doc("certificate", "UNSEEN", "")}),
	}
	var got []string
	for _, r := range record.Fold(events, tables(t)).Recognition {
		got = append(got, fmt.Sprintf("%s %s %s %s: %s %s", r.At.Format("01-02"), r.Org, r.Act, r.Kind, r.Number, r.Match))
	}
	want := []string{
		"09-02 broker presented bl: SITGCKSG026001 number",
		"09-02 broker presented invoice: INV-2026-311 number",
		"09-03 sgcustoms recognised certificate_of_origin: CO1 digest",
		"09-04 plcustoms refused certificate_of_origin: CO1 other",
		"09-05 mycustoms recognised certificate_of_origin: CO1 digest",
		"09-06 thcustoms recognised certificate: UNSEEN none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The completeness of the one order is that of all legs together.
func TestCompletenessOfTheOneOrder(t *testing.T) {
	c := record.Fold([]*trade.Event{
		event("1", "seller", trade.InvoiceIssued, "09-01 08:00", trade.Data{References: refs(invoice)}),
		event("2", "bank", trade.PaymentSettled, "09-09 08:00", trade.Data{References: refs(invoice)}),
	}, tables(t))
	if want := [4]float32{0.5, 0, 0, 1}; c.Completeness != want || c.Complete != 2.0/11 {
		t.Errorf("legs %v, want %v; in all %v, want 2 of 11", c.Completeness, want, c.Complete)
	}
}

// An answer of customs that names the declaration is in the direction of the declaration, which another event of it says.
func TestAnAnswerIsInTheDirectionOfItsDeclaration(t *testing.T) {
	lrn, mrn := trade.Reference{Kind: trade.Declaration, Value: "LRN1"}, trade.Reference{Kind: trade.Declaration, Value: "24GB0YUZI38FK68A00"}
	events := []*trade.Event{
		event("clear", "hmrc", trade.GoodsCleared, "09-05 08:00", trade.Data{References: refs(lrn, mrn), Customs: trade.Customs{Territory: "GB"}}),
		event("accept", "hmrc", trade.DeclarationAccepted, "09-04 08:00", trade.Data{References: refs(lrn, mrn), Customs: trade.Customs{Territory: "GB"}}),
	}
	lodge := event("lodge", "broker", trade.DeclarationLodged, "09-03 08:00", trade.Data{References: refs(lrn), Customs: trade.Customs{Territory: "GB", Direction: "export"}})
	both := event("other", "broker", trade.DeclarationAmended, "09-03 09:00", trade.Data{References: refs(lrn), Customs: trade.Customs{Territory: "GB", Direction: "import"}})
	if c := record.Fold(events, tables(t)); !c.Milestones[trade.ExportCleared].IsZero() || !c.Milestones[trade.ImportCleared].IsZero() {
		t.Errorf("the direction of answers alone is known: %v", c.Milestones)
	}
	b := record.NewBuilder(tables(t))
	for _, e := range append(events, lodge) {
		b.Add(e)
		b.Chain()
	}
	c := b.Chain()
	if got := []time.Time{c.Milestones[trade.ExportLodged], c.Milestones[trade.ExportCleared], c.Milestones[trade.ImportCleared]}; !got[0].Equal(at("09-03 08:00")) || !got[1].Equal(at("09-05 08:00")) || !got[2].IsZero() {
		t.Errorf("lodged, cleared and entered at %v", got)
	}
	if c := record.Fold(append(events, lodge, both), tables(t)); !c.Milestones[trade.ExportCleared].IsZero() {
		t.Error("an answer to a declaration of two directions counts for one of them")
	}
}
