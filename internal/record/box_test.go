package record_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/record"
	"oneorder/internal/trade"
)

// What the record keeps of the containers at the end of the journey.
func TestBoxes(t *testing.T) {
	const first, second = "SITU9070320", "SITU9070336"
	box := func(number, state string) []trade.Equipment {
		return []trade.Equipment{{Kind: trade.Container, Number: number, State: state}}
	}
	arrived := event("a", "sitc", trade.ConveyanceArrived, "09-16 14:00", trade.Data{References: refs(bill), Transport: ship, Place: singapore})
	discharge := func(id, when string, e []trade.Equipment, at trade.Place, by trade.Transport) *trade.Event {
		return event(id, "psa", trade.EquipmentDischarged, when, trade.Data{References: refs(bill), Equipment: e, Place: at, Transport: by})
	}
	out := func(id, when string, e []trade.Equipment, at trade.Place) *trade.Event {
		return event(id, "psa", trade.EquipmentGatedOut, when, trade.Data{References: refs(bill), Equipment: e, Place: at})
	}
	back := func(id, when, number string) *trade.Event {
		return event(id, "depot", trade.EmptyReturned, when, trade.Data{References: refs(bill), Equipment: box(number, trade.Empty)})
	}
	landed := discharge("d1", "09-16 20:00", box(first, trade.Laden), singapore, ship)
	later := discharge("d2", "09-16 21:00", box(second, ""), trade.Place{}, ship) // where its conveyance was bound for

	for _, c := range []struct {
		name            string
		events          []*trade.Event
		boxes           []trade.Box
		discharged, out string
	}{
		{
			"each box has its own times, and the goods are out when the last box is",
			[]*trade.Event{arrived, landed, later, out("g1", "09-17 01:00", box(first, trade.Laden), singapore), out("g2", "09-19 01:00", box(second, ""), singapore), back("r1", "09-20 01:00", first)},
			[]trade.Box{
				{Number: first, Terminal: "SGSIN", Discharged: at("09-16 20:00"), GatedOut: at("09-17 01:00"), Returned: at("09-20 01:00")},
				{Number: second, Terminal: "SGSIN", Discharged: at("09-16 21:00"), GatedOut: at("09-19 01:00")},
			},
			"09-16 21:00", "09-19 01:00",
		},
		{
			"while a box is in the terminal the goods are not out",
			[]*trade.Event{arrived, landed, later, out("g1", "09-17 01:00", box(first, trade.Laden), singapore)},
			[]trade.Box{
				{Number: first, Terminal: "SGSIN", Discharged: at("09-16 20:00"), GatedOut: at("09-17 01:00")},
				{Number: second, Terminal: "SGSIN", Discharged: at("09-16 21:00")},
			},
			"09-16 21:00", "",
		},
		{
			"a discharge on the way is not of the destination",
			[]*trade.Event{
				arrived, discharge("d0", "09-08 09:00", box(first, trade.Laden), qinzhou, train), out("g0", "09-08 12:00", box(first, trade.Laden), qinzhou), landed,
			},
			[]trade.Box{{Number: first, Terminal: "SGSIN", Discharged: at("09-16 20:00")}},
			"09-16 20:00", "",
		},
		{
			"an empty that leaves the terminal is not the goods' gate-out, and a plan is none",
			[]*trade.Event{
				arrived, landed, out("g1", "09-17 01:00", box(first, trade.Empty), singapore),
				event("g2", "psa", trade.EquipmentGatedOut, "09-17 02:00", trade.Data{Classifier: trade.Planned, References: refs(bill), Equipment: box(first, trade.Laden), Place: singapore}),
			},
			[]trade.Box{{Number: first, Terminal: "SGSIN", Discharged: at("09-16 20:00")}},
			"09-16 20:00", "",
		},
		{
			"a gate-out without a place is of no terminal",
			[]*trade.Event{arrived, landed, out("g1", "09-17 01:00", box(first, trade.Laden), trade.Place{})},
			[]trade.Box{{Number: first, Terminal: "SGSIN", Discharged: at("09-16 20:00")}},
			"09-16 20:00", "",
		},
		{
			"a box that came back from the way has its return alone",
			[]*trade.Event{arrived, landed, back("r2", "09-10 01:00", second)},
			[]trade.Box{{Number: first, Terminal: "SGSIN", Discharged: at("09-16 20:00")}, {Number: second, Returned: at("09-10 01:00")}},
			"09-16 20:00", "",
		},
		{
			"goods without a container are discharged and leave too",
			[]*trade.Event{arrived, discharge("d1", "09-16 20:00", nil, singapore, ship), out("g1", "09-17 01:00", nil, singapore)},
			[]trade.Box{},
			"09-16 20:00", "09-17 01:00",
		},
		{
			"of two reports of one discharge the later recorded counts",
			[]*trade.Event{arrived, landed, recordedLater(discharge("d9", "09-16 19:30", box(first, trade.Laden), singapore, ship))},
			[]trade.Box{{Number: first, Terminal: "SGSIN", Discharged: at("09-16 19:30")}},
			"09-16 19:30", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := record.Fold(c.events, tables(t))
			if diff := cmp.Diff(c.boxes, got.Boxes); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for m, when := range map[trade.Milestone]string{trade.DischargedAt: c.discharged, trade.GatedOut: c.out} {
				var want time.Time
				if when != "" {
					want = at(when)
				}
				if !got.Milestones[m].Equal(want) {
					t.Errorf("%s at %s, want %s", m, got.Milestones[m], want)
				}
			}
		})
	}
}

func recordedLater(e *trade.Event) *trade.Event {
	e.Recorded = e.Recorded.Add(48 * time.Hour)
	return e
}

// What the record keeps of the containers before the export.
func TestExportBoxes(t *testing.T) {
	const first, second = "SITU9070320", "SITU9070336"
	box := func(number, state string) []trade.Equipment {
		return []trade.Equipment{{Kind: trade.Container, Number: number, State: state}}
	}
	says := func(id string, typ trade.Type, when string, e []trade.Equipment, where trade.Place, by trade.Transport) *trade.Event {
		return event(id, "depot", typ, when, trade.Data{References: refs(bill), Equipment: e, Place: where, Transport: by})
	}
	left := event("r", "crct", trade.ConveyanceDeparted, "09-06 02:00", trade.Data{References: refs(bill), Transport: train, Place: chongqing})
	picked := says("p1", trade.EmptyPickedUp, "09-03 01:00", box(first, trade.Empty), trade.Place{Name: "whatever depot"}, trade.Transport{})
	in := says("i1", trade.EquipmentGatedIn, "09-04 01:00", box(first, trade.Laden), chongqing, trade.Transport{})
	on := says("l1", trade.EquipmentLoaded, "09-05 22:00", box(first, trade.Laden), trade.Place{}, train) // where its conveyance leaves from
	later := func(e *trade.Event) *trade.Event {
		e.Recorded = e.Recorded.Add(72 * time.Hour)
		return e
	}
	whole := trade.ExportBox{Number: first, Terminal: "CNCKG", PickedUp: at("09-03 01:00"), GatedIn: at("09-04 01:00"), Loaded: at("09-05 22:00")}
	for _, c := range []struct {
		name   string
		events []*trade.Event
		want   []trade.ExportBox
	}{
		{"a box is picked up at whatever depot, and comes in and is loaded where the first leg begins", []*trade.Event{left, picked, in, on}, []trade.ExportBox{whole}},
		{
			"what is handled at a port on the way is not of the export", []*trade.Event{
				left, picked, in, on,
				says("i9", trade.EquipmentGatedIn, "09-08 01:00", box(first, trade.Laden), qinzhou, trade.Transport{}),
				says("l9", trade.EquipmentLoaded, "09-10 01:00", box(first, trade.Laden), qinzhou, ship),
			}, []trade.ExportBox{whole},
		},
		{
			"a box that joins on the way has its pick-up alone",
			[]*trade.Event{left, in, on, picked, says("p2", trade.EmptyPickedUp, "09-09 01:00", box(second, trade.Empty), qinzhou, trade.Transport{})},
			[]trade.ExportBox{whole, {Number: second, PickedUp: at("09-09 01:00")}},
		},
		{
			"an empty that comes in or is loaded is repositioned, and a plan is none", []*trade.Event{
				left, picked, says("i2", trade.EquipmentGatedIn, "09-04 02:00", box(first, trade.Empty), chongqing, trade.Transport{}),
				event("i3", "depot", trade.EquipmentGatedIn, "09-04 03:00", trade.Data{Classifier: trade.Planned, References: refs(bill), Equipment: box(first, trade.Laden), Place: chongqing}),
			}, []trade.ExportBox{{Number: first, PickedUp: at("09-03 01:00")}},
		},
		{
			"of two reports of one gate-in the later recorded counts",
			[]*trade.Event{left, picked, in, on, later(says("i4", trade.EquipmentGatedIn, "09-04 09:00", box(first, ""), chongqing, trade.Transport{}))},
			[]trade.ExportBox{{Number: first, Terminal: "CNCKG", PickedUp: whole.PickedUp, GatedIn: at("09-04 09:00"), Loaded: whole.Loaded}},
		},
		{"a box whose depot is silent has its terminal's times alone", []*trade.Event{left, in, on}, []trade.ExportBox{{Number: first, Terminal: "CNCKG", GatedIn: whole.GatedIn, Loaded: whole.Loaded}}},
		{"goods without a container have none", []*trade.Event{left, says("l3", trade.EquipmentLoaded, "09-05 22:00", nil, chongqing, train)}, []trade.ExportBox{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, record.Fold(c.events, tables(t)).ExportBoxes); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
