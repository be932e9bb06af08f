package warehouse

import (
	"strconv"
	"testing"
	"time"

	"oneorder/internal/trade"
)

// A groupage consignment watched by many sensors has thousands of events: one query that named all of them would be longer than ClickHouse takes.
func TestLookupShowsAllOfThousandsOfEvents(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	const many = 4000
	events, members := NewEvents(), NewChainEvents()
	for i := range many {
		e := loaded("many" + strconv.Itoa(i))
		e.Time = e.Time.Add(time.Duration(i) * time.Second)
		events.Append(e, rowOf(e, "{}", uint64(i)+2))
		members.Append(&ChainEventRow{
			Attribution: trade.Attribution{Event: e.Key(), Chain: chainB, Rule: trade.ByReference, Via: "bl:SITGCKSG026001@SITC", By: e.Key()},
			FoundedOn:   founded.AddDate(0, 0, 1), Type: e.Type, OccurredAt: e.Time, Version: uint64(i) + 2,
		})
	}
	insert(t, w, "many", events, members)
	views, around, err := w.OrderFor(t.Context(), "", chainB)
	if err != nil || len(views) != 1 {
		t.Fatalf("%d chains, %v", len(views), err)
	}
	rows := views[0].Timeline
	if len(rows) != many || len(around.Payloads) != many {
		t.Fatalf("%d events, %d with their content, want %d", len(rows), len(around.Payloads), many)
	}
	for i := range rows {
		if want := "many" + strconv.Itoa(i); rows[i].ID != want {
			t.Fatalf("event %d is %q, want %q", i, rows[i].ID, want)
		}
	}
}

// The position of a vessel is in the chains that were aboard then, once, whatever else names it.
func TestLookupShowsWhatHappenedToTheConveyanceWhileAboard(t *testing.T) {
	w := migrated(t)
	first, _ := stored(t, w)
	const vessel = "vessel:9793911"
	apart, stays, members := NewApartEvents(), NewChainStays(), NewChainEvents()
	from := at("2026-09-11T08:15:00.123Z")
	until := from.AddDate(0, 0, 9)
	position := func(id string, at time.Time) trade.EventKey {
		key := trade.KeyOf("urn:oneorder:org:ais", id)
		apart.Append(&ApartRow{Event: key, Conveyance: vessel, Type: trade.PositionRead, OccurredAt: at, Version: 20})
		return key
	}
	position("before", from.Add(-time.Millisecond))
	both := position("at the load", from)
	last := position("at the discharge", until)
	position("after", until.Add(time.Millisecond))
	stays.Append(&StayRow{Chain: chainA, FoundedOn: founded, Conveyance: vessel, From: from, Until: until, Steps: 1, By: first, Version: 20})
	// It was stored with the chain before it was put apart.
	members.Append(&ChainEventRow{
		Attribution: trade.Attribution{Event: both, Chain: chainA, Rule: trade.ByReference, Via: "bl:SITGCKSG026001@SITC", By: first},
		FoundedOn:   founded, Type: trade.PositionRead, OccurredAt: from, Version: 19,
	})
	insert(t, w, "aboard", apart, stays, members)
	views, err := w.Lookup(t.Context(), chainA)
	if err != nil || len(views) != 1 {
		t.Fatalf("%d chains, %v", len(views), err)
	}
	got := make(map[trade.EventKey]trade.Attribution)
	for _, row := range views[0].Timeline {
		if _, twice := got[row.Event]; twice {
			t.Errorf("%s is shown twice", row.Event)
		}
		got[row.Event] = row.Attribution
	}
	if len(got) != 4 {
		t.Errorf("%d events, want the load, the payment and two positions: %v", len(got), got)
	}
	want := trade.Attribution{Chain: chainA, Event: last, Rule: trade.ByConveyance, Via: vessel, Steps: 1, By: first}
	if got[last] != want {
		t.Errorf("got %+v, want %+v", got[last], want)
	}
	if got[both].Rule != trade.ByReference {
		t.Errorf("what names the bill is there by %q", got[both].Rule)
	}
}
