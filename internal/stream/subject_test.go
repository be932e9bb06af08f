package stream

import (
	"testing"

	"oneorder/internal/trade"
)

func TestEventSubject(t *testing.T) {
	for _, typ := range trade.Types() {
		s := EventSubject("sitc", typ)
		org, got, ok := ParseEventSubject(s)
		if !ok || org != "sitc" || got != typ {
			t.Errorf("%s is read as %q %q %v", s, org, got, ok)
		}
	}
	for _, s := range []string{
		"", "events", "events.", "events.sitc", "events.sitc.trade", "events.sitc.trade.order", "events.sitc.trade.order.placed.twice",
		"events.SITC.trade.order.placed", "events..trade.order.placed", "events.sitc.trade..placed", "events.s.trade.order.placed",
		"events.sitc.trade.order.", "events.*.trade.order.placed", "inbox.sitc.trade.order.placed", "events.sitc.trade.or der.placed",
	} {
		if org, typ, ok := ParseEventSubject(s); ok {
			t.Errorf("%q is read as event of %q %q", s, org, typ)
		}
	}
}

func TestPairSubjects(t *testing.T) {
	if org, format, ok := ParseInboxSubject(InboxSubject("sitc", "dcsa-tnt")); !ok || org != "sitc" || format != "dcsa-tnt" {
		t.Errorf("inbox subject is read as %q %q %v", org, format, ok)
	}
	if org, stage, ok := ParseRejectedSubject(RejectedSubject("sitc", "archive")); !ok || org != "sitc" || stage != "archive" {
		t.Errorf("reject subject is read as %q %q %v", org, stage, ok)
	}
	for _, s := range []string{"inbox.sitc", "inbox.sitc.", "inbox.sitc.a.b", "inbox.Sitc.ubl", "inbox.sitc.UBL", "rejected.sitc.ubl"} {
		if org, format, ok := ParseInboxSubject(s); ok {
			t.Errorf("%q is read as document of %q %q", s, org, format)
		}
	}
}

func FuzzParseEventSubject(f *testing.F) {
	f.Add("events.sitc.logistics.equipment.loaded")
	f.Add("events.a-b.x.y.z")
	f.Add("events....")
	f.Fuzz(func(t *testing.T, s string) {
		org, typ, ok := ParseEventSubject(s)
		if ok && EventSubject(org, typ) != s {
			t.Errorf("%q is read as %q %q, which is %q", s, org, typ, EventSubject(org, typ))
		}
		if ok && !trade.ValidOrg(org) {
			t.Errorf("%q gives org %q", s, org)
		}
	})
}

func FuzzParseDelivery(f *testing.F) {
	f.Add("$JS.ACK.EVENTS.archive.1.17.4.1789000000000000000.3")
	f.Add("$JS.ACK.hub.AHASH.EVENTS.archive.1.17.4.1789000000000000000.3")
	f.Add("$JS.ACK.hub.AHASH.EVENTS.archive.1.17.4.1789000000000000000.3.x9")
	f.Add("$JS.ACK.......................")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDelivery(s)
		if err != nil && d != (delivery{}) {
			t.Errorf("%q gives %+v beside %v", s, d, err)
		}
	})
}

func TestParseDelivery(t *testing.T) {
	want := delivery{sequence: 17, delivered: 2, pending: 3, nanos: 1789000000000000000}
	for _, s := range []string{
		"$JS.ACK.EVENTS.archive.2.17.4.1789000000000000000.3",
		"$JS.ACK.hub.AHASH.EVENTS.archive.2.17.4.1789000000000000000.3",
		"$JS.ACK.hub.AHASH.EVENTS.archive.2.17.4.1789000000000000000.3.x9",
	} {
		if got, err := parseDelivery(s); err != nil || got != want {
			t.Errorf("%s is read as %+v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "$JS.ACK.", "_INBOX.x", "$JS.ACK.EVENTS.archive.2.17.4.178.", "$JS.ACK.EVENTS.archive.2.x.4.1.3", "$JS.ACK.a.EVENTS.archive.2.17.4.178.1"} {
		if got, err := parseDelivery(s); err == nil {
			t.Errorf("%q is read as %+v", s, got)
		}
	}
}

func TestClaimToken(t *testing.T) {
	c := Claim{Reader: "archive", Epoch: 1, Generation: 2, First: 30, Last: 44}
	if got, want := c.Token("events_all"), "archive/1/2/events_all/30/44"; got != want {
		t.Errorf("token is %q, want %q", got, want)
	}
	if got, want := c.Version(30), uint64(1)<<48|30; got != want {
		t.Errorf("version is %d, want %d", got, want)
	}
}

func TestChainsSubject(t *testing.T) {
	if got := ChainsSubject(AllOrgs); got != "chains.all" {
		t.Errorf("subject of the operators' notices: %q", got)
	}
}
