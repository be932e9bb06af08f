package stream

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// proxy stands between a client and the broker, and can lose what the broker says.
type proxy struct {
	listener net.Listener
	target   string
	mute     atomic.Bool
	muted    atomic.Int64 // bytes lost
	stalled  atomic.Bool  // reads nothing of what the broker says

	mu    sync.Mutex
	conns []net.Conn
	alive *atomic.Bool // of the connections from now on
	busy  sync.WaitGroup
}

func startProxy(t *testing.T, b *broker) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: net.JoinHostPort(b.opts.Host, strconv.Itoa(b.opts.Port)), alive: new(atomic.Bool)}
	p.alive.Store(true)
	p.busy.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
		p.busy.Wait()
	})
	return p
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		alive := p.alive
		p.mu.Unlock()
		p.busy.Go(func() { p.carry(server, client, alive, nil) })
		p.busy.Go(func() { p.carry(client, server, alive, &p.mute) })
	}
}

func (p *proxy) carry(to, from net.Conn, alive, mute *atomic.Bool) {
	defer to.Close()   //nolint:errcheck // over either way
	defer from.Close() //nolint:errcheck // over either way
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		for mute != nil && p.stalled.Load() {
			time.Sleep(time.Millisecond)
		}
		if !alive.Load() {
			continue
		}
		if mute != nil && mute.Load() {
			p.muted.Add(int64(n))
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// halfOpen lets every connection that there is carry nothing any more, either way, without closing it.
func (p *proxy) halfOpen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alive.Store(false)
	p.alive = new(atomic.Bool)
	p.alive.Store(true)
}

// cut drops every connection.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// The broker stores messages, and its answers are lost with the connection: they are sent again, and stand once.
func TestPublishWhoseAnswersAreLost(t *testing.T) {
	for name, config := range map[string]PublisherConfig{"chunks": {}, "small": {BatchMessages: 100}, "lone": {BatchMessages: 1, Window: 500}} {
		t.Run(name, func(t *testing.T) {
			b := startBroker(t)
			direct := b.connect()
			p := startProxy(t, b)
			c, err := Connect(t.Context(), Config{URL: p.url()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			publisher := c.Publisher(config)
			if _, err := publisher.Publish(t.Context(), outgoing(1)); err != nil {
				t.Fatal(err)
			}
			p.mute.Store(true)
			list := outgoingFrom(1, 3000, 100)
			var receipts []Receipt
			done := make(chan error, 1)
			go func() {
				var err error
				receipts, err = publisher.Publish(t.Context(), list)
				done <- err
			}()
			eventually(t, "the broker has answered in vain", func() bool {
				infos, err := direct.Streams(t.Context())
				return err == nil && infos[1].Messages > 1 && p.muted.Load() > 0
			})
			p.mute.Store(false)
			p.cut()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			ids := stored(t, direct, Events)
			if len(ids) != 3001 {
				t.Errorf("%d messages are stored, want 3001", len(ids))
			}
			again := 0
			for i, r := range receipts {
				if r.Err != nil || r.Sequence == 0 || int(r.Sequence) > len(ids) || ids[r.Sequence-1] != list[i].MsgID {
					t.Fatalf("message %s: receipt %+v", list[i].MsgID, r)
				}
				if r.Duplicate {
					again++
				}
			}
			if again == 0 {
				t.Error("no message was sent again: the test lost no answer")
			}
		})
	}
}

// A connection that hangs without being closed: the reader keeps its place and goes on over a new one.
func TestReaderOnAConnectionThatIsCut(t *testing.T) {
	b := startBroker(t)
	direct := b.connect()
	p := startProxy(t, b)
	c, err := Connect(t.Context(), Config{URL: p.url()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 100}, sink))
	for n := range 5 {
		publish(t, direct, outgoingFrom(n*1000, 1000, 100))
		eventually(t, "some took effect", func() bool { return sink.count() > n*1000+200 })
		p.mute.Store(n%2 == 0) // the record's put may be done and its answer lost
		eventually(t, "an answer is lost", func() bool { return n%2 != 0 || p.muted.Swap(0) > 0 })
		p.mute.Store(false)
		p.cut()
	}
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 5000 })
	x.halt(t)
	sink.contiguous(t, 5000)
}

// The connection is half open: nothing comes back and nobody says so. The reader finds out, and goes on over another.
func TestReaderOnAHalfOpenConnection(t *testing.T) {
	b := startBroker(t)
	direct := b.connect()
	p := startProxy(t, b)
	c, err := Connect(t.Context(), Config{URL: p.url()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive"}, sink))
	publish(t, direct, outgoing(100))
	eventually(t, "the first took effect", func() bool { return x.Progress().Written == 100 })
	p.halfOpen()
	publish(t, direct, outgoingFrom(100, 100, 100))
	eventually(t, "the reader says that it hears nothing", func() bool { return x.Health() != nil })
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 200 && x.Health() == nil })
	x.halt(t)
	sink.contiguous(t, 200)
}

// A client that reads too slowly is disconnected by the broker; the reader goes on where it was.
func TestSlowConsumer(t *testing.T) {
	b := startBroker(t, func(o *server.Options) { o.WriteDeadline = 200 * time.Millisecond })
	direct := b.connect()
	p := startProxy(t, b)
	c, err := Connect(t.Context(), Config{URL: p.url()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	publish(t, direct, outgoingFrom(0, 20_000, 2000)) // more than the sockets hold
	sink := newTaken()
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxBytes: 64 << 20}, sink))
	eventually(t, "it reads", func() bool { return x.Progress().Resets > 0 })
	p.stalled.Store(true)
	eventually(t, "the broker has enough of it", func() bool { return b.s.NumSlowConsumers() > 0 })
	p.stalled.Store(false)
	eventually(t, "all took effect", func() bool { return x.Progress().Written == 20_000 })
	x.halt(t)
	sink.contiguous(t, 20_000)
}
