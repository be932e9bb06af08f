package stream

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
)

func config(t *testing.T, c *Conn, name string) jetstream.StreamConfig {
	t.Helper()
	st, err := c.js.Stream(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return st.CachedInfo().Config
}

func TestEnsureIsIdempotent(t *testing.T) {
	c := startBroker(t).connect()
	before := map[string]jetstream.StreamConfig{}
	for _, name := range []string{Inbox, Events, Rejected, Chains, "KV_" + Readers} {
		before[name] = config(t, c, name)
	}
	publish(t, c, outgoing(10))
	for range 3 {
		if err := c.Ensure(t.Context(), Settings{}); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range before {
		if diff := cmp.Diff(want, config(t, c, name)); diff != "" {
			t.Errorf("%s changed (-want +got):\n%s", name, diff)
		}
	}
	got := before[Events]
	if got.Discard != jetstream.DiscardNew || got.MaxAge != 0 || got.MaxBytes != 8<<30 || !got.AllowAtomicPublish || !got.DenyDelete || got.Retention != jetstream.LimitsPolicy {
		t.Errorf("EVENTS is made as %+v", got)
	}
}

func TestEnsureKeepsWhatAnOperatorSet(t *testing.T) {
	c := startBroker(t).connect()
	cfg := config(t, c, Events)
	cfg.MaxBytes, cfg.AllowDirect, cfg.Duplicates = 12<<30, false, time.Minute
	if _, err := c.js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if err := c.Ensure(t.Context(), Settings{}); err != nil {
		t.Fatal(err)
	}
	if got := config(t, c, Events); got.MaxBytes != 12<<30 || got.Duplicates != time.Minute || !got.AllowDirect {
		t.Errorf("EVENTS has max_bytes %d, duplicates %v, allow_direct %v", got.MaxBytes, got.Duplicates, got.AllowDirect)
	}
	if err := c.Ensure(t.Context(), Settings{EventsBytes: 1 << 30}); err != nil {
		t.Fatal(err)
	}
	if got := config(t, c, Events).MaxBytes; got != 1<<30 {
		t.Errorf("EVENTS has max_bytes %d after it was asked for 1 GiB", got)
	}
}

func TestEnsureDoesNotShrinkBelowWhatIsHeld(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(1000))
	if err := c.Ensure(t.Context(), Settings{EventsBytes: 1000}); err == nil {
		t.Error("EVENTS was made smaller than what it holds")
	}
	info, err := c.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := info[1]; got.Messages != 1000 || got.MaxBytes != 8<<30 {
		t.Errorf("EVENTS has %d messages, max_bytes %d", got.Messages, got.MaxBytes)
	}
}

func TestConnectWaitsForTheBroker(t *testing.T) {
	b := startBroker(t)
	b.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if c, err := Connect(ctx, Config{URL: b.url()}); err == nil {
		c.Close()
		t.Fatal("connected to a broker that is not there")
	}
	got := make(chan error, 1)
	go func() {
		c, err := Connect(t.Context(), Config{URL: b.url()})
		if err == nil {
			err = c.Ensure(t.Context(), Settings{})
			c.Close()
		}
		got <- err
	}()
	b.start()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}

func TestConnectRefusesAWrongAddressAtOnce(t *testing.T) {
	if _, err := Connect(t.Context(), Config{URL: "nats://127.0.0.1:notaport"}); err == nil {
		t.Error("connected to no address")
	}
}
