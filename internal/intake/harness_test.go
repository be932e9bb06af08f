package intake_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/intake"
	"oneorder/internal/standard"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a desk with two domains before a real broker.
type bench struct {
	t    *testing.T
	conn *stream.Conn
	url  string
	desk *intake.Desk
	run  []interface{ Run(context.Context) error }
}

// connect gives a connection to a broker of the test's own, with the streams made.
func connect(t *testing.T) *stream.Conn {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{EventsBytes: 64 << 20, InboxBytes: 32 << 20, RejectedBytes: 32 << 20, ChainsBytes: 16 << 20}); err != nil {
		t.Fatal(err)
	}
	return conn
}

func newBench(t *testing.T, config intake.Config) *bench {
	t.Helper()
	b := &bench{t: t, conn: connect(t)}
	b.desk = intake.New(config, slog.New(slog.DiscardHandler), b.conn)
	logistics := b.desk.Open(trade.DomainLogistics, intake.NewMetrics("logistics"), []standard.Format{moves},
		[]intake.Endpoint{{Path: "/moves", Format: moves.Name}})
	b.desk.Open(trade.DomainTrade, intake.NewMetrics("trade"), nil, nil)
	mux := http.NewServeMux()
	b.desk.Routes(mux)
	logistics.Routes(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b.url = server.URL
	b.run = append(b.run, logistics)
	return b
}

// start runs the inbox readers until the test ends.
func (b *bench) start() {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	var running sync.WaitGroup
	for _, r := range b.run {
		running.Go(func() {
			if err := r.Run(ctx); err != nil {
				b.t.Errorf("run: %v", err)
			}
		})
	}
	b.t.Cleanup(func() { cancel(); running.Wait() })
}

// moves is a small format: "CONTAINER;BL;time" a line; the id is the line's number and content.
var moves = standard.Format{
	Name: "moves", Domain: trade.DomainLogistics, Types: []trade.Type{trade.EquipmentLoaded},
	Convert: func(data []byte, o standard.Options) ([]*trade.Event, error) {
		if bytes.HasPrefix(data, []byte("panic")) {
			panic("no such move")
		}
		if bytes.HasPrefix(data, []byte("odd")) {
			return nil, fmt.Errorf("an error that is no fault")
		}
		var events []*trade.Event
		var faults trade.Faults
		for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			parts := strings.Split(line, ";")
			at, err := time.Parse(time.RFC3339, parts[len(parts)-1])
			if len(parts) != 3 || err != nil {
				faults = append(faults, trade.Fault{Code: "line_malformed", Pointer: fmt.Sprintf("/%d", i), Value: trade.Quote(line), Message: "CONTAINER;BL;time"})
				continue
			}
			events = append(events, &trade.Event{
				SpecVersion: trade.SpecVersion, ID: "move-" + parts[0] + parts[2], Source: o.Source(), Type: trade.EquipmentLoaded, Time: at,
				Data: &trade.Data{
					Classifier: trade.Actual,
					References: []trade.Reference{{Kind: trade.BL, Value: parts[1]}},
					Equipment:  []trade.Equipment{{Kind: trade.Container, Number: parts[0]}},
				},
			})
		}
		if faults != nil {
			return events, faults
		}
		return events, nil
	},
}

func loaded(org, id string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"urn:oneorder:org:%s","type":"logistics.equipment.loaded","time":"2026-09-11T08:15:00Z",`+
		`"data":{"classifier":"ACT","references":[{"kind":"bl","value":"SITGCKSG026001","issuer":"SITC"}],"equipment":[{"kind":"container","number":"SITU9070320"}]}}`, id, org)
}

// post sends a body and gives the status, the answer's header and the answer.
func (b *bench) post(path, media, body string, header ...string) (int, http.Header, string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Add(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(answer)
}

// events posts to /events and decodes the answer.
func (b *bench) events(media, body string, header ...string) (int, intake.Answer) {
	b.t.Helper()
	status, _, text := b.post("/events", media, body, header...)
	var answer intake.Answer
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		b.t.Fatalf("status %d, %s: %v", status, text, err)
	}
	return status, answer
}

func packed(s string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return out.String()
}

// published is one message of EVENTS, in short.
type published struct {
	Subject, MsgID, ID string
}

// collector is a sink that remembers.
type collector struct {
	mu   sync.Mutex
	all  []stream.Message
	more chan struct{}
}

func (c *collector) Start(_ context.Context, p stream.Position) (uint64, stream.Pending, error) {
	return p.Written, nil, nil
}

func (c *collector) Prepare(_ context.Context, b stream.Batch) (stream.Pending, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, b.Messages...)
	select {
	case c.more <- struct{}{}:
	default:
	}
	return nothing{}, nil
}

type nothing struct{}

func (nothing) Commit(context.Context, stream.Claim) error { return nil }

// stored waits until EVENTS holds n messages, and gives all it holds.
func (b *bench) stored(n int) []published {
	b.t.Helper()
	c := &collector{more: make(chan struct{}, 1)}
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	done := make(chan error, 1)
	reader := b.conn.NewReader(stream.ReaderConfig{Name: fmt.Sprintf("test-%d", time.Now().UnixNano()), Stream: stream.Events}, c)
	go func() { done <- reader.Run(ctx) }()
	for {
		c.mu.Lock()
		have := len(c.all)
		c.mu.Unlock()
		if have >= n {
			break
		}
		select {
		case <-c.more:
		case <-ctx.Done():
			cancel()
			b.t.Fatalf("EVENTS holds %d messages, want %d", have, n)
		}
	}
	cancel()
	if err := <-done; err != nil {
		b.t.Errorf("read back: %v", err)
	}
	out := make([]published, 0, len(c.all))
	for _, m := range c.all {
		e, err := wire.Decode(m.Data)
		if err != nil {
			b.t.Fatalf("%s holds no event: %v", m.Subject, err)
		}
		out = append(out, published{Subject: m.Subject, MsgID: m.Header.Value("Nats-Msg-Id"), ID: e.ID})
	}
	return out
}

// count is how many messages a stream holds.
func (b *bench) count(name string) uint64 {
	b.t.Helper()
	streams, err := b.conn.Streams(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range streams {
		if s.Name == name {
			return s.Messages
		}
	}
	b.t.Fatalf("no stream %s", name)
	return 0
}

// rejections waits until n messages are in REJECTED, and gives them.
func (b *bench) rejections(n int) []stream.Rejection {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer cancel()
	for {
		var all []stream.Rejection
		for r, err := range b.conn.Rejected(ctx, "*", time.Time{}) {
			if err != nil {
				b.t.Fatal(err)
			}
			all = append(all, r)
		}
		if len(all) >= n {
			return all
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("REJECTED holds %d messages, want %d", len(all), n)
		}
	}
}

// send puts a document into the inbox.
func (b *bench) send(org, format, document string) {
	b.t.Helper()
	receipts, err := b.conn.Publisher(stream.PublisherConfig{}).Publish(b.t.Context(), []stream.Outgoing{{
		Subject: stream.InboxSubject(org, format), Data: []byte(document),
	}})
	if err != nil || receipts[0].Err != nil {
		b.t.Fatal(err, receipts)
	}
}
