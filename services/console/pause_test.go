package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"oneorder/internal/stream"
	"oneorder/services/console"
)

// readsNothing is a sink for which nothing is to be done.
type readsNothing struct{}

func (readsNothing) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	return pos.Written, nil, nil
}

func (s readsNothing) Prepare(context.Context, stream.Batch) (stream.Pending, error) { return s, nil }
func (readsNothing) Commit(context.Context, stream.Claim) error                      { return nil }

// reading runs a reader until the test ends.
func reading(t *testing.T, conn *stream.Conn, name string) *stream.Reader {
	t.Helper()
	reader := conn.NewReader(stream.ReaderConfig{Name: name}, readsNothing{})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- reader.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	until(t, "the reader reads", func() bool { return reader.Health() == nil })
	return reader
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline.C:
			t.Fatalf("%s: not in time", what)
		case <-tick.C:
		}
	}
}

func TestAReaderIsPausedAndResumedByAnOperatorOnly(t *testing.T) {
	p := run(t, fullShelf(), tokens())
	reader := reading(t, p.conn, "archive")
	operator, viewer, member := signedIn(t, p, operatorToken), signedIn(t, p, viewerToken), signedIn(t, p, sitcToken)
	const path = "/operations/readers/archive/pause"
	for name, client := range map[string]*http.Client{"a viewer": viewer, "an organisation": member} {
		if response, _ := ask(t, client, http.MethodPost, p.url+path, "", "Content-Type", form); response.StatusCode != http.StatusForbidden {
			t.Errorf("%s pauses a reader: %d", name, response.StatusCode)
		}
	}
	// A form of another site rides on the operator's cookie.
	if response, _ := ask(t, operator, http.MethodPost, p.url+path, "", "Content-Type", form, "Sec-Fetch-Site", "cross-site"); response.StatusCode != http.StatusForbidden {
		t.Errorf("another site pauses a reader: %d", response.StatusCode)
	}
	if reader.Progress().Paused != nil {
		t.Fatal("it is paused")
	}
	if _, page := ask(t, viewer, http.MethodGet, p.url+"/operations", ""); strings.Contains(page, "/operations/readers/") {
		t.Error("a viewer is shown buttons that are not for a viewer")
	}

	if response, body := ask(t, operator, http.MethodPost, p.url+path, "", "Content-Type", form); response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/operations" {
		t.Fatalf("pause: %d %s", response.StatusCode, body)
	}
	// The page that it leads to shows it already.
	for name, client := range map[string]*http.Client{"operator": operator, "viewer": viewer} {
		_, page := ask(t, client, http.MethodGet, p.url+"/operations", "")
		text := seen(page)
		contains(t, text, "Watch archive is paused by operator since", "paused by operator since")
		if resumes := strings.Contains(page, `action="/operations/readers/archive/resume"`); resumes != (name == "operator") {
			t.Errorf("%s may resume: %v", name, resumes)
		}
	}
	until(t, "the reader rests", func() bool { return reader.Progress().Paused != nil })

	response, body := ask(t, http.DefaultClient, http.MethodPost, p.url+"/api/v1/readers/archive/resume", "", "Authorization", "Bearer "+operatorToken)
	if response.StatusCode != http.StatusOK || body != `{"name":"archive","paused":null}`+"\n" {
		t.Errorf("resume: %d %s", response.StatusCode, body)
	}
	until(t, "the reader reads again", func() bool { return reader.Progress().Paused == nil && reader.Health() == nil })
	for _, bad := range []string{"nobody", "lease.archive", "..", "a%2fb"} {
		for _, act := range []string{"pause", "resume"} {
			response, _ := ask(t, http.DefaultClient, http.MethodPost, p.url+"/api/v1/readers/"+bad+"/"+act, "", "Authorization", "Bearer "+operatorToken)
			if act == "resume" && bad == "nobody" {
				continue // it does not rest
			}
			if response.StatusCode < 300 || response.StatusCode >= 500 {
				t.Errorf("%s %s: %d", act, bad, response.StatusCode)
			}
		}
	}
}

var _ console.Stream = (*stream.Conn)(nil)
