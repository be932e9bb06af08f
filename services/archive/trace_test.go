package archive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/stream"
)

// spoken is a log as a program reads it.
func spoken(t *testing.T, text string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(text) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if strings.HasPrefix(one["msg"].(string), "event ") {
			delete(one, "time")
			lines = append(lines, one)
		}
	}
	return lines
}

func TestTheTraceOfAnEventIsInTheLog(t *testing.T) {
	const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	r := start(t)
	var log bytes.Buffer
	r.restartSaying(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	sound, silent := issued("sound"), issued("silent")
	sound.TraceParent = trace
	const subject = "events.sitc.trade.title.issued"
	r.publish(message("sitc", sound), message("sitc", silent), stream.Outgoing{Subject: subject, Data: []byte(`{"traceparent":"` + trace + `","id":"secret"}`)})
	r.restart() // so that nobody writes the log any more
	want := []map[string]any{
		{"level": "DEBUG", "msg": "event stored", "subject": subject, "sequence": 1.0, "traceparent": trace},
		{"level": "INFO", "msg": "event rejected", "subject": subject, "sequence": 3.0, "traceparent": trace, "code": "specversion_unsupported", "pointer": "/specversion", "left_out": 0.0},
	}
	got := spoken(t, log.String())
	if len(got) == 2 && got[0]["msg"] == "event rejected" { // in one batch or in two
		got[0], got[1] = got[1], got[0]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	if strings.Contains(log.String(), "secret") {
		t.Error("what an event says is in the log")
	}
}

func TestAFloodOfRefusalsDoesNotFillTheLog(t *testing.T) {
	var log bytes.Buffer
	trace := newTracer(slog.New(slog.NewJSONHandler(&log, nil)))
	p := &pending{}
	for i := range 10_000 {
		p.refused = append(p.refused, traced{"events.sitc.trade.title.issued", uint64(i), ""})
		p.notices = append(p.notices, stream.Rejection{Code: fmt.Sprint(i)})
	}
	trace.said(p)
	if n := len(spoken(t, log.String())); n < refusalsAtOnce || n > 2*refusalsAtOnce {
		t.Errorf("%d lines of 10,000 refusals", n)
	}
	if trace.leftOut < 9000 {
		t.Errorf("%d are said to be left out", trace.leftOut)
	}
}
