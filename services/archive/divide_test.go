package archive

import (
	"fmt"
	"strings"
	"testing"

	"oneorder/internal/stream"
)

// Two events of a batch that the table cannot hold: they alone are refused, with what ClickHouse said, and the
// others are stored once.
func TestOneBadEventOfABatch(t *testing.T) {
	r := start(t)
	if err := r.config.Warehouse.Exec(t.Context(), "ALTER TABLE events_all ADD CONSTRAINT sound CHECK id NOT LIKE 'poison%'"); err != nil {
		t.Fatal(err)
	}
	const events = 500
	list := many(0, events)
	list[123] = message("sitc", issued("poison-1"))
	list[499] = message("sitc", issued("poison-2"))
	r.publish(list...)
	r.until("all is written", func() bool { return r.service.Progress().Written == events })
	if c := r.counts(); c.Stored != events-2 || c.Rejected != 2 {
		t.Errorf("counts %+v", c)
	}
	if stored := r.rows("SELECT count() AS n FROM events_all"); stored[0]["n"] != fmt.Sprint(events-2) {
		t.Errorf("%v rows, want each event once", stored)
	}
	got := r.rejections()
	if len(got) != 2 {
		t.Fatalf("%d rejections", len(got))
	}
	for i, sequence := range []uint64{124, 500} {
		x := got[i]
		if x.Code != "not_storable" || x.Sequence != sequence || !strings.Contains(x.Message, "sound") || string(x.Data) != string(list[sequence-1].Data) {
			t.Errorf("rejection %+v", x)
		}
	}
	r.until("the archive is healthy", func() bool { return r.service.Health() == nil })
}

// A missing table is nobody's event's fault: the service stops, says what to do, and has refused nothing.
func TestMissingTableStopsTheArchive(t *testing.T) {
	r := start(t)
	r.publish(message("sitc", issued("before")))
	for _, statement := range []string{"RENAME TABLE events_all TO elsewhere"} {
		if err := r.config.Warehouse.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.publisher.Publish(t.Context(), []stream.Outgoing{message("sitc", issued("one"))}); err != nil {
		t.Fatal(err)
	}
	err := <-r.ended
	r.ended <- nil
	if err == nil || !strings.Contains(err.Error(), "oneorder migrate") {
		t.Errorf("the archive ended with %v", err)
	}
	if n := len(r.rejections()); n != 0 {
		t.Errorf("%d rejections", n)
	}
}
