package stream

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// cpuTime measures what the whole process, broker included, spends: the one figure that a busy machine leaves alone.
type cpuTime struct{ spent time.Duration }

func startCPU() cpuTime { return cpuTime{spent()} }

func (c cpuTime) report(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(spent()-c.spent)/float64(b.N), "cpu-ns/event")
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// noop is a sink that does nothing.
type noop struct{}

func (noop) Start(_ context.Context, pos Position) (uint64, Pending, error) {
	return pos.Written, nil, nil
}
func (noop) Prepare(context.Context, Batch) (Pending, error) { return noop{}, nil }
func (noop) Commit(context.Context, Claim) error             { return nil }

// BenchmarkPublish stores events of 600 bytes, broker and publisher in one process: as the publisher does it by itself,
// and held to one way; with a broker that leaves syncing to the system, and with one that syncs every write.
func BenchmarkPublish(b *testing.B) {
	for _, broker := range []string{"lazy", "always"} {
		for _, way := range []string{"itself", "batches", "singles"} {
			b.Run(broker+"/"+way, func(b *testing.B) {
				c := startBroker(b, func(o *server.Options) { o.SyncAlways = broker == "always" }).connect()
				list := outgoingFrom(0, b.N, 600)
				p := c.Publisher(PublisherConfig{})
				if way != "itself" {
					p.pace = pace{rest: 1 << 40, batch: 1, single: 2}
					if way == "singles" {
						p.pace.batch = 3
					}
				}
				cpu := startCPU()
				b.ResetTimer()
				receipts, err := p.Publish(b.Context(), list)
				if err != nil || len(receipts) != b.N {
					b.Fatal(err)
				}
				cpu.report(b)
			})
		}
	}
}

// BenchmarkDrain reads events of 600 bytes into a sink that does nothing.
func BenchmarkDrain(b *testing.B) {
	c := startBroker(b).connect()
	const part = 100_000
	for n := 0; n < b.N; n += part {
		publish(b, c, outgoingFrom(n, min(part, b.N-n), 600))
	}
	r := c.NewReader(ReaderConfig{Name: "bench"}, noop{})
	cpu := startCPU()
	b.ResetTimer()
	x := start(b, r)
	for r.Progress().Written < uint64(b.N) {
		select {
		case err := <-x.done:
			b.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	cpu.report(b)
	b.ReportMetric(float64(b.N)/float64(r.Progress().Batches), "events/batch")
}

// BenchmarkLoneEvent is the time from publishing an event until it has taken effect, with nothing else to do.
func BenchmarkLoneEvent(b *testing.B) {
	c := startBroker(b).connect()
	sink := newTaken()
	took := make(chan struct{}, 1)
	sink.after = func(Claim) error { took <- struct{}{}; return nil }
	start(b, c.NewReader(ReaderConfig{Name: "bench"}, sink))
	p := c.Publisher(PublisherConfig{})
	list := outgoingFrom(0, b.N, 600)
	b.ResetTimer()
	for i := range list {
		if _, err := p.Publish(b.Context(), list[i:i+1]); err != nil {
			b.Fatal(err)
		}
		<-took
	}
}

// BenchmarkDelivery reads what a delivered message's reply subject says.
func BenchmarkDelivery(b *testing.B) {
	for b.Loop() {
		if _, err := parseDelivery("$JS.ACK.EVENTS.archive.1.1234567.34567.1789000000000000000.1200345"); err != nil {
			b.Fatal(err)
		}
	}
}
