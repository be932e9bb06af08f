package warehouse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

// A chain with three events in two versions: the second comes with version 5, and so does a revision of the first.
func TestAChainIsShownWithWhatWasKnownOfIt(t *testing.T) {
	w := migrated(t)
	first, second := loaded("e1"), loaded("e2")
	revised := loaded("e1")
	revised.Revision = 1
	write := func(token string, version uint64, title string, orgs []string, events ...*trade.Event) {
		rows, members, chains := NewEvents(), NewChainEvents(), NewChains()
		for _, e := range events {
			rows.Append(e, rowOf(e, fmt.Sprintf(`{"revision":%d}`, e.Revision), version))
			members.Append(&ChainEventRow{
				Attribution: trade.Attribution{Event: e.Key(), Chain: chainA, Rule: trade.ByReference, By: e.Key()}, FoundedOn: founded, Type: e.Type, OccurredAt: e.Time, Version: version,
			})
		}
		c := whole(chainA)
		c.Version, c.Title, c.Orgs = version, title, orgs
		chains.Append(c)
		insert(t, w, token, rows, members, chains)
	}
	moment := func() time.Time {
		at, err := time.Parse("2006-01-02 15:04:05.000", now(t, w))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := moment()
	write("1", 1, "drafted", []string{"sitc"}, first)
	between := moment()
	write("2", 5, "issued", []string{"psa", "sitc"}, revised, second)
	write("2", 5, "issued", []string{"psa", "sitc"}, revised, second) // done again
	found, err := w.Lookup(t.Context(), chainA)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	today := &found[0]
	// What is asked for at once is what is asked for one after the other.
	whole, around, err := w.OrderFor(t.Context(), "sitc", chainA)
	if err != nil || around == nil {
		t.Fatal(around, err)
	}
	payloads, err := w.Payloads(t.Context(), today.Timeline, Newest)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := w.Changes(t.Context(), chainA, "sitc")
	if diff := cmp.Diff(&Around{Payloads: payloads, Changes: changes}, around); err != nil || diff != "" || len(payloads) != 2 || len(changes) != 2 {
		t.Errorf("around the chain (-one after the other +at once), %v:\n%s", err, diff)
	}
	if diff := cmp.Diff(found, whole); diff != "" {
		t.Errorf("the chain (-alone +with what is around it):\n%s", diff)
	}
	if views, around, err := w.OrderFor(t.Context(), "nobody", chainA); err != nil || around != nil || len(views) != 0 {
		t.Errorf("for who took no part: %v, %v, %v", views, around, err)
	}

	if _, known, err := w.AsOf(t.Context(), chainA, before); err != nil || known {
		t.Errorf("before it was there: %v, %v", known, err)
	}
	for _, c := range []struct {
		at      time.Time
		title   string
		events  int
		payload string
	}{{between, "drafted", 1, `{"revision":0}`}, {moment(), "issued", 2, `{"revision":1}`}} {
		past, known, err := w.AsOf(t.Context(), chainA, c.at)
		if err != nil || !known {
			t.Fatal(known, err)
		}
		payloads, err := w.Payloads(t.Context(), past.Timeline, past.Upto)
		if err != nil {
			t.Fatal(err)
		}
		if past.Title != c.title || len(past.Timeline) != c.events || string(payloads[first.Key()]) != c.payload || len(past.References) != 2 {
			t.Errorf("at %s: title %s, %d events, the first is %s, numbers %v", c.at, past.Title, len(past.Timeline), payloads[first.Key()], past.References)
		}
	}
	// As of now it is what it is.
	past, _, err := w.AsOf(t.Context(), chainA, moment())
	if err != nil {
		t.Fatal(err)
	}
	past.Upto = today.Upto
	if diff := cmp.Diff(*today, past); diff != "" {
		t.Errorf("as of now (-today +as of):\n%s", diff)
	}

	for org, want := range map[string]int{"": 2, "sitc": 2, "psa": 1, "nobody": 0} {
		changes, err := w.Changes(t.Context(), chainA, org)
		if err != nil || len(changes) != want {
			t.Errorf("changes for %q: %v, %v", org, changes, err)
		}
		for i, at := range changes {
			if past, known, err := w.AsOf(t.Context(), chainA, at); err != nil || !known || org == "" && (past.Version == 5) != (i == 1) {
				t.Errorf("at its change %d: version %d, %v, %v", i, past.Version, known, err)
			}
		}
	}
	// Where no history of the events was kept yet, those of today that were there by then stand for it.
	if err := w.Exec(t.Context(), "TRUNCATE TABLE chain_event_changes"); err != nil {
		t.Fatal(err)
	}
	if past, known, err := w.AsOf(t.Context(), chainA, between); err != nil || !known || len(past.Timeline) != 1 || past.Timeline[0].ID != "e1" || past.Timeline[0].Revision != 0 {
		t.Errorf("without a history: %v, %+v, %v", known, past.Timeline, err)
	}
}

// An event that is revised to another time was at its time of before, and so it is shown as of then; not while it was taken back.
func TestAnEventRevisedToAnotherTimeIsShownAtThatOfThen(t *testing.T) {
	w := migrated(t)
	write := func(version uint64, e *trade.Event) {
		rows, members, chains := NewEvents(), NewChainEvents(), NewChains()
		rows.Append(e, rowOf(e, fmt.Sprintf(`{"revision":%d}`, e.Revision), version))
		attribution := &ChainEventRow{
			Attribution: trade.Attribution{Event: e.Key(), Chain: chainA, Rule: trade.ByReference, By: e.Key()}, FoundedOn: founded, Type: e.Type, OccurredAt: e.Time, Version: version,
		}
		if e.Retracted {
			members.Delete(attribution)
		} else {
			members.Append(attribution)
		}
		c := whole(chainA)
		c.Version = version
		chains.Append(c)
		insert(t, w, fmt.Sprint(version), rows, members, chains)
	}
	revision := func(n uint32, hours int, retracted bool) *trade.Event {
		e := loaded("e1")
		e.Revision, e.Retracted, e.Time = n, retracted, e.Time.Add(time.Duration(hours)*time.Hour)
		return e
	}
	other := loaded("e2")
	other.Time = other.Time.Add(5 * time.Hour)
	write(1, other)
	times := []time.Time{}
	for _, e := range []*trade.Event{revision(0, 0, false), revision(1, 30*24, false), revision(2, 0, true), revision(3, -48, false), revision(4, 9, false)} {
		write(uint64(2+e.Revision), e)
		at, err := time.Parse("2006-01-02 15:04:05.000", now(t, w))
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, at)
	}
	found, err := w.Lookup(t.Context(), chainA)
	if err != nil || len(found) != 1 || len(found[0].Timeline) != 2 {
		t.Fatal(found, err)
	}
	for i, want := range []string{"e1/0 e2/0", "e2/0 e1/1", "e2/0", "e1/3 e2/0", "e2/0 e1/4"} {
		past, known, err := w.AsOf(t.Context(), chainA, times[i])
		if err != nil || !known {
			t.Fatal(known, err)
		}
		payloads, err := w.Payloads(t.Context(), past.Timeline, past.Upto)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range past.Timeline {
			got = append(got, fmt.Sprintf("%s/%d", row.ID, row.Revision))
			if text := fmt.Sprintf(`{"revision":%d}`, row.Revision); string(payloads[row.Event]) != text {
				t.Errorf("after revision %d the event %s reads %s, want %s", i, row.ID, payloads[row.Event], text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("after revision %d: %q, want %q", i, got, want)
		}
	}
}

// The bound of a look-up is of the chains that who asks may see: those of others do not use it up.
func TestLookupAmongTheChainsOfAnOrganisation(t *testing.T) {
	w := migrated(t)
	chains, numbers, aliases := NewChains(), NewChainReferences(), NewChainAliases()
	booking := trade.Reference{Kind: trade.Booking, Value: "MANY", Issuer: "SITC"}
	for i := range 2*MostFound + 1 {
		c := &trade.Chain{ID: fmt.Sprintf("0A1B2C3D4E5F%04d", i), FoundedOn: founded.AddDate(0, 0, i), Version: 1, Orgs: []string{"sitc"}}
		if i == 2*MostFound {
			c.Orgs = []string{"psa", "sitc"}
		}
		chains.Append(c)
		numbers.Append(&ChainReferenceRow{Reference: booking, Chain: c.ID, FoundedOn: c.FoundedOn, Version: 1})
		aliases.Append(&AliasRow{Alias: "0Z1B2C3D4E5F6G7H", Chain: c.ID, Kind: trade.Booking, FoundedOn: c.FoundedOn, Version: 1})
	}
	insert(t, w, "many", chains, numbers, aliases)
	last := fmt.Sprintf("0A1B2C3D4E5F%04d", 2*MostFound)
	for _, c := range []struct {
		org, number string
		want        int
	}{
		{"", "many", MostFound},
		{"sitc", "many", MostFound},
		{"psa", "many", 1},
		{"nobody", "many", 0},
		{"psa", "0Z1B2C3D4E5F6G7H", 1},
		{"nobody", "0Z1B2C3D4E5F6G7H", 0},
		{"psa", last, 1},
		{"psa", "0A1B2C3D4E5F0001", 0},
		{"sitc", "0A1B2C3D4E5F0001", 1},
	} {
		views, err := w.LookupFor(t.Context(), c.org, c.number)
		if err != nil || len(views) != c.want {
			t.Errorf("%s for %q: %d chains, %v", c.number, c.org, len(views), err)
		}
	}
}
