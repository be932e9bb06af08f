package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	const server = "github.com/nats-io/nats-server/v2/server"
	goleak.VerifyTestMain(m,
		// A broker that is stopped while it stages atomic batches leaves their stores' loops behind, and its clock.
		goleak.IgnoreAnyFunction(server+".(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreAnyFunction(server+".(*msgBlock).flushLoop"),
		goleak.IgnoreAnyFunction(server+"/ats.Register.func1"),
	)
}

// broker is a real one in this process, which can be stopped and started again at its address and folder.
type broker struct {
	t    testing.TB
	opts server.Options
	s    *server.Server
}

func startBroker(t testing.TB, change ...func(*server.Options)) *broker {
	t.Helper()
	b := &broker{t: t, opts: server.Options{
		ServerName: "test", Host: "127.0.0.1", Port: freePort(t), JetStream: true, StoreDir: t.TempDir(),
		NoLog: true, NoSigs: true, MaxPayload: 2 << 20, JetStreamMaxStore: 64 << 30,
	}}
	for _, f := range change {
		f(&b.opts)
	}
	b.start()
	t.Cleanup(b.stop)
	return b
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a listener of no use
	return l.Addr().(*net.TCPAddr).Port
}

func (b *broker) start() {
	b.t.Helper()
	opts := b.opts
	s, err := server.NewServer(&opts)
	if err != nil {
		b.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		b.t.Fatal("broker is not ready for connections")
	}
	b.s = s
}

func (b *broker) stop() {
	if b.s != nil {
		b.s.Shutdown()
		b.s.WaitForShutdown()
		b.s = nil
	}
}

func (b *broker) url() string { return "nats://127.0.0.1:" + strconv.Itoa(b.opts.Port) }

// connect makes a connection of its own and the streams.
func (b *broker) connect() *Conn {
	b.t.Helper()
	c, err := Connect(b.t.Context(), Config{URL: b.url(), Name: b.t.Name()})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(c.Close)
	if err := c.Ensure(b.t.Context(), Settings{}); err != nil {
		b.t.Fatal(err)
	}
	return c
}

// eventually polls until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func outgoing(n int) []Outgoing { return outgoingFrom(0, n, 100) }

func outgoingFrom(from, n, size int) []Outgoing {
	list := make([]Outgoing, n)
	for i := range list {
		data := make([]byte, size)
		copy(data, fmt.Sprintf("event %d ", from+i))
		list[i] = Outgoing{Subject: "events.sitc.logistics.equipment.loaded", MsgID: "id-" + strconv.Itoa(from+i), Data: data}
	}
	return list
}

// publish stores all of them, or ends the test.
func publish(t testing.TB, c *Conn, list []Outgoing) []Receipt {
	t.Helper()
	receipts, err := c.Publisher(PublisherConfig{}).Publish(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range receipts {
		if r.Err != nil {
			t.Fatalf("message %d: %v", i, r.Err)
		}
	}
	return receipts
}

// purge removes every message before seq.
func purge(t testing.TB, c *Conn, seq uint64) {
	t.Helper()
	st, err := c.js.Stream(t.Context(), Events)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Purge(t.Context(), jetstream.WithPurgeSequence(seq)); err != nil {
		t.Fatal(err)
	}
}

// taken is a stateless sink: it notes what took effect, as a store that knows tokens would.
type taken struct {
	mu      sync.Mutex
	tokens  map[string]bool
	claims  []Claim
	seqs    []uint64 // in the order they took effect
	starts  []Position
	commit  func(ctx context.Context, c Claim) error // called before it takes effect; may be nil
	after   func(c Claim) error                      // called after; may be nil
	prepare func(b Batch) error                      // may be nil
}

func newTaken() *taken { return &taken{tokens: make(map[string]bool)} }

func (s *taken) Start(_ context.Context, pos Position) (uint64, Pending, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starts = append(s.starts, pos)
	return pos.Written, nil, nil
}

func (s *taken) Prepare(_ context.Context, b Batch) (Pending, error) {
	if s.prepare != nil {
		if err := s.prepare(b); err != nil {
			return nil, err
		}
	}
	seqs := make([]uint64, len(b.Messages))
	for i, m := range b.Messages {
		seqs[i] = m.Sequence
	}
	return &takenBatch{s, b.First, b.Last, seqs}, nil
}

type takenBatch struct {
	sink        *taken
	first, last uint64
	seqs        []uint64
}

func (b *takenBatch) Commit(ctx context.Context, c Claim) error {
	if c.First != b.first || c.Last != b.last {
		return fatal(fmt.Errorf("claim of %d-%d for batch %d-%d", c.First, c.Last, b.first, b.last))
	}
	if b.sink.commit != nil {
		if err := b.sink.commit(ctx, c); err != nil {
			return err
		}
	}
	b.sink.mu.Lock()
	if token := c.Token("events_all"); !b.sink.tokens[token] {
		b.sink.tokens[token] = true
		b.sink.claims = append(b.sink.claims, c)
		b.sink.seqs = append(b.sink.seqs, b.seqs...)
	}
	b.sink.mu.Unlock()
	if b.sink.after != nil {
		return b.sink.after(c)
	}
	return nil
}

func (s *taken) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seqs)
}

// contiguous ends the test unless exactly 1 to n took effect, once and in order.
func (s *taken) contiguous(t testing.TB, n int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, seq := range s.seqs {
		if seq != uint64(i+1) {
			t.Fatalf("effect %d is of message %d", i+1, seq)
		}
	}
	if len(s.seqs) != n {
		t.Fatalf("%d messages took effect, want %d", len(s.seqs), n)
	}
}

// running is a call of Run under way.
type running struct {
	*Reader
	stop func()
	done chan error
}

func start(t testing.TB, r *Reader) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	x := &running{Reader: r, stop: cancel, done: make(chan error, 1)}
	go func() { x.done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		_ = x.end(t) // whoever cares has looked
	})
	return x
}

// end waits for Run's error.
func (x *running) end(t testing.TB) error {
	t.Helper()
	select {
	case err := <-x.done:
		x.done <- err
		return err
	case <-time.After(30 * time.Second):
		t.Fatal("Run does not return")
		return nil
	}
}

func (x *running) halt(t testing.TB) {
	t.Helper()
	x.stop()
	if err := x.end(t); err != nil {
		t.Fatalf("Run: %v", err)
	}
}

var errCrash = errors.New("crash")
