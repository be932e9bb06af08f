package archive

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/refdata"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is the service on a real broker and a real engine.
type running struct {
	t         *testing.T
	conn      *stream.Conn
	warehouse *warehouse.Warehouse
	publisher *stream.Publisher
	service   *Service
	config    Config
	http      string // of the engine
	stop      context.CancelFunc
	ended     chan error
}

func start(t *testing.T) *running {
	t.Helper()
	native, http := embeddedtest.Engine(t)
	return startOn(t, native, http)
}

func startOn(t *testing.T, native, http string) *running {
	t.Helper()
	return startAs(t, warehouse.Config{Addr: native}, http)
}

func startAs(t *testing.T, config warehouse.Config, http string) *running {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{}); err != nil {
		t.Fatal(err)
	}
	w, err := warehouse.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{
		t: t, conn: conn, warehouse: w, publisher: conn.Publisher(stream.PublisherConfig{}), http: http,
		config: Config{Stream: conn, Warehouse: w, Tables: tables}, ended: make(chan error, 1),
	}
	s, err := New(r.config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.run(s)
	t.Cleanup(func() {
		r.stop()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *running) run(s *Service) {
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	r.service, r.stop = s, stop
	go func() { r.ended <- s.Run(ctx) }()
}

// publish sends messages and waits until the archive has them.
func (r *running) publish(messages ...stream.Outgoing) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	receipts, err := r.publisher.Publish(ctx, messages)
	if err != nil {
		r.t.Fatal(err)
	}
	last := receipts[len(receipts)-1].Sequence
	for r.service.Progress().Written < last {
		select {
		case <-ctx.Done():
			r.t.Fatalf("written %d, want %d: %v", r.service.Progress().Written, last, r.service.Health())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (r *running) counts() warehouse.Counts {
	r.t.Helper()
	c, err := r.warehouse.Counts(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func issued(id string) *trade.Event {
	return &trade.Event{
		SpecVersion: "1.0", ID: id, Source: "urn:oneorder:org:sitc", Type: trade.TitleIssued,
		Time: time.Date(2026, 9, 2, 8, 0, 0, 0, time.UTC),
		Data: &trade.Data{References: []trade.Reference{{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}}},
	}
}

func message(org string, e *trade.Event) stream.Outgoing {
	return stream.Outgoing{Subject: stream.EventSubject(org, e.Type), Data: wire.Append(nil, e)}
}

func TestStored(t *testing.T) {
	r := start(t)
	first := issued("one")
	r.publish(message("sitc", first), message("sitc", issued("two")))
	r.publish(message("sitc", first)) // long after the broker's own window, as far as archive is concerned
	if c := r.counts(); c.Stored != 2 || c.Current != 2 {
		t.Errorf("after a repeat: %+v", c)
	}

	revised := issued("one")
	revised.Revision, revised.Data.Precision = 1, "day"
	r.publish(message("sitc", revised))
	if c := r.counts(); c.Stored != 2 || c.Current != 2 {
		t.Errorf("after a revision: %+v", c)
	}

	retracted := issued("two")
	retracted.Revision, retracted.Retracted, retracted.Data = 1, true, nil
	r.publish(message("sitc", retracted))
	if c := r.counts(); c.Current != 1 {
		t.Errorf("after a retraction: %+v", c)
	}
	if err := r.service.Health(); err != nil {
		t.Error(err)
	}
}

func TestRejected(t *testing.T) {
	r := start(t)
	tests := map[string]struct {
		message stream.Outgoing
		code    string
		pointer string
	}{
		"another organisation's source": {message("maersk", issued("one")), "source_mismatch", "/source"},
		"another type's subject": {
			stream.Outgoing{Subject: stream.EventSubject("sitc", trade.TitleVoided), Data: wire.Append(nil, issued("one"))}, "type_mismatch", "/type",
		},
		"no JSON": {stream.Outgoing{Subject: stream.EventSubject("sitc", trade.TitleIssued), Data: []byte("PARTY LIST")}, "json_syntax", ""},
	}
	began := time.Now().Add(-time.Minute)
	for _, test := range tests {
		r.publish(test.message)
	}
	r.publish(message("sitc", issued("sound")))
	if c := r.counts(); c.Stored != 1 || c.Rejected != uint64(len(tests)) {
		t.Errorf("counts %+v, want 1 stored and %d rejected", c, len(tests))
	}
	got := make(map[string][2]string)
	for rejection, err := range r.conn.Rejected(t.Context(), "*", began) {
		if err != nil {
			t.Fatal(err)
		}
		got[string(rejection.Data)+rejection.Subject] = [2]string{rejection.Code, rejection.Pointer}
		if rejection.Stage != "archive" || rejection.Message == "" {
			t.Errorf("rejection %+v", rejection)
		}
	}
	want := make(map[string][2]string)
	for _, test := range tests {
		want[string(test.message.Data)+test.message.Subject] = [2]string{test.code, test.pointer}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rejections, by bytes and subject (-want +got):\n%s", diff)
	}
}

func TestBinaryMode(t *testing.T) {
	r := start(t)
	r.publish(stream.Outgoing{
		Subject: stream.EventSubject("sitc", trade.TitleIssued),
		Header: map[string]string{
			"ce-specversion": "1.0", "ce-id": "b1", "ce-source": "urn:oneorder:org:sitc", "ce-type": string(trade.TitleIssued),
			"ce-time": "2026-09-02T08:00:00Z", "ce-revision": "0", "content-type": "application/json",
		},
		Data: []byte(`{"references":[{"kind":"bl","value":"SITGCKSG026001"}]}`),
	})
	if c := r.counts(); c.Stored != 1 || c.Rejected != 0 {
		t.Errorf("counts %+v", c)
	}
}
