package stream

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/trade"
)

func TestRejectedYieldsWhatAnOrgGotRefused(t *testing.T) {
	c := startBroker(t).connect()
	var want []Rejection
	var list []Outgoing
	for i := range 700 { // more than one request brings
		r := Rejection{
			Org: "sitc", Stage: "archive", Code: "source_mismatch", Pointer: "/source", Message: "is of another org\nor none",
			Subject: "events.sitc.trade.order.placed", Sequence: uint64(i + 1), Data: []byte(`{"id":`),
		}
		list = append(list, r.Outgoing())
		if i%100 == 0 {
			list = append(list, Rejection{Org: "cosco", Stage: "logistics", Code: "not_json", Data: []byte{0, 1}}.Outgoing())
		}
		r.Message = "is of another org or none" // one line in a header
		r.Faults = trade.Faults{{Code: r.Code, Pointer: r.Pointer, Message: r.Message}}
		want = append(want, r)
	}
	receipts, err := c.Publisher(PublisherConfig{}).Publish(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range receipts {
		if r.Err != nil {
			t.Fatalf("rejection %d: %v", i, r.Err)
		}
	}
	read := func(org string, since time.Time) (got []Rejection) {
		for r, err := range c.Rejected(t.Context(), org, since) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		return got
	}
	got := read("sitc", time.Time{})
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Rejection{}, "ID", "Time")); diff != "" {
		t.Errorf("rejections (-want +got):\n%s", diff)
	}
	if got := read("cosco", time.Time{}); len(got) != 1 { // the same one made again is stored once
		t.Errorf("cosco has %d rejections", len(got))
	}
	if got := read("*", time.Time{}); len(got) != 701 {
		t.Errorf("all have %d rejections", len(got))
	}
	if got := read("nobody", time.Time{}); len(got) != 0 {
		t.Errorf("nobody has %d rejections", len(got))
	}
	if again := read("sitc", got[500].Time); len(again) == 0 || again[0].Time.Before(got[500].Time) || len(again) > 200 {
		t.Errorf("%d rejections since the 501st", len(again))
	}
	if again := read("sitc", time.Now().Add(time.Hour)); len(again) != 0 {
		t.Errorf("%d rejections from the future", len(again))
	}
	for _, err := range c.Rejected(t.Context(), "sitc", time.Time{}) {
		if err != nil {
			t.Error(err)
		}
		break // stopping early is allowed
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range c.Rejected(ctx, "sitc", time.Time{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
	}
}

func TestReadersTellTheLag(t *testing.T) {
	c := startBroker(t).connect()
	publish(t, c, outgoing(100))
	sink := newTaken()
	var claim Claim
	sink.after = func(cl Claim) error {
		claim = cl
		return fatal(errCrash)
	}
	x := start(t, c.NewReader(ReaderConfig{Name: "archive", MaxMessages: 40, Fingerprint: "f"}, sink))
	if err := x.end(t); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	infos, err := c.Readers(t.Context())
	if err != nil || len(infos) != 1 {
		t.Fatalf("readers are %+v, %v", infos, err)
	}
	got := infos[0]
	if got.Lag != 100 || got.Written != 0 || got.First != 1 || got.Last != claim.Last || got.Last > 40 || time.Since(got.OldestUnread) > time.Minute || got.Fingerprint != "f" || got.Owner == "" || time.Since(got.Updated) > time.Minute {
		t.Errorf("the record is shown as %+v", got)
	}
	streams, err := c.Streams(t.Context())
	if err != nil || len(streams) != 4 || streams[1].Name != Events || streams[1].Last != 100 || streams[1].Consumers != 1 || streams[1].Bytes == 0 {
		t.Errorf("streams are %+v, %v", streams, err)
	}
}
