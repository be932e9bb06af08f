package chain

import (
	"crypto/sha256"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

const (
	allAttributions = "SELECT toString(chain_id) AS chain, toString(event_key) AS event FROM chain_members ORDER BY chain, event"
	allChains       = "SELECT * EXCEPT (version, founded_on) FROM chain ORDER BY chain_id"
)

// all is what chain says, but for versions, the evidence, of which one of several that are as good depends on how the stream was cut,
// and the day that a chain was founded on, since the warehouse does not know exactly when the broker had an event.
func (r *running) all() [][]map[string]any {
	r.t.Helper()
	return [][]map[string]any{
		r.rows(allAttributions), r.rows(allChains),
		// Which ids a chain had between batches depends on how the stream was cut.
		r.rows("SELECT value, kind, issuer, toString(chain_id) AS chain FROM chain_references FINAL WHERE kind != 'chain' OR value = chain ORDER BY ALL"),
		r.rows("SELECT toString(event_key) AS event FROM unattributed_events FINAL ORDER BY event"),
		r.rows("SELECT toString(event_key) AS event, flags FROM event_flags FINAL ORDER BY event"),
	}
}

func (r *running) rebuild(from Origin) {
	r.t.Helper()
	r.restart(func() {
		if err := Rebuild(r.t.Context(), r.config, from, slog.New(slog.DiscardHandler), func(uint64, uint64) {}); err != nil {
			r.t.Fatal(err)
		}
	})
}

func (r *running) generation() uint64 {
	r.t.Helper()
	readers, err := r.conn.Readers(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, info := range readers {
		if info.Name == defaultReader {
			return info.Generation
		}
	}
	r.t.Fatal("the reader has no record")
	return 0
}

// store writes the messages as archive does.
func (r *running) store(messages []stream.Outgoing) {
	r.t.Helper()
	block := warehouse.NewEvents()
	for i, m := range messages {
		e, err := wire.Decode(m.Data)
		if err != nil {
			r.t.Fatal(err)
		}
		block.Append(e, &warehouse.EventRow{
			Key: e.Key(), Digest: sha256.Sum256(m.Data), Org: e.Org(), Payload: m.Data, Received: time.Now(),
			Version: stream.Version(1, uint64(i+1)),
		})
	}
	if err := r.warehouse.Insert(r.t.Context(), "stored", block); err != nil {
		r.t.Fatal(err)
	}
	if err := r.conn.Place(r.t.Context(), "archive", 1, uint64(len(messages)), ""); err != nil {
		r.t.Fatal(err)
	}
}

func TestRebuildGivesTheSameChains(t *testing.T) {
	r := begin(t)
	messages, _ := traffic(t, 40)
	tail := len(messages) * 3 / 4
	r.publish(messages[:tail]...)
	r.written()
	want := r.all()
	if len(want[0]) < 1000 {
		t.Fatalf("%d attributions only", len(want[0]))
	}
	generation := r.generation()
	r.rebuild(FromEither)
	if diff := cmp.Diff(want, r.all()); diff != "" {
		t.Errorf("rebuilt from the stream (-before +after):\n%s", diff)
	}
	// Of the older half the warehouse, of the younger the stream.
	r.store(messages[:tail/2])
	r.rebuild(FromWarehouse)
	if diff := cmp.Diff(want, r.all()); diff != "" {
		t.Errorf("rebuilt from the warehouse (-before +after):\n%s", diff)
	}
	if got := r.generation(); got != generation+2 {
		t.Errorf("generation %d after two rebuilds of %d", got, generation)
	}
	if left := r.rows("SELECT name FROM system.tables WHERE database = 'oneorder' AND name LIKE '%\\\\_\\\\_%'"); len(left) > 0 {
		t.Errorf("tables that are left: %v", left)
	}
	// It goes on as if nothing had been.
	r.publish(messages[tail:]...)
	r.written()
	rest := r.all()
	r.rebuild(FromStream)
	if diff := cmp.Diff(rest, r.all()); diff != "" {
		t.Errorf("after going on from a rebuilt state (-joined on +joined anew):\n%s", diff)
	}
}

func TestRebuildRefuses(t *testing.T) {
	r := begin(t)
	r.tell(event("issued", trade.TitleIssued, bill))
	again := func(from Origin) error {
		return Rebuild(t.Context(), r.config, from, slog.New(slog.DiscardHandler), func(uint64, uint64) {})
	}
	if err := again(FromStream); err == nil || !strings.Contains(err.Error(), "stop the chain") {
		t.Errorf("beside a chain that runs: %v", err)
	}
	r.restart(func() {
		if err := again(FromWarehouse); err == nil || !strings.Contains(err.Error(), "record of reader archive") {
			t.Errorf("with nothing stored: %v", err)
		}
		if err := again("elsewhere"); err == nil || !strings.Contains(err.Error(), `"elsewhere"`) {
			t.Errorf("from elsewhere: %v", err)
		}
		// One that died between exchanging the tables and the state is done again, and until then nothing runs on it.
		mark := filepath.Join(r.config.Data, markName)
		if err := os.WriteFile(mark, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := New(r.config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("over a rebuild that was cut short: %v", err)
		}
		if err := again(FromStream); err != nil {
			t.Fatal(err)
		}
	})
	r.tell(event("booked", trade.BookingConfirmed, bill))
	r.wantGroups("after all that", "booked issued")
}

// A second version reads and joins beside the first, into tables of its own.
func TestSecondVersionRunsBeside(t *testing.T) {
	r := begin(t)
	messages, _ := traffic(t, 20)
	half := len(messages) / 2
	for _, part := range [][]stream.Outgoing{messages[:half], messages[half:]} {
		r.publish(part...)
		r.written() // so that the first version shows ids that chains do not keep, which the second may never see
	}
	beside := *r
	beside.ended = make(chan error, 1)
	beside.config.Reader, beside.config.Shadow, beside.config.Data = "chain-next", "next", t.TempDir()
	beside.run()
	beside.written()
	const all = "1"
	for table, where := range map[string]string{
		"chains": all, "chain_events": all, "unattributed_events": all, "event_flags": all,
		"chain_references": "kind != 'chain' OR value = chain_id", // without the ids that a chain had before
		"chain_aliases":    "kind != 'chain' OR alias = chain_id",
	} {
		rows := func(table string) []map[string]any {
			return r.rows("SELECT * EXCEPT version FROM " + table + " FINAL WHERE " + where + " ORDER BY ALL")
		}
		first, second := rows(table), rows(warehouse.ShadowTable(table, "next"))
		if diff := cmp.Diff(first, second); diff != "" || len(first) == 0 && table != "unattributed_events" && table != "event_flags" {
			t.Errorf("%s, %d rows (-first version +second):\n%s", table, len(first), diff)
		}
	}
	if lost := r.rows("SELECT alias, chain_id FROM chain_aliases FINAL WHERE (alias, chain_id) NOT IN (SELECT alias, chain_id FROM " +
		warehouse.ShadowTable("chain_aliases", "next") + " FINAL)"); len(lost) > 0 {
		t.Errorf("ids that the first version showed and that lead nowhere in the second: %v", lost)
	}
	beside.stop()
	if err := <-beside.ended; err != nil {
		t.Error(err)
	}
	wrong := r.config
	wrong.Shadow = "next"
	if _, err := New(wrong, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a second version with the first one's reader is taken")
	}
}
