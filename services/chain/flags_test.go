package chain

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// What joining remarks on an event comes and goes with what else is known, and is read where the event is.
func TestRemarksOfJoining(t *testing.T) {
	r := begin(t)
	other := trade.Reference{Kind: trade.BL, Value: bill.Value, Issuer: "MAEU"}
	nobodys := trade.Reference{Kind: trade.BL, Value: bill.Value}
	said := []*trade.Event{
		event("issued", trade.TitleIssued, bill), event("declared", trade.DeclarationLodged, nobodys), event("second", trade.TitleIssued, other),
	}
	disputed := event("issued", trade.TitleIssued, bill, booking)
	flags := func(when string, want ...map[string]any) {
		t.Helper()
		got := r.rows("SELECT id, flags FROM events WHERE notEmpty(flags) ORDER BY id")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("flags %s (-want +got):\n%s", when, diff)
		}
	}
	row := func(id string, names ...any) map[string]any { return map[string]any{"id": id, "flags": names} }
	var messages []stream.Outgoing
	for _, e := range append(said, disputed) {
		messages = append(messages, stream.Outgoing{Subject: stream.EventSubject(e.Org(), e.Type), Data: wire.Append(nil, e)})
	}
	r.tell(said[:2]...)
	r.store(messages)
	flags("while one carrier has the bill")
	r.tell(said[2])
	flags("when another has it too", row("declared", "unclear"))
	r.tell(disputed)
	flags("when one says two things at once", row("declared", "unclear"), row("issued", "revision_conflict"))
	views, err := r.warehouse.Lookup(t.Context(), booking.Value)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		for _, x := range v.Timeline {
			if x.ID == "issued" && x.Flags != trade.FlagRevisionConflict {
				t.Errorf("looked up, the disputed event is flagged %v", x.Flags.Names())
			}
		}
	}
	for _, shown := range r.rows("SELECT DISTINCT flags FROM chain_timeline(chain_id = '" + r.chainOf("declared") + "') WHERE id = 'declared'") {
		if diff := cmp.Diff(map[string]any{"flags": []any{"unclear"}}, shown); diff != "" {
			t.Errorf("chain_timeline (-want +got):\n%s", diff)
		}
	}
	r.rebuild(FromStream)
	flags("when all is joined again", row("declared", "unclear"), row("issued", "revision_conflict"))
	r.restart(func() {})
	r.tell(retraction("second", 1))
	flags("when the other carrier took it back", row("issued", "revision_conflict"))
	again := event("issued", trade.TitleIssued, bill, booking)
	again.Revision = 1
	r.tell(again)
	flags("when it was said again at a higher revision")
}

// chainOf gives the one chain that an event is in.
func (r *running) chainOf(id string) string {
	r.t.Helper()
	rows := r.rows("SELECT toString(chain_id) AS chain FROM chain_members WHERE event_key = '" + trade.KeyOf("urn:oneorder:org:sitc", id).String() + "'")
	if len(rows) != 1 {
		r.t.Fatalf("%s is in %d chains", id, len(rows))
	}
	return rows[0]["chain"].(string)
}
