package wire_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func TestArrival(t *testing.T) {
	binary := func(more ...string) map[string][]string {
		h := map[string][]string{
			"ce-specversion": {"1.0"}, "ce-id": {"1"}, "ce-source": {"urn:oneorder:org:sitc"}, "ce-type": {"trade.title.issued"},
			"ce-time": {"2026-09-11T08:15:00Z"}, "Nats-Msg-Id": {"x"},
		}
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = append(h[more[i]], more[i+1])
		}
		return h
	}
	issued := func(members string) string { return event(members) }
	tests := map[string]struct {
		org     string
		typ     trade.Type
		header  map[string][]string
		payload string
		want    string   // canonical bytes
		faults  []string // pointer code
	}{
		"structured": {
			payload: issued(`"precision":"day"`),
			want:    `{"data":{"precision":"day"},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"structured, with headers of the broker": {
			header: map[string][]string{"Nats-Msg-Id": {"x"}, "Ce": {"x"}, "content-type": {"application/cloudevents+json"}}, payload: issued(""),
			want: `{"data":{},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"binary": {
			header: binary("ce-revision", "2", "ce-subject", "a\"b", "ce-recorded", "2026-09-11T09:00:00Z"), payload: ` {"precision":"day"}`,
			want: `{"data":{"precision":"day"},"id":"1","recorded":"2026-09-11T09:00:00Z","revision":2,"source":"urn:oneorder:org:sitc","specversion":"1.0","subject":"a\"b","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"binary, in other cases": {
			header: map[string][]string{
				"CE-SpecVersion": {"1.0"}, "Ce-Id": {"1"}, "ce-Source": {"urn:oneorder:org:sitc"}, "cE-type": {"trade.title.issued"}, "CE-TIME": {"2026-09-11T08:15:00Z"}, "ce-": {"x"}, "ce-empty": {},
			}, payload: `{}`,
			want: `{"data":{},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"binary, a retraction without a body": {
			header: binary("ce-revision", "1", "ce-retracted", "true"),
			want:   `{"id":"1","retracted":true,"revision":1,"source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"binary, an extension":              {header: binary("ce-partitionkey", "7"), payload: `{}`, want: `{"data":{},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`},
		"binary, no body":                   {header: binary(), faults: []string{"/data missing"}},
		"binary, a body that is no JSON":    {header: binary(), payload: "bl B1", faults: []string{"/data_base64 unknown_member", "/data missing"}},
		"binary, a body of a word":          {header: binary(), payload: `"B1"`, faults: []string{"/data mistyped"}},
		"binary, a whole event as body":     {header: binary(), payload: issued(""), faults: []string{"/data/specversion unknown_member", "/data/id unknown_member", "/data/source unknown_member", "/data/type unknown_member", "/data/time unknown_member", "/data/data unknown_member"}},
		"binary, an attribute in two cases": {header: binary("Ce-Id", "2"), payload: `{}`, faults: []string{"/id duplicate_member"}},
		"binary, data in a header too":      {header: binary("ce-data", "x"), payload: `{}`, faults: []string{"/data mistyped", "/data duplicate_member"}},
		"binary, a revision that is none":   {header: binary("ce-revision", "two"), payload: `{}`, faults: []string{"/revision mistyped"}},
		"binary, a revision that breaks out": {
			header: binary("ce-revision", `1,"retracted":true`), payload: `{}`, faults: []string{"/revision mistyped"},
		},
		"binary, percent-encoded": {
			header: binary("ce-subject", "Ma%C5%82aszewicze%20%22100%25%22", "ce-dataschema", `"a \"b\\c"`), payload: `{}`,
			want: `{"data":{},"dataschema":"a \"b\\c","id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","subject":"Małaszewicze \"100%\"","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"binary, percents that encode nothing": {header: binary("ce-subject", "100%", "ce-traceparent", "%C0%A0"), payload: `{"x":1}`, faults: []string{"/subject header_malformed", "/traceparent header_malformed", "/data/x unknown_member"}},
		"binary, an id that cannot be read":    {header: map[string][]string{"ce-specversion": {"1.0"}, "ce-id": {"%"}, "ce-source": {"urn:oneorder:org:psa"}, "ce-type": {"trade.title.issued"}, "ce-time": {"2026-09-11T08:15:00Z"}}, payload: `{}`, faults: []string{"/id header_malformed", "/source source_mismatch"}},
		"structured, by its content type": {
			header: map[string][]string{"Content-Type": {"application/CloudEvents+json; charset=utf-8"}, "ce-id": {"2"}}, payload: issued(""),
			want: `{"data":{},"id":"1","source":"urn:oneorder:org:sitc","specversion":"1.0","time":"2026-09-11T08:15:00Z","type":"trade.title.issued"}`,
		},
		"binary, invalid UTF-8":     {header: binary("ce-subject", "\xff"), payload: `{}`, faults: []string{"not_utf8"}},
		"binary, a deep body":       {header: binary(), payload: `{"detail":{"a":` + deep(40) + `}}`, faults: []string{"too_deep"}},
		"another organisation":      {org: "maersk", payload: issued(""), faults: []string{"/source source_mismatch"}},
		"another type":              {typ: trade.TitleDrafted, payload: issued(""), faults: []string{"/type type_mismatch"}},
		"another of both":           {org: "maersk", typ: trade.TitleDrafted, payload: issued(""), faults: []string{"/source source_mismatch", "/type type_mismatch"}},
		"a source of nobody":        {payload: envelope("source", `"https://example.org"`), faults: []string{"/source source_mismatch"}},
		"a longer organisation":     {org: "sit", payload: issued(""), faults: []string{"/source source_mismatch"}},
		"wrong and of another type": {typ: trade.TitleDrafted, payload: issued(`"classifier":"X"`), faults: []string{"/data/classifier not_in_list", "/type type_mismatch"}},
		"mistyped and another's":    {org: "maersk", payload: issued(`"classifier":1`), faults: []string{"/data/classifier mistyped", "/source source_mismatch"}},
		"of no type that there is":  {payload: envelope("type", `"trade.title.lost"`), faults: []string{"/type type_unknown"}},
		"without a source":          {payload: envelope("source", `""`), faults: []string{"/source missing"}},
		"no event at all":           {org: "maersk", payload: "{", faults: []string{"json_syntax"}},
	}
	var d wire.Decoder
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := wire.Arrival{Org: "sitc", Type: trade.TitleIssued, Header: test.header, Payload: []byte(test.payload)}
			if test.org != "" {
				a.Org = test.org
			}
			if test.typ != "" {
				a.Type = test.typ
			}
			var e trade.Event
			err := d.DecodeArrival(a, &e)
			var faults trade.Faults
			if err != nil && !errors.As(err, &faults) {
				t.Fatalf("%v is no trade.Faults", err)
			}
			var got []string
			for _, f := range faults {
				got = append(got, trimmed(f.Pointer+" "+f.Code))
			}
			if diff := cmp.Diff(test.faults, got); diff != "" {
				t.Fatalf("faults (-want +got):\n%s", diff)
			}
			if test.faults != nil {
				return
			}
			if diff := cmp.Diff(test.want, string(wire.Append(nil, &e))); diff != "" {
				t.Errorf("canonical bytes (-want +got):\n%s", diff)
			}
		})
	}
}
