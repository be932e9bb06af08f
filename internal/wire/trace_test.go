package wire

import (
	"strings"
	"testing"
)

const aTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestTraceParentOfWhateverArrives(t *testing.T) {
	for name, c := range map[string]struct {
		header  map[string][]string
		payload string
		want    string
	}{
		"an event":                  {nil, `{"id":"1","traceparent":"` + aTrace + `","data":{}}`, aTrace},
		"what is no event":          {nil, `{"traceparent":"` + aTrace + `","time":"soon"}`, aTrace},
		"cut short behind it":       {nil, `{"traceparent":"` + aTrace + `","da`, aTrace},
		"binary mode":               {map[string][]string{"ce-traceparent": {aTrace}}, `{}`, aTrace},
		"a header of another form":  {map[string][]string{"ce-traceparent": {"x\nlevel=ERROR"}}, `{}`, ""},
		"in the data only":          {nil, `{"data":{"traceparent":"` + aTrace + `"}}`, ""},
		"of another form":           {nil, `{"traceparent":"` + strings.ToUpper(aTrace) + `"}`, ""},
		"too long":                  {nil, `{"traceparent":"` + aTrace + `0"}`, ""},
		"no text":                   {nil, `{"traceparent":7}`, ""},
		"none":                      {nil, `{}`, ""},
		"nothing":                   {nil, ``, ""},
		"a list":                    {nil, `["traceparent","` + aTrace + `"]`, ""},
		"garbage":                   {nil, "\x00{{{\"traceparent\":", ""},
		"brackets without an end":   {nil, strings.Repeat("[", 1<<20), ""},
		"names without an end":      {nil, `{"` + strings.Repeat(`\"`, 1<<18), ""},
		"a thousand members before": {nil, `{` + strings.Repeat(`"a":{"b":[1,2]},`, 1000) + `"traceparent":"` + aTrace + `"}`, aTrace},
	} {
		if got := TraceParent(c.header, []byte(c.payload)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzTraceParent(f *testing.F) {
	f.Add([]byte(`{"traceparent":"` + aTrace + `"}`))
	f.Add([]byte(`{"a":[{"b":"\"`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if got := TraceParent(nil, payload); got != "" && len(got) != len(aTrace) {
			t.Errorf("%q", got)
		}
	})
}
