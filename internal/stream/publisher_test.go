package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

// stored reads the MsgIDs of a stream, in order.
func stored(t *testing.T, c *Conn, name string) []string {
	t.Helper()
	st, err := c.js.Stream(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	state := st.CachedInfo().State
	var ids []string
	for seq := state.FirstSeq; seq <= state.LastSeq && state.Msgs > 0; seq++ {
		m, err := st.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.Header.Get(headerMsgID))
	}
	return ids
}

func TestPublishStoresInOrder(t *testing.T) {
	c := startBroker(t).connect()
	receipts := publish(t, c, outgoing(2500))
	for i, r := range receipts {
		if r.Sequence != uint64(i+1) || r.Duplicate {
			t.Fatalf("receipt %d: %+v", i, r)
		}
	}
	ids := stored(t, c, Events)
	for i, id := range ids {
		if id != "id-"+strconv.Itoa(i) {
			t.Fatalf("message %d is %s", i+1, id)
		}
	}
	if len(ids) != 2500 {
		t.Fatalf("%d messages are stored", len(ids))
	}
}

func TestPublishCarriesHeaders(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, []Outgoing{
		{Subject: "chains.sitc", Header: map[string]string{"Oneorder-Chain": "C1\r\nNats-Msg-Id: forged"}, Data: []byte("{}")},
		{Subject: "chains.all", Data: []byte("plain")},
	})
	st, err := c.js.Stream(t.Context(), Chains)
	if err != nil {
		t.Fatal(err)
	}
	m, err := st.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Header.Get("Oneorder-Chain"); got != "C1  Nats-Msg-Id: forged" || m.Header.Get(headerMsgID) != "" {
		t.Errorf("headers are %q", m.Header)
	}
}

func TestPublishReportsDuplicates(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(10))
	list := outgoing(1500)  // 0 to 9 are there already
	list[700] = list[699]   // and one stands twice in one batch
	list[1400] = list[3]    // and one again in a later batch
	list[1401].MsgID = ""   // no id, no duplicate
	list[1402].MsgID = ""   // likewise
	list[1402] = list[1401] //
	receipts := publish(t, c, list)
	duplicates := 0
	for i, r := range receipts {
		want := i < 10 || i == 700 || i == 1400
		if r.Duplicate != want {
			t.Errorf("message %d: duplicate %v, want %v", i, r.Duplicate, want)
		}
		if r.Duplicate {
			duplicates++
		}
	}
	if receipts[700].Sequence != receipts[699].Sequence || receipts[1400].Sequence != 4 {
		t.Errorf("duplicates stand at %d and %d, not at %d and 4", receipts[700].Sequence, receipts[1400].Sequence, receipts[699].Sequence)
	}
	if got, want := len(stored(t, c, Events)), 10+1500-duplicates; got != want {
		t.Errorf("%d messages are stored, want %d", got, want)
	}
}

func TestPublishRefusesTruthfully(t *testing.T) {
	c := startBroker(t, func(o *server.Options) { o.MaxPayload = 64 << 10 }).connect()
	cfg := config(t, c, Events)
	cfg.MaxMsgSize = 8 << 10
	if _, err := c.js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	list := outgoing(20)
	list[3].Data = make([]byte, 65<<10)  // more than the broker takes
	list[7].Data = make([]byte, 10<<10)  // more than the stream takes
	list[11].Subject = "events.sitc.*.>" // no subject to publish to
	list[12].Subject = "events..x"       // likewise
	receipts, err := c.Publisher(PublisherConfig{}).Publish(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]error{3: ErrTooLarge, 7: ErrTooLarge, 11: ErrRefused, 12: ErrRefused}
	for i, r := range receipts {
		if !errors.Is(r.Err, want[i]) || (r.Err == nil) != (r.Sequence != 0) {
			t.Errorf("message %d: %+v, want %v", i, r, want[i])
		}
	}
	if got := len(stored(t, c, Events)); got != 16 {
		t.Errorf("%d messages are stored, want 16", got)
	}
}

func TestPublishIntoAFullStream(t *testing.T) {
	c := startBroker(t).connect()
	if err := c.Ensure(t.Context(), Settings{EventsBytes: 1 << 20}); err != nil {
		t.Fatal(err)
	}
	receipts, err := c.Publisher(PublisherConfig{}).Publish(t.Context(), outgoingFrom(0, 3000, 600))
	if err != nil {
		t.Fatal(err)
	}
	good := 0
	for i, r := range receipts {
		switch {
		case r.Err == nil:
			good++
		case !errors.Is(r.Err, ErrStreamFull):
			t.Fatalf("message %d: %v", i, r.Err)
		}
	}
	if got := len(stored(t, c, Events)); got != good || good == 0 || good == 3000 {
		t.Errorf("%d messages are stored, %d receipts say so", got, good)
	}
}

func TestPublishWithoutAtomicBatches(t *testing.T) {
	c := startBroker(t).connect()
	if _, err := c.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "PLAIN", Subjects: []string{"plain.>"}}); err != nil {
		t.Fatal(err)
	}
	list := outgoing(1200)
	for i := range list {
		list[i].Subject = "plain.x"
	}
	publish(t, c, list)
	if got := len(stored(t, c, "PLAIN")); got != 1200 {
		t.Errorf("%d messages are stored", got)
	}
}

func TestPublishUnsettledWhenTheBrokerStaysAway(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	b.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	receipts, err := c.Publisher(PublisherConfig{}).Publish(ctx, outgoing(5))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Publish says %v", err)
	}
	for i, r := range receipts {
		if !errors.Is(r.Err, ErrUnsettled) {
			t.Errorf("message %d: %v", i, r.Err)
		}
	}
}

// The broker is stopped and started while publishing goes on, several times: nothing is lost, nothing double.
func TestPublishSurvivesBrokerRestarts(t *testing.T) {
	b := startBroker(t)
	c := b.connect()
	const calls, each = 40, 1500
	var done atomic.Int64
	failed := make(chan error, 1)
	go func() {
		p := c.Publisher(PublisherConfig{AckWait: 500 * time.Millisecond})
		for n := range calls {
			receipts, err := p.Publish(t.Context(), outgoingFrom(n*each, each, 200))
			for i, r := range receipts {
				if r.Err != nil {
					err = errors.Join(err, fmt.Errorf("message %d: %w", n*each+i, r.Err))
				}
			}
			if err != nil {
				failed <- err
				return
			}
			done.Add(1)
		}
		close(failed)
	}()
	for _, at := range []int64{3, 12, 25} {
		eventually(t, "some calls are through", func() bool { return done.Load() >= at || len(failed) > 0 })
		b.stop()
		b.start()
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	sink := newTaken()
	sink.prepare = func(batch Batch) error {
		for _, m := range batch.Messages {
			seen[m.Header.Value(headerMsgID)]++
		}
		return nil
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "count"}, sink))
	eventually(t, "all is read", func() bool { return sink.count() >= calls*each && x.Progress().Pending == 0 })
	x.halt(t)
	if len(seen) != calls*each || sink.count() != calls*each {
		t.Errorf("%d distinct messages in %d are stored, want %d", len(seen), sink.count(), calls*each)
	}
}
