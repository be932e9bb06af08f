package linkage

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// scenario is a trade story. Its events become the chains that tell gives back, each a list of event names; what
// stands in no chain waits.
type scenario struct {
	name     string
	story    string
	prevents string // the wrong result
	tell     func(s *story) []string
}

func TestScenarios(t *testing.T) {
	for _, list := range [][]scenario{documentScenarios, numberScenarios, containerScenarios, bundleScenarios, repairScenarios} {
		for _, sc := range list {
			t.Run(sc.name, func(t *testing.T) {
				if sc.name == "" || sc.story == "" || sc.prevents == "" {
					t.Errorf("tell its name, what happens and what would be wrong: %q, %q, %q", sc.name, sc.story, sc.prevents)
				}
				s := &story{t: t}
				want := sc.tell(s)
				slices.Sort(want)
				events := s.published()
				if diff := cmp.Diff(want, s.bySpec(events)); diff != "" {
					t.Errorf("chains by Spec (-want +got):\n%s\n%s\nwrong: %s", diff, sc.story, sc.prevents)
				}
				random := rand.New(rand.NewPCG(1, 2))
				for round := range max(2, 1200/len(events)) {
					arriving := slices.Clone(events)
					if round > 0 {
						random.Shuffle(len(arriving), func(i, j int) { arriving[i], arriving[j] = arriving[j], arriving[i] })
					}
					batch := func(int) bool { return random.IntN(max(3, len(events)/20)) == 0 || round == 0 && len(events) < 200 }
					if diff := cmp.Diff(want, run(t, Memory{}, arriving, batch).groups(s.events)); diff != "" {
						var told []string
						for _, e := range arriving[:min(40, len(arriving))] {
							told = append(told, write(e))
						}
						t.Fatalf("chains by Linker (-want +got):\n%s\nwrong: %s\narriving as\n%s", diff, sc.prevents, strings.Join(told, "\n"))
					}
				}
			})
		}
	}
}

// published gives the events as they are read from their text, with numbers in normal form.
func (s *story) published() []*trade.Event {
	events := make([]*trade.Event, len(s.events))
	for i, e := range s.events {
		read, err := wire.Decode(wire.Append(nil, e))
		if err != nil {
			s.t.Fatalf("%s: %v", e.ID, err)
		}
		events[i] = read
	}
	return events
}

// bySpec gives the chains as Spec makes them: sorted lists of event names.
func (s *story) bySpec(events []*trade.Event) []string {
	names := make(map[trade.EventKey]string)
	var messages []Input
	for i, e := range events {
		names[e.Key()] = e.ID
		messages = append(messages, Input{Event: e, Sequence: uint64(i + 1), Received: storyStart, Digest: wire.Digest(e)})
	}
	joined := Spec(messages)
	var out []string
	for _, chain := range joined.Chains {
		var list []string
		for _, key := range chain.Events {
			list = append(list, names[key])
		}
		slices.Sort(list)
		out = append(out, strings.Join(list, " "))
	}
	for _, a := range joined.Placed {
		if a.Rule == "" || a.Via == "" || names[a.By] == "" {
			s.t.Errorf("%s is in a chain without evidence: %+v", names[a.Event], a)
		}
	}
	slices.Sort(out)
	return out
}

// A master bill's chain takes in a group that was named before it, and with it the booking: the id made of the booking
// must not go to the other chain under it.
func TestIdStaysWithTheOlderOfTwoChainsUnderABooking(t *testing.T) {
	s := &story{t: t}
	s.tell("declared", trade.DeclarationLodged, 0, "declaration:D2", "booking:BK1", "invoice:I1")
	s.tell("other", trade.InvoiceIssued, 1, "invoice:I2", "booking:BK1")
	s.tell("master", trade.TitleIssued, 2, "master_bl:B3@S")
	s.tell("loaded", trade.EquipmentLoaded, 3, "bl:B3@S", "invoice:I1")
	if got := s.ids(); !slices.Contains(got, chainID(numberKey(trade.Invoice, "I2", ""))) {
		t.Errorf("chains %v: want one with the id of the other invoice", got)
	}
}

// Of two masters the older one by a note in the box of both; then the other's group takes in a number older than the note, and
// with that holds the note.
func TestIdOfAMasterThatBeganWithANote(t *testing.T) {
	s := &story{t: t}
	s.tell("paid", trade.PaymentSettled, 0, "one_order:O2")
	s.tell("note", trade.EquipmentGatedIn, 0, "consignment_note:C2", "box=C3")
	s.tell("one", trade.EquipmentLoaded, 2, "master_bl:B3", "invoice:I1", "box=C3")
	s.tell("other", trade.EquipmentGatedIn, 1, "master_bl:B1", "box=C3")
	s.tell("tied", trade.EquipmentDischarged, 9, "invoice:I1", "one_order:O2", "box=C3")
	if got := s.ids(); !slices.Contains(got, chainID(numberKey(trade.BL, "B1", ""))) {
		t.Errorf("chains %v: want one with the id of the other master", got)
	}
}

// ids gives the ids of the chains that the events make in this order, one by one. Linker and Spec give the same.
func (s *story) ids() []string {
	s.t.Helper()
	var want []string
	var messages []Input
	events := s.published()
	for i, e := range events {
		messages = append(messages, Input{Event: e, Sequence: uint64(i + 1), Received: e.Time, Digest: digestOf(e)})
	}
	for _, chain := range Spec(messages).Chains {
		want = append(want, chain.ID)
	}
	got := slices.Sorted(maps.Keys(run(s.t, Memory{}, events, func(int) bool { return true }).live))
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("ids (-Spec +Linker):\n%s", diff)
	}
	return got
}

// ship says which ship the event speaks of.
func ship(e *trade.Event, imo string) *trade.Event {
	e.Data.Transport = trade.Transport{Mode: trade.Sea, Conveyance: imo}
	return e
}

// again says an event once more, in its next revision.
func (s *story) again(e *trade.Event) *trade.Event {
	next := *e
	next.Revision++
	s.events = append(s.events, &next)
	return &next
}

// takeBack retracts an event.
func (s *story) takeBack(e *trade.Event) {
	next := s.again(e)
	next.Retracted, next.Data = true, nil
}

// chain writes the names of a chain's events as the checks compare them.
func chain(events ...string) string {
	slices.Sort(events)
	return strings.Join(events, " ")
}

var documentScenarios = []scenario{
	{
		name: "full container by rail and sea, note and bill share only the container",
		story: "A factory in Chongqing sends a full box: the railway carries it to Qinzhou under its own note, SITC from there " +
			"under its bill. The railway never hears of the bill, nor SITC of the note.",
		prevents: "two chains, one ending at the quay of Qinzhou, the other beginning there",
		tell: func(s *story) []string {
			s.tell("picked", trade.EmptyPickedUp, 0, "box=C1", "booking:BK1@SITC")
			s.tell("declared", trade.DeclarationLodged, 1, "declaration:D1", "consignment_note:N1@CR")
			s.tell("rail", trade.EquipmentLoaded, 2, "box=C1", "consignment_note:N1@CR")
			s.tell("cleared", trade.GoodsCleared, 3, "declaration:D1")
			s.tell("sea", trade.EquipmentLoaded, 6, "box=C1", "bl:B1@SITC")
			s.tell("title", trade.TitleIssued, 7, "bl:B1@SITC", "booking:BK1@SITC")
			s.tell("returned", trade.EmptyReturned, 20, "box=C1")
			return []string{"cleared declared picked rail returned sea title"}
		},
	},
	{
		name:     "back-to-back house and master",
		story:    "A forwarder gives the shipper a house bill and ships under the carrier's master bill, one to one.",
		prevents: "the carrier's events in a chain of their own, or the master as a second consignment",
		tell: func(s *story) []string {
			s.tell("house", trade.TitleIssued, 0, "house_bl:H1@FF", "master_bl:M1@MAEU")
			s.tell("loaded", trade.EquipmentLoaded, 1, "bl:M1@MAEU", "box=C1")
			s.tell("invoiced", trade.InvoiceIssued, 1, "invoice:I1@ACME", "house_bl:H1@FF")
			s.tell("master surrendered", trade.TitleSurrendered, 9, "bl:M1@MAEU")
			s.tell("delivered", trade.DeliveryOrderIssued, 10, "house_bl:H1@FF", "delivery_order:DO1@FF")
			return []string{chain("house", "loaded", "invoiced", "master surrendered", "delivered")}
		},
	},
	{
		name:     "groupage of 12 house bills in one box, the carrier calling the master plain bl",
		story:    "A forwarder puts the goods of twelve shippers into one box. The carrier knows one bill, and calls it so.",
		prevents: "twelve shippers reading each other's invoices",
		tell: func(s *story) []string {
			var chains []string
			for i := range 12 {
				n := fmt.Sprint(i)
				s.tell("stuffed"+n, trade.EquipmentStuffed, 0.5, "house_bl:H"+n+"@FF", "box=C1")
				s.tell("issued"+n, trade.TitleIssued, 1, "house_bl:H"+n+"@FF", "bl:M1@MAEU")
				s.tell("invoiced"+n, trade.InvoiceIssued, 1, "invoice:I"+n+"@ACME"+n, "house_bl:H"+n+"@FF")
				s.tell("paid"+n, trade.PaymentSettled, 30, "payment:P"+n, "covers=invoice:I"+n+"@ACME"+n)
				chains = append(chains, chain("stuffed"+n, "issued"+n, "invoiced"+n, "paid"+n, "loaded", "discharged", "arrival"))
			}
			s.tell("loaded", trade.EquipmentLoaded, 2, "bl:M1@MAEU", "box=C1")
			s.tell("discharged", trade.EquipmentDischarged, 12, "box=C1")
			s.tell("arrival", trade.ConveyanceArrived, 11, "bl:M1@MAEU")
			return chains
		},
	},
	{
		name:     "one declaration over three e-commerce waybills",
		story:    "Three parcels of one web shop are declared at once and fly under three waybills.",
		prevents: "three buyers in one chain, or a clearance in none",
		tell: func(s *story) []string {
			s.tell("lodged", trade.DeclarationLodged, 0, "declaration:D1", "house_air_waybill:W1", "house_air_waybill:W2", "house_air_waybill:W3")
			s.tell("cleared", trade.GoodsCleared, 1, "declaration:D1")
			s.tell("bought1", trade.OrderPlaced, 0, "invoice:I1", "house_air_waybill:W1")
			s.tell("flown2", trade.CargoDelivered, 3, "house_air_waybill:W2")
			return []string{chain("lodged", "cleared", "bought1"), chain("lodged", "cleared", "flown2"), chain("lodged", "cleared")}
		},
	},
	{
		name:     "switched bill",
		story:    "The seller hides its supplier: in Singapore the bill is switched for a new one.",
		prevents: "a consignment that ends in Singapore, and one that begins there from nowhere",
		tell: func(s *story) []string {
			s.tell("first", trade.TitleIssued, 0, "bl:B1@SITC")
			s.tell("invoiced", trade.InvoiceIssued, 1, "invoice:I1@ACME", "bl:B1@SITC")
			s.tell("switched", trade.TitleSwitched, 9, "bl:B2@SITC", "replaces=bl:B1@SITC")
			s.tell("delivered", trade.CargoDelivered, 20, "bl:B2@SITC")
			return []string{chain("first", "invoiced", "switched", "delivered")}
		},
	},
	{
		name:     "a bill split in two",
		story:    "Half of the goods were sold on at sea: the carrier takes the bill back and issues two.",
		prevents: "two buyers in one chain",
		tell: func(s *story) []string {
			s.tell("first", trade.TitleIssued, 0, "bl:B0@SITC")
			s.tell("split", trade.TitleSwitched, 9, "bl:B1@SITC", "bl:B2@SITC", "replaces=bl:B0@SITC")
			s.tell("one", trade.CargoDelivered, 20, "bl:B1@SITC")
			s.tell("two", trade.CargoDelivered, 21, "bl:B2@SITC")
			return []string{"first", chain("split", "one"), chain("split", "two")}
		},
	},
	{
		name: "master air waybill with 3,000 parcels",
		story: "One airline waybill carries three thousand parcels, each with its own. Whoever names both makes the one a " +
			"master.",
		prevents: "three thousand buyers in one chain, or one arrival copied into three thousand",
		tell: func(s *story) []string {
			var chains []string
			for i := range 3000 {
				n := fmt.Sprintf("%04d", i)
				s.tell("p"+n, trade.ManifestFiled, 0, "house_air_waybill:HAWB"+n, "air_waybill:61812345675")
				chains = append(chains, "p"+n)
			}
			s.tell("arrived", trade.CargoInspected, 1, "air_waybill:61812345675")
			return chains
		},
	},
}

var numberScenarios = []scenario{
	{
		name:     "invoice numbers 24-1-11 and 24-11-1",
		story:    "A seller numbers its invoices by year, month and count. The hyphens are part of the number.",
		prevents: "two invoices of one seller taken for one, since both are 24111 without hyphens",
		tell: func(s *story) []string {
			s.tell("a", trade.TitleIssued, 0, "bl:B1@SITC", "invoice:24-1-11@ACME")
			s.tell("b", trade.TitleIssued, 0, "bl:B2@SITC", "invoice:24-11-1@ACME")
			s.tell("paid", trade.PaymentSettled, 9, "payment:P1", "covers=invoice:24-1-11@ACME")
			return []string{"a paid", "b"}
		},
	},
	{
		name:     "placeholders",
		story:    "The clerk has no invoice number yet and the form demands one.",
		prevents: "everybody without a number in one chain",
		tell: func(s *story) []string {
			s.tell("a", trade.DeclarationLodged, 0, "declaration:D1", "invoice:N/A", "bl:B1@SITC")
			s.tell("b", trade.DeclarationLodged, 0, "declaration:D2", "invoice:n.a.", "bl:B2@SITC")
			s.tell("c", trade.DeclarationLodged, 0, "declaration:D3", "invoice:N/A")
			s.tell("d", trade.DeclarationLodged, 0, "declaration:D4", "invoice:TBA", "bl:XXX")
			return []string{"a", "b", "c", "d"}
		},
	},
	{
		name:     "bill without issuer, then with, then two issuers",
		story:    "Maersk and SITC both have a bill 7700123. The port leaves the issuer out.",
		prevents: "the port's event shown to the wrong carrier's shipper",
		tell: func(s *story) []string {
			s.tell("port", trade.EquipmentGatedOut, 0, "bl:7700123", "box=C1")
			s.tell("sitc", trade.TitleSurrendered, 1, "bl:7700123@SIT")
			s.tell("sitc again", trade.TitleVoided, 2, "bl:7700123@SITC")
			s.tell("maersk", trade.TitleIssued, 3, "bl:7700123@MAEU")
			return []string{"port", chain("sitc", "sitc again"), "maersk"}
		},
	},
	{
		name: "bill without issuer, then with one",
		story: "The port names the bill as its gate clerk reads it, without saying whose it is; the carrier, alone in having " +
			"such a bill, names itself later.",
		prevents: "the port's event in a chain of its own",
		tell: func(s *story) []string {
			s.tell("port", trade.EquipmentGatedOut, 0, "bl:7700123", "box=C1")
			s.tell("sitc", trade.TitleSurrendered, 1, "bl:7700123@SITC")
			return []string{"port sitc"}
		},
	},
	{
		name:     "a number on everything",
		story:    "A forwarder writes its customer's code where the consignment's reference should stand.",
		prevents: "all consignments of a customer in each other",
		tell: func(s *story) []string {
			var chains []string
			for i := range 70 {
				n := fmt.Sprint(i)
				s.tell("a"+n, trade.TitleIssued, 0, "bl:B"+n+"@SITC", "ucr:CUSTOMER7")
				s.tell("b"+n, trade.InvoiceIssued, 1, "invoice:I"+n, "ucr:CUSTOMER7")
				chains = append(chains, "a"+n, "b"+n)
			}
			s.tell("lost", trade.CargoHeld, 2, "ucr:CUSTOMER7")
			return chains
		},
	},
	{
		name:     "a bill on everything",
		story:    "A broker's program fills the field of the bill with PENDING until there is one, under the carrier's code.",
		prevents: "one chain of everybody whose bill is pending",
		tell: func(s *story) []string {
			var chains []string
			for i := range 70 {
				n := fmt.Sprint(i)
				s.tell("a"+n, trade.DeclarationLodged, 0, "declaration:D"+n, "bl:PENDING@SITC")
				chains = append(chains, "a"+n)
			}
			s.tell("lost", trade.CargoHeld, 2, "bl:PENDING@SITC")
			return chains
		},
	},
	{
		name: "amended declaration",
		story: "The broker declares a wrong value and amends; customs gives the amendment a number of its own and clears under " +
			"that.",
		prevents: "a clearance that nobody finds, since it names the amended number only",
		tell: func(s *story) []string {
			s.tell("lodged", trade.DeclarationLodged, 0, "declaration:D1", "bl:B1@SITC")
			s.tell("amended", trade.DeclarationAmended, 1, "declaration:D2", "replaces=declaration:D1")
			s.tell("cleared", trade.GoodsCleared, 2, "declaration:D2")
			return []string{"amended cleared lodged"}
		},
	},
	{
		name:     "one invoice, two part shipments",
		story:    "An order too large for one ship: one invoice, two bills.",
		prevents: "two consignments made one by their invoice",
		tell: func(s *story) []string {
			s.tell("b1", trade.TitleIssued, 0, "bl:B1@SITC", "invoice:I1@ACME")
			s.tell("b2", trade.TitleIssued, 1, "bl:B2@SITC", "invoice:I1@ACME")
			s.tell("corrected", trade.InvoiceCorrected, 2, "invoice:I1@ACME")
			s.tell("declared", trade.DeclarationLodged, 2, "declaration:D1", "bl:B1@SITC", "invoice:I1@ACME")
			s.tell("cleared", trade.GoodsCleared, 3, "declaration:D1")
			return []string{"b1 cleared corrected declared", "b2 corrected"}
		},
	},
}

var containerScenarios = []scenario{
	{
		name:     "container reused after 20 days with a silent depot",
		story:    "The inland depots of the carrier report nothing: the box is given back and taken out again unseen.",
		prevents: "the second shipper's moves shown to the first",
		tell: func(s *story) []string {
			s.tell("l1", trade.EquipmentLoaded, 1, "bl:B1@SITC", "box=C1")
			s.tell("d1", trade.EquipmentDischarged, 8, "box=C1", "bl:B1@SITC")
			s.tell("o1", trade.EquipmentGatedOut, 9, "box=C1")
			s.tell("i2", trade.EquipmentGatedIn, 27, "box=C1")
			s.tell("l2", trade.EquipmentLoaded, 28, "bl:B2@SITC", "box=C1")
			s.tell("d2", trade.EquipmentDischarged, 36, "box=C1")
			return []string{"d1 l1 o1", "d2 i2 l2"}
		},
	},
	{
		name:     "groupage seen late is no silent depot",
		story:    "Two house bills of one master: the one is seen at the stuffing, the other only at the stripping.",
		prevents: "the box's journey cut in two",
		tell: func(s *story) []string {
			s.tell("h1", trade.TitleIssued, 0, "house_bl:H1@FF", "bl:M1@SITC")
			s.tell("h2", trade.TitleIssued, 0, "house_bl:H2@FF", "bl:M1@SITC")
			s.tell("stuffed", trade.EquipmentStuffed, 0, "house_bl:H1@FF", "box=C1")
			s.tell("discharged", trade.EquipmentDischarged, 12, "box=C1")
			s.tell("stripped", trade.EquipmentStripped, 14, "house_bl:H2@FF", "box=C1")
			return []string{"discharged h1 stuffed", "discharged h2 stripped"}
		},
	},
	{
		name:     "empty pick-up reported twice",
		story:    "The depot and the carrier both report that the empty box was picked up, hours apart.",
		prevents: "the first report in a use of the box that nothing else is in",
		tell: func(s *story) []string {
			s.tell("depot", trade.EmptyPickedUp, 0, "box=C1")
			s.tell("carrier", trade.EmptyPickedUp, 0.1, "box=C1")
			s.tell("loaded", trade.EquipmentLoaded, 3, "bl:B1@SITC", "box=C1")
			return []string{"carrier depot loaded"}
		},
	},
	{
		name:     "planned empty return",
		story:    "The carrier plans the return of the box for a day on which it is still on its way.",
		prevents: "the rail leg cut from the sea leg by a plan",
		tell: func(s *story) []string {
			s.tell("rail", trade.EquipmentLoaded, 0, "consignment_note:N1@CR", "box=C1")
			s.tell("plan", trade.EmptyReturned, 4, "box=C1", "plan")
			s.tell("sea", trade.EquipmentLoaded, 6, "bl:B1@SITC", "box=C1")
			s.tell("returned", trade.EmptyReturned, 20, "box=C1")
			return []string{"plan rail returned sea"}
		},
	},
	{
		name:     "declaration dated midnight on the day of reuse",
		story:    "The box comes back and goes out again on one day. The next shipper's declaration is dated 00:00 of that day.",
		prevents: "the first shipper's return of the box shown to the second",
		tell: func(s *story) []string {
			s.tell("l1", trade.EquipmentLoaded, 0, "bl:B1@SITC", "box=C1")
			s.tell("r1", trade.EmptyReturned, 20.5, "box=C1")
			s.tell("p2", trade.EmptyPickedUp, 20.7, "box=C1")
			s.tell("in2", trade.EquipmentGatedIn, 23, "box=C1")
			s.tell("declared", trade.DeclarationLodged, 20, "declaration:D2", "bl:B2@SITC", "box=C1")
			return []string{"l1 r1", "declared in2 p2"}
		},
	},
	{
		name:     "70-day customs hold",
		story:    "Customs detains a box at the quay and nobody sees it for seventy days; then it is released and driven out.",
		prevents: "a box that comes out of the hold and belongs to nobody",
		tell: func(s *story) []string {
			s.tell("discharged", trade.EquipmentDischarged, 0, "bl:B1@SITC", "box=C1")
			s.tell("detained", trade.GoodsDetained, 1, "bl:B1@SITC")
			s.tell("out", trade.EquipmentGatedOut, 71, "box=C1")
			s.tell("returned", trade.EmptyReturned, 73, "box=C1")
			return []string{"detained discharged out returned"}
		},
	},
	{
		name:     "cargo moved between containers at the gauge break",
		story:    "At Khorgos the goods go from a box of the narrow gauge's train into one of the broad gauge's.",
		prevents: "a consignment that ends at the border",
		tell: func(s *story) []string {
			s.tell("load", trade.EquipmentLoaded, 0, "box=C1", "consignment_note:N1@CR")
			s.tell("move", trade.CargoTransferred, 5, "from=C1", "to=C2")
			s.tell("out", trade.EquipmentGatedOut, 12, "box=C2")
			s.tell("empty", trade.EquipmentGatedOut, 6, "box=C1")
			return []string{"empty load move out"}
		},
	},
	{
		name:     "booked on one vessel, loaded on another",
		story:    "The goods miss the ship that they were booked on.",
		prevents: "the arrival of a ship that the goods never saw",
		tell: func(s *story) []string {
			ship(s.tell("booked", trade.BookingConfirmed, 0, "booking:BK1@SITC"), "9793911")
			ship(s.tell("loaded", trade.EquipmentLoaded, 5, "bl:B1@SITC", "booking:BK1@SITC", "box=C1"), "9839272")
			ship(s.tell("booked one arrives", trade.ConveyanceArrived, 10), "9793911")
			ship(s.tell("arrives", trade.ConveyanceArrived, 12), "9839272")
			return []string{chain("booked", "loaded", "arrives")}
		},
	},
	{
		name: "vessel arrival",
		story: "A ship calls at three ports. At each some boxes leave it and others come aboard; two carriers share it and " +
			"write its number differently.",
		prevents: "an arrival in the chains of goods that had left the ship or were not yet aboard, or in none",
		tell: func(s *story) []string {
			ship(s.tell("l0", trade.EquipmentLoaded, 0, "bl:B0@SITC", "box=C0"), "9793911")
			ship(s.tell("d0", trade.EquipmentDischarged, 4, "box=C0"), "9793911")
			ship(s.tell("l1", trade.EquipmentLoaded, 1, "bl:B1@SITC", "box=C1"), "9793911")
			ship(s.tell("l2", trade.EquipmentLoaded, 1, "bl:B2@MAEU", "box=C2"), "IMO 9793911")
			ship(s.tell("arrives", trade.ConveyanceArrived, 9), "9793911")
			ship(s.tell("d1", trade.EquipmentDischarged, 10, "box=C1"), "9793911")
			ship(s.tell("l3", trade.EquipmentLoaded, 11, "bl:B3@SITC", "box=C3"), "9793911")
			ship(s.tell("long after", trade.ConveyanceArrived, 90), "9793911")
			return []string{"d0 l0", "arrives d1 l1", "arrives l2", "l3"}
		},
	},
}

var bundleScenarios = []scenario{
	{
		name:     "booking split in two bills, two boxes",
		story:    "One booking for two boxes becomes two bills.",
		prevents: "the moves of one box in the chain of the other",
		tell: func(s *story) []string {
			s.tell("booked", trade.BookingConfirmed, 0, "booking:BK1@SITC")
			s.tell("in2", trade.EquipmentGatedIn, 4, "box=C2", "booking:BK1@SITC")
			s.tell("b1", trade.EquipmentLoaded, 5, "bl:B1@SITC", "booking:BK1@SITC", "box=C1")
			s.tell("b2", trade.EquipmentLoaded, 5, "bl:B2@SITC", "booking:BK1@SITC", "box=C2")
			s.tell("out2", trade.EquipmentGatedOut, 9, "box=C2")
			return []string{"b1 booked", "b2 booked in2 out2"}
		},
	},
	{
		name:     "booking requested under one number, confirmed under another",
		story:    "A shipper asks for a booking under a number of its own; the carrier confirms it under another.",
		prevents: "a request that is followed for ever, and leads to nothing that was shipped",
		tell: func(s *story) []string {
			s.tell("requested", trade.BookingRequested, 0, "booking:CBR1@SITC")
			s.tell("ordered", trade.OrderPlaced, 0, "purchase_order:PO1@ACME", "booking:CBR1@SITC")
			s.tell("confirmed", trade.BookingConfirmed, 1, "booking:BK1@SITC", "replaces=booking:CBR1@SITC")
			s.tell("picked", trade.EmptyPickedUp, 2, "box=C1", "booking:CBR1@SITC")
			s.tell("loaded", trade.EquipmentLoaded, 12, "box=C1", "booking:BK1@SITC", "bl:B1@SITC")
			s.tell("other", trade.BookingRequested, 1, "booking:CBR2@SITC")
			return []string{chain("requested", "ordered", "confirmed", "picked", "loaded"), "other"}
		},
	},
	{
		name:     "order, booking, bill, with no event naming order and bill",
		story:    "The shipper books for its order, the carrier issues the bill for its booking: only the booking stands in both.",
		prevents: "an order that is never seen to be shipped",
		tell: func(s *story) []string {
			s.tell("ordered", trade.OrderPlaced, 0, "purchase_order:PO1@ACME")
			s.tell("booked", trade.BookingConfirmed, 1, "purchase_order:PO1@ACME", "booking:BK1@SITC")
			s.tell("issued", trade.TitleIssued, 5, "bl:B1@SITC", "booking:BK1@SITC")
			return []string{"booked issued ordered"}
		},
	},
	{
		name:     "credit covering three shipments, one drawing",
		story:    "One letter of credit for a year's deliveries; the seller draws on it for the second.",
		prevents: "three shipments made one by their credit, or a drawing on all three",
		tell: func(s *story) []string {
			s.tell("credit", trade.CreditIssued, 0, "letter_of_credit:LC1@BOC", "contract:K1")
			for _, n := range []string{"1", "2", "3"} {
				s.tell("bill"+n, trade.TitleIssued, 1, "bl:B"+n+"@SITC", "letter_of_credit:LC1@BOC")
				s.tell("invoice"+n, trade.InvoiceIssued, 1, "invoice:I"+n+"@ACME", "bl:B"+n+"@SITC")
			}
			s.tell("drawing", trade.CreditSettled, 9, "letter_of_credit:LC1@BOC", "invoice:I2@ACME")
			return []string{"bill1 credit invoice1", "bill2 credit drawing invoice2", "bill3 credit invoice3"}
		},
	},
	{
		name: "payment that covers five invoices, then settled by its own number alone",
		story: "A buyer pays five sellers' invoices in one transfer. The bank's report of the settlement names the transfer " +
			"and nothing else.",
		prevents: "five sellers in one chain, or a settlement in none",
		tell: func(s *story) []string {
			var chains []string
			pay := []string{"payment:P1@DBS"}
			for i := range 5 {
				n := fmt.Sprint(i)
				s.tell("b"+n, trade.TitleIssued, 0, "bl:B"+n+"@SITC", "invoice:I"+n+"@S"+n)
				pay = append(pay, "covers=invoice:I"+n+"@S"+n)
				chains = append(chains, chain("b"+n, "pay", "settled"))
			}
			s.tell("pay", trade.PaymentInstructed, 9, pay...)
			s.tell("settled", trade.PaymentSettled, 10, "payment:P1@DBS")
			return chains
		},
	},
	{
		name:     "manifest of 50 bills",
		story:    "A carrier files one cargo manifest for all bills aboard, and customs accepts it by its number.",
		prevents: "fifty shippers in one chain",
		tell: func(s *story) []string {
			var chains []string
			filed := []string{"manifest:MF1@CUSTOMS"}
			for i := range 50 {
				n := fmt.Sprint(i)
				s.tell("b"+n, trade.TitleIssued, 0, "bl:B"+n+"@SITC")
				filed = append(filed, "covers=bl:B"+n+"@SITC")
				chains = append(chains, chain("b"+n, "filed", "accepted"))
			}
			s.tell("filed", trade.ManifestFiled, 1, filed...)
			s.tell("accepted", trade.ManifestAccepted, 2, "manifest:MF1@CUSTOMS")
			return chains
		},
	},
	{
		name:     "a booking on everything",
		story:    "A carrier gives a large customer one booking number for the whole year, which stands on every bill.",
		prevents: "the boxes of all customers in the chains of each",
		tell: func(s *story) []string {
			var chains []string
			for i := range 70 {
				n := fmt.Sprint(i)
				s.tell("b"+n, trade.TitleIssued, 0, "bl:B"+n+"@SITC", "booking:FRAME@SITC")
				chains = append(chains, "b"+n)
			}
			s.tell("picked", trade.EmptyPickedUp, 0, "booking:FRAME@SITC", "box=C1")
			return chains
		},
	},
	{
		name:     "an event whose numbers nobody knows",
		story:    "A bank reports a payment for an invoice that nobody has named yet; a port, a box that nobody has booked.",
		prevents: "a chain of a payment that may never have been for anything",
		tell: func(s *story) []string {
			s.tell("pay", trade.PaymentInstructed, 0, "payment:P1", "covers=invoice:I9")
			s.tell("gate", trade.EquipmentGatedIn, 0, "box=C9")
			return nil
		},
	},
}

var repairScenarios = []scenario{
	{
		name:     "retraction of the only event that tied two groups",
		story:    "A clerk declares two bills under one number, sees it and takes the declaration back.",
		prevents: "two sellers that stay together after the mistake is mended",
		tell: func(s *story) []string {
			s.tell("i1", trade.InvoiceIssued, 0, "invoice:I1@A", "packing_list:L1@A")
			s.tell("i2", trade.InvoiceIssued, 0, "invoice:I2@B", "packing_list:L2@B")
			s.takeBack(s.tell("tie", trade.DeclarationLodged, 1, "declaration:D1", "invoice:I1@A", "invoice:I2@B"))
			return []string{"i1", "i2"}
		},
	},
	{
		name:     "revision that names another bill",
		story:    "A seller writes the wrong bill on its invoice, and corrects the event.",
		prevents: "an invoice that stays where it was put by mistake",
		tell: func(s *story) []string {
			s.tell("b1", trade.TitleIssued, 0, "bl:B1@SITC")
			s.tell("b2", trade.TitleIssued, 0, "bl:B2@SITC")
			again := s.again(s.tell("invoiced", trade.InvoiceIssued, 1, "invoice:I1@A", "bl:B1@SITC"))
			data := *again.Data
			data.References = []trade.Reference{parse("invoice:I1@A"), parse("bl:B2@SITC")}
			again.Data = &data
			s.tell("paid", trade.PaymentSettled, 2, "payment:P1", "covers=invoice:I1@A")
			return []string{"b1", "b2 invoiced paid"}
		},
	},
	{
		name:     "a missed join asserted",
		story:    "Two registries write one bill differently; an operator says that it is one.",
		prevents: "one consignment shown as two for good",
		tell: func(s *story) []string {
			s.tell("a", trade.TitleIssued, 0, "bl:SITGCKSG026001@SITC")
			s.tell("b", trade.CargoDelivered, 9, "bl:CKSG026001@SITC")
			s.tell("asserted", trade.LinkAsserted, 10, "bl:SITGCKSG026001@SITC", "bl:CKSG026001@SITC")
			return []string{"a asserted b"}
		},
	},
	{
		name: "a wrong join denied, and the denial taken back",
		story: "A clerk types a second bill into an invoice. An operator takes the wrong one out; another time, the right one, " +
			"and takes that back.",
		prevents: "a mistyped bill that keeps two shippers together",
		tell: func(s *story) []string {
			s.tell("a", trade.TitleIssued, 0, "bl:B1@SITC")
			s.tell("b", trade.TitleIssued, 0, "bl:B2@SITC")
			s.tell("mistyped", trade.InvoiceIssued, 1, "invoice:I1@A", "bl:B1@SITC", "bl:B2@SITC")
			denied := s.tell("denied", trade.LinkDenied, 2, "bl:B2@SITC")
			denied.Data.Detail = []byte(`{"source":"urn:oneorder:org:story","id":"mistyped"}`)
			wrongly := s.tell("denied wrongly", trade.LinkDenied, 2, "bl:B1@SITC")
			wrongly.Data.Detail = denied.Data.Detail
			s.takeBack(wrongly)
			return []string{"a mistyped", "b denied"}
		},
	},
	{
		name:     "a position denied all its numbers is its ship's",
		story:    "A tracking program adds an invoice's number to the ship's position by mistake; an operator takes it out.",
		prevents: "a ship's position kept in the chain of an invoice that it has nothing to do with",
		tell: func(s *story) []string {
			s.tell("invoiced", trade.InvoiceIssued, 0, "invoice:I1@A")
			ship(s.tell("loaded", trade.EquipmentLoaded, 1, "bl:B1@SITC"), "9793911")
			ship(s.tell("position", trade.PositionRead, 2, "invoice:I1@A"), "9793911")
			denied := s.tell("denied", trade.LinkDenied, 3, "invoice:I1@A")
			denied.Data.Detail = []byte(`{"source":"urn:oneorder:org:story","id":"position"}`)
			return []string{"denied invoiced", "loaded position"}
		},
	},
}
