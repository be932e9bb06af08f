package linkage

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// story is a set of events, told briefly, and what became of them.
type story struct {
	t      *testing.T
	events []*trade.Event
}

var storyStart = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

// tell adds an event: its name, its type, the day it happened on, and words of the form kind:value@issuer
// (a reference), covers=kind:value, replaces=kind:value, box=NUMBER, plan.
func (s *story) tell(name string, typ trade.Type, day float64, words ...string) *trade.Event {
	s.t.Helper()
	e := &trade.Event{
		SpecVersion: "1.0", ID: name, Source: "urn:oneorder:org:story", Type: typ,
		Time: storyStart.Add(time.Duration(day * 24 * float64(time.Hour))),
		Data: &trade.Data{Classifier: trade.Actual},
	}
	for _, w := range words {
		what, rest, ok := strings.Cut(w, "=")
		switch {
		case w == "plan":
			e.Data.Classifier = trade.Planned
		case ok && what == "covers":
			e.Data.Covers = append(e.Data.Covers, parse(rest))
		case ok && what == "replaces":
			e.Data.Replaces = append(e.Data.Replaces, parse(rest))
		case ok && what == "box":
			e.Data.Equipment = append(e.Data.Equipment, trade.Equipment{Kind: trade.Container, Number: rest})
		case ok && what == "from":
			e.Data.Transfer.From = append(e.Data.Transfer.From, rest)
		case ok && what == "to":
			e.Data.Transfer.To = append(e.Data.Transfer.To, rest)
		default:
			e.Data.References = append(e.Data.References, parse(w))
		}
	}
	s.events = append(s.events, e)
	return e
}

func parse(word string) trade.Reference {
	kind, value, _ := strings.Cut(word, ":")
	value, issuer, _ := strings.Cut(value, "@")
	return trade.Reference{Kind: trade.Kind(kind), Value: value, Issuer: issuer}
}

// world is what a reader of the changes knows: which events are in which chain.
type world struct {
	chains map[string]map[trade.EventKey]trade.Attribution
	live   map[string]bool
	apart  map[trade.EventKey]Apart
	linker *Linker
}

func (w *world) apply(t *testing.T, c Changes) {
	t.Helper()
	for _, x := range c.Withdrawn {
		if _, ok := w.chains[x.Chain][x.Event]; !ok {
			t.Fatalf("withdrew an event that was not in chain %s", x.Chain)
		}
		delete(w.chains[x.Chain], x.Event)
	}
	for _, p := range c.Placed {
		if w.chains[p.Chain] == nil {
			w.chains[p.Chain] = make(map[trade.EventKey]trade.Attribution)
		}
		if p.Via == "" || p.Rule == "" {
			t.Fatalf("an event without evidence: %+v", p)
		}
		w.chains[p.Chain][p.Event] = p.Attribution
	}
	for _, x := range c.Apart {
		if x.Deleted {
			delete(w.apart, x.Event)
		} else {
			w.apart[x.Event] = x
		}
	}
	for _, x := range c.Chains {
		if x.Deleted {
			delete(w.live, x.ID)
			if len(w.chains[x.ID]) > 0 {
				t.Fatalf("chain %s deleted with events in it", x.ID)
			}
		} else {
			w.live[x.ID] = true
		}
	}
}

func digestOf(e *trade.Event) [32]byte { return sha256.Sum256(fmt.Append(nil, e, e.Data)) }

// run links the events in the order given, in batches cut by cuts, and gives the world.
func run(t *testing.T, store Memory, events []*trade.Event, batch func(i int) bool) *world {
	t.Helper()
	w := &world{chains: make(map[string]map[trade.EventKey]trade.Attribution), live: make(map[string]bool), apart: make(map[trade.EventKey]Apart)}
	l := New(store, 4)
	var inputs []Input
	for i, e := range events {
		inputs = append(inputs, Input{Event: e, Sequence: uint64(i + 1), Received: e.Time, Digest: digestOf(e)})
		if !batch(i) && i < len(events)-1 {
			continue
		}
		changes, err := l.Apply(inputs)
		if err != nil {
			t.Fatal(err)
		}
		w.apply(t, changes)
		if err := l.Flush(store); err != nil {
			t.Fatal(err)
		}
		inputs = inputs[:0]
		if i%3 == 0 {
			l = New(store, 4) // as after a restart
		}
	}
	w.linker = l
	return w
}

// groups gives the chains as sorted lists of event names, sorted.
func (w *world) groups(events []*trade.Event) []string {
	names := make(map[trade.EventKey]string)
	for _, e := range events {
		names[e.Key()] = e.ID
	}
	var out []string
	for key := range w.apart {
		told, _ := w.linker.Tell(key)
		for _, a := range told.Attributions {
			if w.chains[a.Chain] == nil {
				w.chains[a.Chain] = make(map[trade.EventKey]trade.Attribution)
			}
			w.chains[a.Chain][key] = a
		}
	}
	for id, chain := range w.chains {
		if len(chain) == 0 {
			continue
		}
		if !w.live[id] {
			out = append(out, "NOT LIVE "+id)
		}
		var list []string
		for key := range chain {
			list = append(list, names[key])
		}
		slices.Sort(list)
		out = append(out, strings.Join(list, " "))
	}
	slices.Sort(out)
	return out
}

// becomes checks the chains, whatever the order of arrival and however it is cut into batches.
func (s *story) becomes(want ...string) {
	s.t.Helper()
	slices.Sort(want)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		events := slices.Clone(s.events)
		if round > 0 {
			random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			events = append(events, events[random.IntN(len(events))]) // a repeat
		}
		got := run(s.t, Memory{}, events, func(int) bool { return round < 2 || random.IntN(3) == 0 }).groups(s.events)
		if diff := cmp.Diff(want, got); diff != "" {
			var order []string
			for _, e := range events {
				order = append(order, e.ID)
			}
			s.t.Fatalf("chains (-want +got), arriving as %v:\n%s", order, diff)
		}
	}
}

// waits checks which of the events wait for a chain.
func (s *story) waits(want ...string) {
	s.t.Helper()
	w := run(s.t, Memory{}, s.events, func(int) bool { return false })
	var got []string
	for _, e := range s.events {
		if w.linker.Waits(e.Key()) {
			got = append(got, e.ID)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("events that wait (-want +got):\n%s", diff)
	}
}

func TestStories(t *testing.T) {
	tests := map[string]func(s *story){
		"late invoice joins the chain that booking began": func(s *story) {
			s.tell("booked", trade.BookingConfirmed, 0, "booking:BK1@SITC")
			s.tell("issued", trade.TitleIssued, 5, "bl:B1@SITC", "booking:BK1@SITC")
			s.tell("invoiced", trade.InvoiceIssued, 3, "invoice:I1@ACME", "bl:B1@SITC")
			s.becomes("booked invoiced issued")
		},
		"full container by rail and sea: note and bill share only the box": func(s *story) {
			s.tell("picked", trade.EmptyPickedUp, 0, "box=C1", "booking:BK1")
			s.tell("rail", trade.EquipmentLoaded, 2, "box=C1", "consignment_note:N1@CR")
			s.tell("sea", trade.EquipmentLoaded, 6, "box=C1", "bl:B1@SITC")
			s.tell("declared", trade.DeclarationLodged, 1, "declaration:D1", "consignment_note:N1@CR")
			s.tell("returned", trade.EmptyReturned, 20, "box=C1")
			s.tell("next", trade.EmptyPickedUp, 25, "box=C1", "booking:BK2")
			s.tell("nextbl", trade.EquipmentLoaded, 28, "box=C1", "bl:B2@SITC", "booking:BK2")
			s.becomes("declared picked rail returned sea", "next nextbl")
		},
		"house and master: the master never joins": func(s *story) {
			s.tell("h1", trade.TitleIssued, 0, "house_bl:H1@FF", "bl:M1@MAEU")
			s.tell("h2", trade.TitleIssued, 0, "house_bl:H2@FF", "bl:M1@MAEU")
			s.tell("inv1", trade.InvoiceIssued, 1, "invoice:I1@A", "bl:H1@FF")
			s.tell("arrived", trade.ConveyanceArrived, 9, "bl:M1@MAEU")
			s.becomes("arrived h1 inv1", "arrived h2")
		},
		"booking split in two bills, two boxes": func(s *story) {
			s.tell("booked", trade.BookingConfirmed, 0, "booking:BK1@SITC")
			s.tell("b1", trade.EquipmentLoaded, 5, "bl:B1@SITC", "booking:BK1@SITC", "box=C1")
			s.tell("b2", trade.EquipmentLoaded, 5, "bl:B2@SITC", "booking:BK1@SITC", "box=C2")
			s.tell("in1", trade.EquipmentGatedIn, 4, "box=C1", "booking:BK1@SITC")
			s.tell("out2", trade.EquipmentGatedOut, 9, "box=C2")
			s.becomes("b1 booked in1", "b2 booked out2")
		},
		"order, booking, bill, with no event naming order and bill": func(s *story) {
			s.tell("ordered", trade.OrderPlaced, 0, "purchase_order:PO1@ACME")
			s.tell("booked", trade.BookingConfirmed, 1, "purchase_order:PO1@ACME", "booking:BK1@SITC")
			s.tell("issued", trade.TitleIssued, 5, "bl:B1@SITC", "booking:BK1@SITC")
			s.becomes("booked issued ordered")
		},
		"one invoice, two part shipments": func(s *story) {
			s.tell("b1", trade.TitleIssued, 0, "bl:B1@X", "invoice:I1@A")
			s.tell("b2", trade.TitleIssued, 1, "bl:B2@X", "invoice:I1@A")
			s.tell("corrected", trade.InvoiceCorrected, 2, "invoice:I1@A")
			s.tell("d1", trade.DeclarationLodged, 2, "declaration:D1", "bl:B1@X")
			s.becomes("b1 corrected d1", "b2 corrected")
		},
		"credit covering three shipments, one payment": func(s *story) {
			s.tell("lc", trade.CreditIssued, 0, "letter_of_credit:LC1@BOC", "contract:K1")
			s.tell("b1", trade.TitleIssued, 1, "bl:B1@X", "letter_of_credit:LC1@BOC")
			s.tell("b2", trade.TitleIssued, 2, "bl:B2@X", "letter_of_credit:LC1@BOC")
			s.tell("i1", trade.InvoiceIssued, 1, "invoice:I1@A", "bl:B1@X")
			s.tell("pay", trade.PaymentInstructed, 9, "payment:P1@DBS", "covers=invoice:I1@A")
			s.tell("settled", trade.PaymentSettled, 10, "payment:P1@DBS")
			s.becomes("b1 i1 lc pay settled", "b2 lc")
		},
		"container reused; box-only events go to the cycle of their time": func(s *story) {
			s.tell("p1", trade.EmptyPickedUp, 0, "box=C1", "booking:BK1")
			s.tell("l1", trade.EquipmentLoaded, 3, "box=C1", "bl:B1@X")
			s.tell("o1", trade.EquipmentGatedOut, 10, "box=C1")
			s.tell("r1", trade.EmptyReturned, 12, "box=C1")
			s.tell("p2", trade.EmptyPickedUp, 14, "box=C1", "booking:BK2")
			s.tell("g2", trade.EquipmentGatedIn, 15, "box=C1")
			s.tell("l2", trade.EquipmentLoaded, 16, "box=C1", "bl:B2@X")
			s.becomes("l1 o1 p1 r1", "g2 l2 p2")
		},
		"cargo moved between containers at the gauge break": func(s *story) {
			s.tell("load", trade.EquipmentLoaded, 0, "box=C1", "consignment_note:N1@CR")
			s.tell("move", trade.CargoTransferred, 5, "from=C1", "to=C2")
			s.tell("out", trade.EquipmentGatedOut, 12, "box=C2")
			s.becomes("load move out")
		},
		"bill without issuer, then with, then two issuers": func(s *story) {
			s.tell("a", trade.TitleIssued, 0, "bl:B1")
			s.tell("b", trade.TitleSurrendered, 1, "bl:B1@SITC")
			s.becomes("a b")
			s.tell("c", trade.TitleIssued, 2, "bl:B1@MAEU")
			s.becomes("a", "b", "c")
		},
		"switched bill": func(s *story) {
			s.tell("first", trade.TitleIssued, 0, "bl:B1@X")
			s.tell("switch", trade.TitleSwitched, 3, "bl:B2@X", "replaces=bl:B1@X")
			s.tell("inv", trade.InvoiceIssued, 1, "invoice:I1@A", "bl:B1@X")
			s.becomes("first inv switch")
		},
		"a fact of the corridor waits for no consignment, and is in one whose number it names": func(s *story) {
			s.tell("bond", trade.BondPriced, 0)
			s.tell("rate", trade.RateFixed, 0)
			s.tell("quota", trade.InvestmentApproved, 0, "licence:QDLP-7")
			s.tell("drawn", trade.LoanDrawn, 1, "loan:L1@DBS")
			s.becomes()
			s.waits()
			s.tell("bill", trade.TitleIssued, 2, "bl:B1@X", "loan:L1@DBS")
			s.becomes("bill drawn")
			s.waits()
		},
		"an event whose numbers nobody knows waits": func(s *story) {
			s.tell("pay", trade.PaymentInstructed, 0, "payment:P1", "covers=invoice:I9")
			s.tell("gate", trade.EquipmentGatedIn, 0, "box=C9")
			s.becomes()
			s.waits("gate", "pay")
		},
	}
	for name, tell := range tests {
		t.Run(name, func(t *testing.T) { tell(&story{t: t}) })
	}
}

// What joining remarks is what holds of the set of events, whatever came first; and it goes when its reason does.
func TestFlags(t *testing.T) {
	many := func(s *story, n int) {
		for i := range n {
			s.tell(fmt.Sprint("i", i), trade.InvoiceIssued, 0, fmt.Sprintf("invoice:I%d@A", i), fmt.Sprintf("invoice:I%d@A", i+1))
		}
	}
	tests := map[string]struct {
		tell func(s *story)
		want map[string]string // event → its flags; the others have none
	}{
		"a number without issuer that two gave": {
			func(s *story) {
				s.tell("a", trade.TitleIssued, 0, "bl:B1@SITC")
				s.tell("b", trade.TitleIssued, 0, "bl:B1@MAEU")
				s.tell("c", trade.DeclarationLodged, 1, "declaration:D1", "bl:B1")
				s.tell("paid", trade.PaymentSettled, 2, "covers=bl:B1")
			},
			map[string]string{"c": "unclear", "paid": "unclear"},
		},
		"a number that nobody gave is no riddle": {
			func(s *story) { s.tell("c", trade.DeclarationLodged, 1, "declaration:D1", "bl:B1") }, nil,
		},
		"one of the two took it back": {
			func(s *story) {
				s.tell("a", trade.TitleIssued, 0, "bl:B1@SITC")
				s.takeBack(s.tell("b", trade.TitleIssued, 0, "bl:B1@MAEU"))
				s.tell("c", trade.DeclarationLodged, 1, "declaration:D1", "bl:B1")
			},
			nil,
		},
		"a code that is on 66 bills": {
			func(s *story) {
				for i := range 66 {
					s.tell(fmt.Sprint("b", i), trade.TitleIssued, 0, fmt.Sprintf("bl:B%d@SITC", i))
				}
				for i := range 65 {
					s.tell(fmt.Sprint("x", i), trade.BookingConfirmed, 0, fmt.Sprintf("bl:B%d@SITC", i), "shipment:DEPT")
				}
			},
			func() map[string]string {
				want := map[string]string{}
				for i := range 65 {
					want[fmt.Sprint("x", i)] = "wide"
				}
				return want
			}(),
		},
		"500 numbers that hang together are believed": {func(s *story) { many(s, 499) }, nil},
		"501 are not": {
			func(s *story) { many(s, 500) },
			func() map[string]string {
				want := map[string]string{}
				for i := range 500 {
					want[fmt.Sprint("i", i)] = "link_suspect"
				}
				return want
			}(),
		},
		"501 with a bill among them are": {
			func(s *story) {
				many(s, 500)
				s.tell("b", trade.TitleIssued, 0, "bl:B1@SITC", "invoice:I250@A")
			},
			nil,
		},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			s := &story{t: t}
			c.tell(s)
			want := c.want
			if want == nil {
				want = map[string]string{}
			}
			events := s.published()
			spec := make(map[string]string)
			var inputs []Input
			names := make(map[trade.EventKey]string)
			for i, e := range events {
				names[e.Key()] = e.ID
				inputs = append(inputs, Input{Event: e, Sequence: uint64(i + 1), Received: storyStart, Digest: wire.Digest(e)})
			}
			for key, flags := range Spec(inputs).Flags {
				spec[names[key]] = strings.Join(flags.Names(), " ")
			}
			if diff := cmp.Diff(want, spec); diff != "" {
				t.Errorf("flags by Spec (-want +got):\n%s", diff)
			}
			random := rand.New(rand.NewPCG(1, 2))
			for range max(1, 200/len(events)) {
				random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				got := make(map[string]string)
				w := run(t, Memory{}, events, func(int) bool { return random.IntN(3+len(events)/4) == 0 })
				for key, name := range names {
					if told, _ := w.linker.Tell(key); told.Flags != 0 {
						got[name] = strings.Join(told.Flags.Names(), " ")
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("flags by Linker (-want +got):\n%s", diff)
				}
			}
		})
	}
}
