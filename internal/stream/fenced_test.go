package stream

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"oneorder/deploy"
	"oneorder/internal/authority"
	"oneorder/internal/embedded"
	"oneorder/internal/trade"
)

// corridor is a broker with the organisations sitc and maersk, and the streams.
type corridor struct {
	t        *testing.T
	url      string
	broker   *embedded.Broker
	local    authority.Local
	path     string
	tokens   map[string]string
	operator *Conn
}

func newCorridor(t *testing.T) *corridor {
	t.Helper()
	c := &corridor{
		t: t, tokens: map[string]string{}, path: filepath.Join(t.TempDir(), "orgs.json"),
		local: authority.Local{Exports: deploy.Exports, Operator: "the operator's own token"},
	}
	for _, org := range []string{"sitc", "maersk"} {
		c.change(func(r *authority.Register) (err error) {
			c.tokens[org], err = r.Add(org, time.Now())
			return err
		})
	}
	var err error
	c.broker, err = embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir(), Accounts: c.accounts()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.broker.Stop)
	c.url = c.broker.URL()
	c.operator = c.connect(Config{User: authority.OperatorUser, Password: c.local.Operator, Org: authority.OperatorUser})
	if org := c.operator.Org(); org != "" {
		t.Fatalf("the operator's connection is of %q", org)
	}
	if err := c.operator.Ensure(t.Context(), Settings{}); err != nil {
		t.Fatal(err)
	}
	if err := c.operator.EnsureOrgs(t.Context(), []string{"sitc", "maersk"}); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *corridor) change(f func(*authority.Register) error) {
	c.t.Helper()
	if err := authority.Update(c.path, f); err != nil {
		c.t.Fatal(err)
	}
}

func (c *corridor) accounts() string {
	c.t.Helper()
	r, err := authority.Read(c.path)
	if err != nil {
		c.t.Fatal(err)
	}
	text, err := c.local.Config(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

func (c *corridor) connect(cfg Config) *Conn {
	c.t.Helper()
	cfg.URL = c.url
	conn, err := Connect(c.t.Context(), cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(conn.Close)
	return conn
}

func (c *corridor) as(org string) *Conn {
	c.t.Helper()
	conn := c.connect(Config{User: org, Password: c.tokens[org], Org: org})
	if conn.Org() != org {
		c.t.Fatalf("the connection of %s is of %q", org, conn.Org())
	}
	return conn
}

// raw is a client as an enterprise writes it, with what the broker complains of.
func (c *corridor) raw(org string) (*nats.Conn, <-chan error) {
	c.t.Helper()
	complaints := make(chan error, 100)
	nc, err := nats.Connect(c.url, nats.UserInfo(org, c.tokens[org]), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		complaints <- err
	}))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		closed := make(chan struct{})
		nc.SetClosedHandler(func(*nats.Conn) { close(closed) })
		nc.Close()
		<-closed
	})
	return nc, complaints
}

func (c *corridor) publish(conn *Conn, messages ...Outgoing) []Receipt {
	c.t.Helper()
	receipts, err := conn.Publisher(PublisherConfig{}).Publish(c.t.Context(), messages)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, r := range receipts {
		if r.Err != nil {
			c.t.Fatal(r.Err)
		}
	}
	return receipts
}

func (c *corridor) messages(stream string) uint64 {
	c.t.Helper()
	all, err := c.operator.Streams(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, s := range all {
		if s.Name == stream {
			return s.Messages
		}
	}
	c.t.Fatalf("no stream %s", stream)
	return 0
}

func TestAnOrganisationPublishesUnderItsOwnSubjects(t *testing.T) {
	c := newCorridor(t)
	var many []Outgoing
	for i := range 2500 {
		many = append(many, Outgoing{Subject: "events.sitc.logistics.equipment.loaded", MsgID: string(rune('a'+i%26)) + strings.Repeat("x", i/26), Data: []byte("{}")})
	}
	sitc := c.as("sitc")
	c.publish(sitc, many...)
	for i, r := range c.publish(sitc, many...) {
		if !r.Duplicate {
			t.Fatalf("message %d again: stored as %d", i, r.Sequence)
		}
	}
	c.publish(sitc, Outgoing{Subject: "inbox.sitc.dcsa-tnt", Data: []byte("[]")})
	if n := c.messages(Events); n != 2500 {
		t.Errorf("EVENTS holds %d, want 2500", n)
	}
}

func TestAnOrganisationCannotPublishWhatIsNotItsOwn(t *testing.T) {
	c := newCorridor(t)
	nc, complaints := c.raw("sitc")
	for _, subject := range []string{
		"events.maersk.logistics.equipment.loaded", "inbox.maersk.dcsa-tnt", "rejected.sitc.archive", "chains.sitc", "chains.all",
		"events.sitc.trade.link.asserted", "events.sitc.trade.link.denied", "review.maersk", "$KV.READERS.archive",
		"$JS.API.STREAM.CREATE.X", "$JS.API.STREAM.INFO.EVENTS", "$JS.API.CONSUMER.CREATE.REJECTED.x", "$JS.API.DIRECT.GET.REJECTED",
		"$JS.oneorder.API.CONSUMER.MSG.NEXT.REJECTED.maersk", "$JS.oneorder.API.CONSUMER.CREATE.REJECTED.sitc", "$JS.ACK.REJECTED.maersk.1.1.1.1.1",
	} {
		if err := nc.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-complaints:
			if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), `"`+subject+`"`) {
				t.Errorf("%s: %v", subject, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: the broker says nothing", subject)
		}
	}
	for _, name := range []string{Events, Inbox, Rejected, Chains} {
		if n := c.messages(name); n != 0 {
			t.Errorf("%s holds %d messages", name, n)
		}
	}
}

func TestWhatTheUserMayNotPublishIsRefusedForGood(t *testing.T) {
	c := newCorridor(t)
	receipts, err := c.as("sitc").Publisher(PublisherConfig{AckWait: 200 * time.Millisecond}).Publish(t.Context(), []Outgoing{
		{Subject: "events.sitc.logistics.equipment.loaded", Data: []byte("{}")},
		{Subject: "events.maersk.logistics.equipment.loaded", Data: []byte("{}")},
		{Subject: "events.sitc.trade.link.asserted", Data: []byte("{}")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if receipts[0].Err != nil || receipts[0].Sequence == 0 || !errors.Is(receipts[1].Err, ErrRefused) || !errors.Is(receipts[2].Err, ErrRefused) {
		t.Errorf("receipts %+v", receipts)
	}
}

// The reply of a request may be any subject, and where one account is shared the broker delivers there, with the content
// that the asker chose.
func TestAnOrganisationCannotHaveTheBrokerPublishForIt(t *testing.T) {
	c := newCorridor(t)
	nc, _ := c.raw("sitc")
	c.publish(c.operator, Outgoing{Subject: "rejected.sitc.archive", Data: []byte(`{"source":"urn:oneorder:org:maersk"}`)})
	const forged = "events.maersk.customs.goods.cleared"
	for _, subject := range []string{"$JS.oneorder.API.CONSUMER.MSG.NEXT.REJECTED.sitc", "events.sitc.customs.goods.cleared", "review.sitc"} {
		if err := nc.PublishRequest(subject, forged, []byte("1")); err != nil {
			t.Fatal(err)
		}
	}
	// When the broker has had them, and the answer to a later request is back, those before have been answered.
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	c.publish(c.as("sitc"), Outgoing{Subject: "events.sitc.customs.goods.cleared", Data: []byte("{}")})
	js, err := jetstream.New(c.operator.nc)
	if err != nil {
		t.Fatal(err)
	}
	events, err := js.Stream(t.Context(), Events)
	if err != nil {
		t.Fatal(err)
	}
	info, err := events.Info(t.Context(), jetstream.WithSubjectFilter(">"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]uint64{"events.sitc.customs.goods.cleared": 2}, info.State.Subjects); diff != "" {
		t.Errorf("subjects of EVENTS (-want +got):\n%s", diff)
	}
}

func TestAnOrganisationReadsItsOwnRejectsAndNotices(t *testing.T) {
	c := newCorridor(t)
	nc, complaints := c.raw("sitc")
	live, err := nc.SubscribeSync("rejected.sitc.>")
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"rejected.maersk.>", "rejected.>", "chains.maersk", "chains.all", ">", "events.>", "inbox.sitc.>"} {
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-complaints:
			if !errors.Is(err, nats.ErrPermissionViolation) {
				t.Errorf("%s: %v", subject, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: the broker says nothing", subject)
		}
	}
	c.publish(c.operator,
		Outgoing{Subject: "rejected.maersk.archive", Data: []byte("of maersk")}, Outgoing{Subject: "rejected.sitc.archive", Data: []byte("of sitc")},
		Outgoing{Subject: "chains.sitc", Data: []byte("notice")}, Outgoing{Subject: "chains.all", Data: []byte("notice of all")})
	if m, err := live.NextMsg(10 * time.Second); err != nil || string(m.Data) != "of sitc" {
		t.Errorf("live: %v %v", m, err)
	}
	// What was stored while the organisation was away: the durable consumers.
	js, err := jetstream.NewWithDomain(nc, authority.Domain)
	if err != nil {
		t.Fatal(err)
	}
	for stream, want := range map[string]string{Rejected: "of sitc", Chains: "notice"} {
		consumer, err := js.Consumer(t.Context(), stream, "sitc")
		if err != nil {
			t.Fatalf("%s: %v", stream, err)
		}
		batch, err := consumer.FetchNoWait(10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for m := range batch.Messages() {
			got = append(got, string(m.Data()))
			if err := m.DoubleAck(t.Context()); err != nil {
				t.Errorf("%s: acknowledge: %v", stream, err)
			}
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stream, diff)
		}
	}
}

func TestAReviewShowsTheOrganisationsOwnRejects(t *testing.T) {
	c := newCorridor(t)
	serving, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.operator.ServeReview(serving); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	began := time.Now().Add(-time.Minute)
	var sent []Rejection
	for _, org := range []string{"maersk", "sitc", "maersk", "sitc"} {
		for _, code := range []string{"missing", "mistyped"} {
			sent = append(sent, Reject(org, "archive", trade.Faults{{Code: code, Pointer: "/id", Message: "a string"}, {Code: "missing", Pointer: "/time"}},
				Refused{Subject: "events." + org + ".a.b.c", Sequence: uint64(len(sent) + 1), Header: Header{"ce-id": {"1"}, "Nats-Msg-Id": {"x"}}, Data: []byte("{}")}))
		}
	}
	if err := c.operator.Publisher(PublisherConfig{}).Reject(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	sitc := c.as("sitc")
	read := func(conn *Conn, org string, since time.Time) (ids []uint64) {
		t.Helper()
		for r, err := range conn.Rejected(t.Context(), org, since) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.ID)
			want := sent[r.ID-1]
			want.ID, want.Time = r.ID, r.Time
			if diff := cmp.Diff(want, r); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		return ids
	}
	for _, since := range []time.Time{{}, began} {
		if diff := cmp.Diff([]uint64{3, 4, 7, 8}, read(sitc, "sitc", since)); diff != "" {
			t.Errorf("since %s (-want +got):\n%s", since, diff)
		}
	}
	if ids := read(sitc, "sitc", time.Now().Add(time.Minute)); ids != nil {
		t.Errorf("of the future: %v", ids)
	}
	for _, err := range sitc.Rejected(t.Context(), "maersk", time.Time{}) {
		if err == nil {
			t.Error("sitc reads what maersk got refused")
		}
		break
	}
	if r, err := sitc.Rejection(t.Context(), "sitc", 4); err != nil || r.ID != 4 {
		t.Errorf("rejection 4: %+v, %v", r, err)
	}
	for _, id := range []uint64{1, 9} {
		if _, err := sitc.Rejection(t.Context(), "sitc", id); !errors.Is(err, ErrNoRejection) {
			t.Errorf("rejection %d: %v", id, err)
		}
	}
	if err := sitc.Resolve(t.Context(), "sitc", 4, Resolution{Subject: "events.sitc.a.b.c", Sequence: 99}); err != nil {
		t.Fatal(err)
	}
	for _, conn := range []*Conn{sitc, c.operator} {
		got, err := conn.Resolved(t.Context(), "sitc", began)
		if r, _ := got.Of(&Rejection{Org: "sitc", ID: 4}); err != nil || len(got) != 1 || r.Subject != "events.sitc.a.b.c" || r.Sequence != 99 {
			t.Errorf("resolved: %+v, %v", got, err)
		}
	}
	// What another organisation says of it, later, changes nothing, and is of none.
	if err := c.operator.Resolve(t.Context(), "maersk", 4, Resolution{}); err != nil {
		t.Fatal(err)
	}
	got, err := c.operator.Resolved(t.Context(), "*", began)
	if r, _ := got.Of(&Rejection{Org: "sitc", ID: 4}); err != nil || r.Sequence != 99 {
		t.Errorf("resolved by another: %+v, %v", got, err)
	}
	if r, ok := got.Of(&Rejection{Org: "psa", ID: 4}); ok {
		t.Errorf("resolved by sitc for psa: %+v", r)
	}
	if diff := cmp.Diff([]uint64{3, 4, 7, 8}, read(sitc, "sitc", time.Time{})); diff != "" {
		t.Errorf("after a resolution (-want +got):\n%s", diff)
	}
}

func TestATokenThatEndedIsDisconnected(t *testing.T) {
	c := newCorridor(t)
	sitc, _ := c.raw("sitc")
	maersk, _ := c.raw("maersk")
	c.change(func(r *authority.Register) error { return r.Remove("sitc") })
	if err := c.broker.SetAccounts(c.accounts()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); sitc.IsConnected(); {
		if time.Now().After(deadline) {
			t.Fatal("still connected")
		}
		_ = sitc.FlushTimeout(time.Second)
	}
	if err := maersk.Flush(); err != nil {
		t.Errorf("maersk: %v", err)
	}
	if _, err := Connect(t.Context(), Config{URL: c.url, User: "sitc", Password: c.tokens["sitc"]}); !Unauthorized(err) {
		t.Errorf("connect: %v", err)
	}
}

func TestWhoComesWithoutANameIsTheOperatorUntilSomebodyIsRegistered(t *testing.T) {
	local := authority.Local{Exports: deploy.Exports, Operator: "the operator's own token"}
	accounts := func(r authority.Register) string {
		text, err := local.Config(r)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir(), Accounts: accounts(authority.Register{}), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Stop)
	conn, err := Connect(t.Context(), Config{URL: broker.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Ensure(t.Context(), Settings{}); err != nil {
		t.Fatal(err)
	}
	var r authority.Register
	token, err := r.Add("sitc", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := broker.SetAccounts(accounts(r)); err != nil {
		t.Fatal(err)
	}
	operator, err := Connect(t.Context(), Config{URL: broker.URL(), User: authority.OperatorUser, Password: local.Operator})
	if err != nil {
		t.Fatal(err)
	}
	defer operator.Close()
	if err := operator.EnsureOrgs(t.Context(), []string{"sitc"}); err != nil {
		t.Fatal(err)
	}
	sitc, err := Connect(t.Context(), Config{URL: broker.URL(), User: "sitc", Password: token, Org: "sitc"})
	if err != nil {
		t.Fatal(err)
	}
	defer sitc.Close()
	receipts, err := sitc.Publisher(PublisherConfig{}).Publish(t.Context(), []Outgoing{{Subject: "events.sitc.logistics.equipment.loaded", Data: []byte("{}")}})
	if err != nil || receipts[0].Err != nil || sitc.Org() != "sitc" {
		t.Fatalf("registered while the broker runs: %+v, %v", receipts, err)
	}
	if _, err := Connect(t.Context(), Config{URL: broker.URL()}); !Unauthorized(err) {
		t.Errorf("connect: %v", err)
	}
	if err := broker.SetAccounts(accounts(authority.Register{})); err != nil {
		t.Fatal(err)
	}
	again, err := Connect(t.Context(), Config{URL: broker.URL()})
	if err != nil {
		t.Fatalf("after the last has gone: %v", err)
	}
	again.Close()
	local.Beyond = true
	if err := broker.SetAccounts(accounts(authority.Register{})); err != nil {
		t.Fatal(err)
	}
	if _, err := Connect(t.Context(), Config{URL: broker.URL()}); !Unauthorized(err) {
		t.Errorf("beyond loopback: %v", err)
	}
}
