package stream

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func readerInfo(t *testing.T, c *Conn) ReaderInfo {
	t.Helper()
	infos, err := c.Readers(t.Context())
	if err != nil || len(infos) != 1 {
		t.Fatalf("readers %+v, %v", infos, err)
	}
	return infos[0]
}

// gauge reads one of the metrics as Prometheus does.
func gauge(t *testing.T, m *Metrics, name string) float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(m)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestAPausedReaderRestsUntilItIsResumed(t *testing.T) {
	c := startBroker(t).connect()
	since := time.Date(2026, 9, 11, 8, 15, 0, 0, time.UTC)
	if _, err := c.Pause(t.Context(), "archive", "operator", since); !errors.Is(err, ErrNoReader) {
		t.Errorf("a reader that never was: %v", err)
	}
	if _, err := c.Pause(t.Context(), "lease.archive", "operator", since); !errors.Is(err, ErrNoReader) {
		t.Errorf("what is no reader's name: %v", err)
	}
	publish(t, c, outgoing(1000))
	sink, metrics := newTaken(), NewMetrics("archive")
	config := ReaderConfig{Name: "archive", MaxMessages: 100, Metrics: metrics}
	x := start(t, c.NewReader(config, sink))
	eventually(t, "it works", func() bool { return x.Progress().Written == 1000 })

	if _, err := c.Pause(t.Context(), "archive", "operator", since); err != nil {
		t.Fatal(err)
	}
	again, err := c.Pause(t.Context(), "archive", "another", since.Add(time.Hour))
	if err != nil || again.By != "operator" || !again.Since.Equal(since) {
		t.Errorf("paused twice: %+v, %v", again, err)
	}
	eventually(t, "it rests", func() bool { return x.Progress().Paused != nil })
	publish(t, c, outgoingFrom(1000, 500, 100))
	eventually(t, "what waits shows", func() bool {
		return gauge(t, metrics, "oneorder_archive_lag_messages") == 500 && gauge(t, metrics, "oneorder_archive_paused") == 1
	})
	if err := x.Health(); err != nil || x.Note() != "paused by operator since 2026-09-11T08:15:00Z" {
		t.Errorf("health %v, note %q", err, x.Note())
	}
	if info := readerInfo(t, c); info.Written != 1000 || info.Lag != 500 || info.Paused == nil || info.Paused.String() != x.Note() {
		t.Errorf("operations see %+v", info)
	}

	// A restart changes nothing of it.
	x.halt(t)
	x = start(t, c.NewReader(config, sink))
	eventually(t, "it rests after a restart", func() bool { return x.Progress().Paused != nil })
	if info := readerInfo(t, c); info.Written != 1000 {
		t.Errorf("written to %d while it rests", info.Written)
	}

	for range 2 { // once more does no harm
		if err := c.Resume(t.Context(), "archive"); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "it goes on", func() bool { return x.Progress().Written == 1500 && x.Progress().Paused == nil && x.Health() == nil })
	if info := readerInfo(t, c); info.Paused != nil || gauge(t, metrics, "oneorder_archive_paused") != 0 || x.Note() != "" {
		t.Errorf("after that: %+v, %q", info, x.Note())
	}
	x.halt(t)
	sink.contiguous(t, 1500)
}

// Whoever takes over rests as well.
func TestAPauseHoldsAcrossATakeover(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(500))
	store := newTaken()
	first, second := &followed{taken: store}, &followed{taken: store}
	x := start(t, c.NewReader(ReaderConfig{Name: "chain", Member: "a", MaxMessages: 100}, first))
	eventually(t, "the first works", func() bool { return x.Progress().Written == 500 })
	y := start(t, c.NewReader(ReaderConfig{Name: "chain", Member: "b", MaxMessages: 100}, second))
	eventually(t, "the second stands by", func() bool { return y.Progress().Standby })
	if _, err := c.Pause(t.Context(), "chain", "operator", time.Now()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first rests", func() bool { return x.Progress().Paused != nil })
	publish(t, c, outgoingFrom(500, 500, 100))
	if info := readerInfo(t, c); info.Holder != "a" {
		t.Errorf("who rests keeps the lease: it is %q's", info.Holder)
	}
	x.halt(t)
	eventually(t, "the second has taken over, and rests", func() bool { return !y.Progress().Standby && strings.HasPrefix(y.Note(), "paused by operator since ") })
	if info := readerInfo(t, c); info.Holder != "b" || info.Written != 500 {
		t.Errorf("%+v", info)
	}
	if err := c.Resume(t.Context(), "chain"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the second works", func() bool { return y.Progress().Written == 1000 })
	y.halt(t)
	store.contiguous(t, 1000)
}

// Paused and resumed in the middle of its work, again and again, it leaves nothing out and does nothing twice.
func TestPausesInTheMiddleOfBatches(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(4000))
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 50}, sink))
	for i := range 4 {
		eventually(t, "it moves", func() bool { return sink.count() >= 1000*i+1 })
		if _, err := c.Pause(t.Context(), "archive", "operator", time.Now()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it rests", func() bool { return x.Progress().Paused != nil })
		publish(t, c, outgoingFrom(4000+500*i, 500, 100))
		if err := c.Resume(t.Context(), "archive"); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 6000 })
	x.halt(t)
	sink.contiguous(t, 6000)
}
