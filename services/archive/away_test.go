package archive

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/failure"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// until polls, as long as a test may take.
func (r *running) until(what string, holds func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			r.t.Fatalf("%s: not within a minute; %+v, health %v", what, r.service.Progress(), r.service.Health())
		case <-tick.C:
		}
	}
}

func many(from, n int) []stream.Outgoing {
	list := make([]stream.Outgoing, n)
	for i := range list {
		list[i] = message("sitc", issued(fmt.Sprint(from+i)))
	}
	return list
}

// With the engine away, nothing is lost, nothing is refused, and the lag goes by itself when it is back.
func TestEngineAway(t *testing.T) {
	cfg := embedded.EngineConfig{Dir: t.TempDir(), Executable: embeddedtest.Binary(t)}
	engine, err := embedded.StartEngine(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.NativeAddr, cfg.HTTPAddr = engine.NativeAddr(), engine.HTTPAddr()
	r := startOn(t, cfg.NativeAddr, cfg.HTTPAddr)
	r.publish(many(0, 100)...)
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	bad := stream.Outgoing{Subject: stream.EventSubject("sitc", trade.TitleIssued), Data: []byte("{}")}
	if _, err := r.publisher.Publish(t.Context(), append(many(100, 5000), bad)); err != nil {
		t.Fatal(err)
	}
	r.until("the archive is unhealthy", func() bool { return r.service.Health() != nil && r.service.Progress().Retries > 1 })
	written := r.service.Progress().Written

	embeddedtest.StartEngine(t, cfg)
	r.until("the lag is gone", func() bool { return r.service.Progress().Written == 5101 })
	r.until("the archive is healthy", func() bool { return r.service.Health() == nil })
	if written >= 5101 {
		t.Errorf("written %d while the engine was away", written)
	}
	if c := r.counts(); c.Stored != 5100 || c.Current != 5100 || c.Rejected != 1 {
		t.Errorf("counts %+v", c)
	}
	if n := len(r.rejections()); n != 1 {
		t.Errorf("%d rejections, want the one", n)
	}
	if stored := r.rows("SELECT count() AS n FROM events_all"); stored[0]["n"] != "5100" {
		t.Errorf("%v rows, want each event once", stored)
	}
}

// A service that is stopped at any moment, and started again, stores every event once.
func TestStoppedAtAnyMoment(t *testing.T) {
	native, http := embeddedtest.Engine(t)
	r := startOn(t, native, http)
	const events = 20_000
	published := make(chan error, 1)
	go func() {
		for from := 0; from < events; from += 1000 {
			if _, err := r.publisher.Publish(t.Context(), many(from, 1000)); err != nil {
				published <- err
				return
			}
		}
		published <- nil
	}()
	for round := range 8 {
		target := uint64(round * events / 8)
		r.until("some more is written", func() bool { return r.service.Progress().Written >= target })
		r.restart()
	}
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	r.until("all is written", func() bool { return r.service.Progress().Written == events })
	for query, want := range map[string]string{
		"SELECT count() AS n FROM events_all":                               fmt.Sprint(events),
		"SELECT uniqExact(event_key) AS n FROM events":                      fmt.Sprint(events),
		"SELECT count() AS n FROM rejected_events":                          "0",
		"SELECT max(stream_seq) - min(stream_seq) + 1 AS n FROM events_all": fmt.Sprint(events),
	} {
		if got := r.rows(query); fmt.Sprint(got[0]["n"]) != want {
			t.Errorf("%s: %v, want %s", query, got[0]["n"], want)
		}
	}
}

// restart stops the service and makes another in its place.
func (r *running) restart() {
	r.t.Helper()
	r.restartSaying(slog.New(slog.DiscardHandler))
}

func (r *running) restartSaying(log *slog.Logger) {
	r.t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		r.t.Fatal(err)
	}
	s, err := New(r.config, log)
	if err != nil {
		r.t.Fatal(err)
	}
	r.run(s)
}

// ClickHouse comes back and takes no writes of ours, since our user may only read: the archive stops and says what to do. Nothing is
// refused for that, and what waited is stored when it is started with a user who may write.
func TestEngineThatOnlyReads(t *testing.T) {
	const name = "oneorder"
	cfg := embedded.EngineConfig{Dir: t.TempDir(), Executable: embeddedtest.Binary(t), Users: []embedded.User{{Name: name}}}
	again := func(e *embedded.Engine) *embedded.Engine {
		t.Helper()
		if e != nil {
			if err := e.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		e, err := embedded.StartEngine(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		cfg.NativeAddr, cfg.HTTPAddr = e.NativeAddr(), e.HTTPAddr()
		return e
	}
	engine := again(nil)
	r := startAs(t, warehouse.Config{Addr: cfg.NativeAddr, User: name}, cfg.HTTPAddr)
	r.publish(many(0, 100)...)
	cfg.Users[0].ReadOnly = true
	engine = again(engine)
	if _, err := r.publisher.Publish(t.Context(), many(100, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := <-r.ended; failure.Of(err) != failure.Fatal || !strings.Contains(err.Error(), "a user who may write") {
		t.Errorf("it ended with %v", err)
	}
	cfg.Users[0].ReadOnly = false
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	embeddedtest.StartEngine(t, cfg)
	r.ended <- nil
	r.restart()
	r.until("the lag is gone", func() bool { return r.service.Progress().Written == 1100 && r.service.Health() == nil })
	if c := r.counts(); c.Stored != 1100 || c.Rejected != 0 {
		t.Errorf("counts %+v", c)
	}
}
