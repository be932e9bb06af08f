package warehouse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"oneorder/internal/failure"
	"oneorder/internal/trade"
)

// eventsOf is a block of n events, from..from+n-1.
func eventsOf(from, n int) *Events {
	b := NewEvents()
	for i := from; i < from+n; i++ {
		e := loaded(fmt.Sprintf("e%d", i))
		b.Append(e, rowOf(e, e.ID, uint64(i)))
	}
	return b
}

func TestTokenMakesARetryHarmless(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	first := eventsOf(0, 100)
	insert(t, w, "archive/1/1/0/99", first)
	for i := 1; i <= 50; i++ {
		insert(t, w, fmt.Sprintf("archive/1/1/%d", i), eventsOf(i*100, 100))
	}
	for range 3 {
		insert(t, w, "archive/1/1/0/99", first)
	}
	if got := one[uint64](t, w, "SELECT count() FROM events_all"); got != 5100 {
		t.Errorf("the same token and block again: got %d rows, want 5100", got)
	}
	insert(t, w, "archive/1/2/0/99", first)
	if got := one[uint64](t, w, "SELECT count() FROM events_all"); got != 5200 {
		t.Errorf("the same block under another token: got %d rows, want 5200 stored", got)
	}
	if got := one[uint64](t, w, "SELECT count() FROM events"); got != 5100 {
		t.Errorf("the same block under another token: got %d events, want 5100 to stand", got)
	}
}

func TestTokenHoldsOverPartitions(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	b := NewEvents()
	for year := range 10 {
		e := loaded(fmt.Sprint("y", year))
		e.Time = e.Time.AddDate(-year, 0, 0)
		b.Append(e, rowOf(e, e.ID, uint64(year)))
	}
	for range 3 {
		insert(t, w, "t", b)
	}
	if got := one[uint64](t, w, "SELECT count() FROM events_all"); got != 10 {
		t.Errorf("got %d rows, want 10", got)
	}
}

func TestInsertRefuses(t *testing.T) {
	w := migrated(t)
	wide := NewEvents()
	for year := range 150 {
		e := loaded(fmt.Sprint(year))
		e.Time = at("2100-01-01T00:00:00Z").AddDate(-year, 0, 0)
		wide.Append(e, rowOf(e, e.ID, 1))
	}
	dear := NewEvents()
	e := loaded("dear")
	e.Data.Amount.Amount = "123456789012345678"
	dear.Append(e, rowOf(e, "dear", 1))
	long := NewChains()
	long.Append(&trade.Chain{ID: strings.Repeat("A", 17), FoundedOn: at("2026-09-11T00:00:00Z")})
	lost := NewUnattributedEvents()
	lost.table = "no_such_table"
	lost.Append(&UnattributedRow{})
	for _, c := range []struct {
		name  string
		block Block
		class failure.Class
	}{
		{"times that span too many years", wide, failure.Permanent},
		{"an amount beyond Decimal(18,4)", dear, failure.Permanent},
		{"a chain id that is too long", long, failure.Permanent},
		{"a table that is missing, which an operator can mend", lost, failure.Fatal},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := w.Insert(t.Context(), "t", c.block)
			if err == nil || failure.Of(err) != c.class {
				t.Errorf("got %v, %s; want %s", err, failure.Of(err), c.class)
			}
		})
	}
	if err := w.Insert(t.Context(), "", eventsOf(0, 1)); err == nil {
		t.Error("an insert without a token: got no error")
	}
	if err := w.Insert(t.Context(), "t", NewEvents()); err != nil {
		t.Errorf("an empty block: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Insert(ctx, "t", eventsOf(0, 1)); !errors.Is(err, context.Canceled) || failure.Of(err) != failure.Retryable {
		t.Errorf("after the end: got %v, want canceled", err)
	}
}

func TestInsertsRunSideBySide(t *testing.T) {
	w := migrated(t)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			for j := range 5 {
				n := i*5 + j
				if err := w.Insert(ctx, fmt.Sprint(n), eventsOf(n*10, 10)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := one[uint64](t, w, "SELECT count() FROM events"); got != 400 {
		t.Errorf("got %d events, want 400", got)
	}
}

// relay passes connections on to an address until it is told to cut them.
type relay struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
	wg    sync.WaitGroup
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l}
	r.wg.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := new(net.Dialer).Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			r.mu.Lock()
			r.conns = append(r.conns, in, out)
			r.mu.Unlock()
			r.wg.Go(func() { pass(in, out) })
			r.wg.Go(func() { pass(out, in) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); r.cut(); r.wg.Wait() })
	return r
}

func pass(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	_ = to.Close()
}

func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
}

func TestInsertSurvivesConnectionsThatDiedIdle(t *testing.T) {
	r := newRelay(t, address(t))
	w := empty(t, r.Addr().String())
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		insert(t, w, fmt.Sprint(i), eventsOf(i*10, 10))
		r.cut()
	}
	insert(t, w, "3", eventsOf(30, 10))
	direct, err := Open(t.Context(), Config{Addr: address(t), Database: w.Database()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := direct.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := one[uint64](t, direct, "SELECT count() FROM events_all"); got != 40 {
		t.Errorf("got %d rows, want 40", got)
	}
}

func TestRejectedAndUnattributedRows(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	rejected := NewRejectedEvents()
	rejected.Append(&RejectedRow{
		Org: "sitc", Stage: "archive", Subject: "events.sitc.logistics.equipment.loaded", Sequence: 9,
		Received: at("2026-09-11T08:20:12Z"), Payload: []byte("{"), Version: 9,
		Faults: trade.Faults{{Code: "json_invalid", Pointer: "", Message: "expected a member"}, {Code: "x", Pointer: "/id", Value: `"a"`, Message: "y"}},
	})
	insert(t, w, "a", rejected)
	insert(t, w, "b", rejected)
	settled(t, w, `SELECT toString((org, stage, subject, stream_seq, received_at, payload, faults)) FROM rejected_events FINAL`, []string{
		`('sitc','archive','events.sitc.logistics.equipment.loaded',9,'2026-09-11 08:20:12.000','{',[('json_invalid','','','expected a member'),('x','/id','"a"','y')])`,
	}, "rejected_events")

	key := trade.KeyOf("s", "1")
	row := &UnattributedRow{Event: key, Type: trade.PaymentSettled, OccurredAt: at("2026-09-11T00:00:00Z"), Org: "bank", Since: at("2026-09-12T00:00:00Z"), Version: 5}
	waiting := NewUnattributedEvents()
	waiting.Append(row)
	insert(t, w, "a", waiting)
	settled(t, w, "SELECT toString((event_key, type, occurred_at, org, since)) FROM unattributed_events FINAL",
		[]string{"('" + key.String() + "','finance.payment.settled','2026-09-11 00:00:00.000','bank','2026-09-12 00:00:00.000')"}, "unattributed_events")
	waiting.Reset()
	waiting.Delete(&UnattributedRow{Event: key, Version: 6})
	insert(t, w, "b", waiting)
	settled(t, w, "SELECT toString(event_key) FROM unattributed_events FINAL", nil, "unattributed_events")
}

func TestCloseRefusesLaterInserts(t *testing.T) {
	w, err := Open(t.Context(), Config{Addr: address(t), DialTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(true, errors.Is(w.Insert(t.Context(), "t", eventsOf(0, 1)), errClosed)); diff != "" {
		t.Errorf("insert after Close (-want +got):\n%s", diff)
	}
}
