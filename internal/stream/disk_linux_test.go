package stream

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"oneorder/internal/embedded/embeddedtest"
)

// The disk of the broker is full to the last byte. It answers nothing then, and does not begin again by itself when there is room:
// it wants to be restarted. Nobody is told that something is stored which is not, and nothing is lost or stored twice.
func TestBrokerOnAFullDisk(t *testing.T) {
	dir := embeddedtest.SmallDisk(t, 48)
	b := startBroker(t, func(o *server.Options) { o.StoreDir = dir })
	c := b.connect()
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	publish(t, c, outgoing(2000))
	eventually(t, "the first took effect", func() bool { return x.Progress().Written == 2000 })
	release := embeddedtest.Fill(t, dir)
	var receipts []Receipt
	list := outgoingFrom(2000, 2000, 1000)
	done := make(chan error, 1)
	go func() {
		var err error
		receipts, err = c.Publisher(PublisherConfig{}).Publish(t.Context(), list)
		done <- err
	}()
	own := 0
	eventually(t, "the broker takes nothing", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.js.Publish(ctx, list[0].Subject, make([]byte, 1000))
		if err == nil {
			own++
		}
		return err != nil
	})
	select {
	case err := <-done:
		t.Fatalf("2 MB are published to a full disk: %v", err)
	default:
	}
	release()
	b.stop()
	b.start()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	times := make(map[string]int)
	for _, id := range stored(t, c, Events) {
		times[id]++
	}
	for i, r := range receipts {
		if r.Err != nil || times[list[i].MsgID] != 1 {
			t.Fatalf("message %s stands %d times, its receipt says %+v", list[i].MsgID, times[list[i].MsgID], r)
		}
	}
	all := 0
	for _, n := range times {
		all += n
	}
	// Of the broker's last answer on the full disk it is not known whether it was stored.
	if all < 4000+own || all > 4000+own+1 {
		t.Errorf("%d messages are stored, want 4000 and %d", all, own)
	}
	eventually(t, "all took effect", func() bool { return x.Progress().Written == uint64(all) })
	x.halt(t)
	sink.contiguous(t, all)
}
