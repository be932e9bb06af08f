package intake_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"oneorder/internal/intake"
	"oneorder/internal/service"
)

var _ service.Doorkeeper = (*intake.Desk)(nil)

// door knows sitc, whose token is sitc-token, and an operator.
func door() intake.Door {
	return intake.Door{
		Token:      "operator-token",
		Registered: func() bool { return true },
		Org: func(token string) (string, bool) {
			org, ok := strings.CutSuffix(token, "-token")
			return org, ok && org == "sitc"
		},
	}
}

func TestWhoMaySendWhat(t *testing.T) {
	b := newBench(t, intake.Config{Door: door()})
	link := strings.Replace(loaded("sitc", "l1"), "logistics.equipment.loaded", "trade.link.asserted", 1)
	const basic = "Basic " // sitc:sitc-token, cosco:sitc-token
	for _, c := range []struct {
		name, path, credential, body string
		status                       int
		says                         string
	}{
		{"no credential", "/events", "", loaded("sitc", "a"), http.StatusUnauthorized, "oneorder org add"},
		{"a token of nobody", "/events", "Bearer other-token", loaded("sitc", "a"), http.StatusUnauthorized, "rotated or removed"},
		{"an organisation for itself", "/events", "Bearer sitc-token", loaded("sitc", "b"), http.StatusAccepted, `"accepted":1`},
		{"the same with basic authentication", "/events", basic + "c2l0YzpzaXRjLXRva2Vu", loaded("sitc", "c"), http.StatusAccepted, `"accepted":1`},
		{"another's name with its token", "/events", basic + "Y29zY286c2l0Yy10b2tlbg==", loaded("sitc", "d"), http.StatusUnauthorized, ""},
		{"another's event", "/events", "Bearer sitc-token", loaded("cosco", "e"), http.StatusBadRequest, "source_mismatch"},
		{"another's parameter", "/events?org=cosco", "Bearer sitc-token", loaded("sitc", "f"), http.StatusForbidden, "not your organisation"},
		{"its own parameter", "/events?org=sitc", "Bearer sitc-token", loaded("sitc", "g"), http.StatusAccepted, `"accepted":1`},
		{"a link by an organisation", "/events", "Bearer sitc-token", link, http.StatusBadRequest, "operator_only"},
		{"a link by the operator", "/events", "Bearer operator-token", link, http.StatusAccepted, `"accepted":1`},
		{"anyone's event by the operator", "/events", "Bearer operator-token", loaded("cosco", "h"), http.StatusAccepted, `"accepted":1`},
		{"a document", "/moves", "Bearer sitc-token", goodMoves, http.StatusOK, `"events":2`},
		{"a document without a credential", "/moves", "", goodMoves, http.StatusUnauthorized, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var header []string
			if c.credential != "" {
				header = []string{"Authorization", c.credential}
			}
			status, answer, text := b.post(c.path, "application/json", c.body, header...)
			if status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("status %d, want %d: %s", status, c.status, text)
			}
			if (status == http.StatusUnauthorized) != (answer.Get("WWW-Authenticate") != "") {
				t.Errorf("status %d with WWW-Authenticate %q", status, answer.Get("WWW-Authenticate"))
			}
		})
	}
	for _, e := range b.stored(7) {
		if org := strings.Split(e.Subject, ".")[1]; org != "sitc" && org != "cosco" {
			t.Errorf("stored under %s", e.Subject)
		}
	}
}

func TestBeyondLoopbackSomebodyMustBeKnown(t *testing.T) {
	for _, c := range []struct {
		name  string
		door  intake.Door
		local bool
		well  bool
	}{
		{"nobody, on this machine", intake.Door{}, true, true},
		{"nobody, beyond it", intake.Door{}, false, false},
		{"the operator only, beyond it", intake.Door{Token: "operator-token"}, false, true},
		{"an organisation, beyond it", intake.Door{Registered: func() bool { return true }}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, intake.Config{Door: c.door})
			if err := b.desk.Admit(c.local); (err == nil) != c.well {
				t.Errorf("got %v", err)
			}
			if c.local {
				return
			}
			// Even if the last organisation is removed later.
			if status, _, text := b.post("/events", "application/json", loaded("sitc", "a")); status != http.StatusUnauthorized {
				t.Errorf("status %d: %s", status, text)
			}
		})
	}
}

func TestATokenThatNobodyHasIsNotPassedOver(t *testing.T) {
	b := newBench(t, intake.Config{})
	status, _, text := b.post("/events", "application/json", loaded("sitc", "a"), "Authorization", "Bearer x")
	if status != http.StatusUnauthorized {
		t.Errorf("status %d: %s", status, text)
	}
}

// One that sends its bodies slowly keeps nobody else out.
func TestAnOrganisationThatDawdlesKeepsNobodyOut(t *testing.T) {
	b := newBench(t, intake.Config{Door: door(), MaxRequests: 8})
	var bodies []*io.PipeWriter
	var slow sync.WaitGroup
	defer func() {
		for _, body := range bodies {
			_ = body.Close()
		}
		slow.Wait()
	}()
	for range 2 {
		body, feed := io.Pipe()
		bodies = append(bodies, feed)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/events", body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer sitc-token")
		slow.Go(func() {
			if response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request); err == nil {
				_ = response.Body.Close()
			}
		})
		if _, err := feed.Write([]byte("{")); err != nil { // it is being read
			t.Fatal(err)
		}
	}
	// The handler has its seat a little after the client has sent the first byte.
	status := http.StatusAccepted
	for ctx := t.Context(); status == http.StatusAccepted && ctx.Err() == nil; {
		status, _, _ = b.post("/events", "application/json", loaded("sitc", "a"), "Authorization", "Bearer sitc-token")
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("its third request at once: status %d", status)
	}
	for range 3 {
		if status, _, text := b.post("/events", "application/json", loaded("cosco", "c"), "Authorization", "Bearer operator-token"); status != http.StatusAccepted {
			t.Errorf("another one: status %d: %s", status, text)
		}
	}
}

// What nobody sent is nobody's to hear of: who shows no credential leaves nothing behind.
func TestOnlyWhoIsKnownLeavesRejections(t *testing.T) {
	b := newBench(t, intake.Config{Door: door()})
	for _, credential := range []string{"Bearer other-token", "Bearer ", ""} {
		for _, path := range []string{"/events", "/moves"} {
			if status, _, text := b.post(path, "application/json", "{", "Authorization", credential); status != http.StatusUnauthorized {
				t.Errorf("%s with %q: status %d: %s", path, credential, status, text)
			}
		}
	}
	if status, _, text := b.post("/events", "application/json", "{", "Authorization", "Bearer sitc-token"); status != http.StatusBadRequest {
		t.Errorf("status %d: %s", status, text)
	}
	if all := b.rejections(1); len(all) != 1 || all[0].Org != "sitc" {
		t.Errorf("REJECTED holds %+v", all)
	}
}

// A refused event is kept for 90 days, and counts for more than one that is taken.
func TestAnOrganisationThatSendsGarbageWaits(t *testing.T) {
	b := newBench(t, intake.Config{Door: door(), OrgRate: 1, MaxEvents: 30})
	garbage := strings.Repeat("x\n", 20)
	sitc := []string{"Authorization", "Bearer sitc-token"}
	if status, _, text := b.post("/events", "application/x-ndjson", garbage, sitc...); status != http.StatusBadRequest {
		t.Fatalf("status %d: %s", status, text)
	}
	status, header, text := b.post("/events", "application/x-ndjson", loaded("sitc", "a"), sitc...)
	wait, err := strconv.Atoi(header.Get("Retry-After"))
	if status != http.StatusTooManyRequests || err != nil || wait < 100 || wait > 200 {
		t.Errorf("status %d, Retry-After %q: %s", status, header.Get("Retry-After"), text)
	}
	if status, _, text := b.post("/events", "application/json", loaded("cosco", "c"), "Authorization", "Bearer operator-token"); status != http.StatusAccepted {
		t.Errorf("another one: status %d: %s", status, text)
	}
}

func TestAnOrganisationThatFloodsWaits(t *testing.T) {
	b := newBench(t, intake.Config{Door: door(), OrgRate: 1, MaxEvents: 10})
	batch := func(org, from string) string {
		var lines strings.Builder
		for i := range 10 {
			lines.WriteString(loaded(org, from+strconv.Itoa(i)) + "\n")
		}
		return lines.String()
	}
	sitc, operator := []string{"Authorization", "Bearer sitc-token"}, []string{"Authorization", "Bearer operator-token"}
	if status, _, text := b.post("/events", "application/x-ndjson", batch("sitc", "a"), sitc...); status != http.StatusAccepted {
		t.Fatalf("status %d: %s", status, text)
	}
	status, header, text := b.post("/events", "application/x-ndjson", batch("sitc", "b"), sitc...)
	wait, err := strconv.Atoi(header.Get("Retry-After"))
	if status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 10 {
		t.Errorf("status %d, Retry-After %q: %s", status, header.Get("Retry-After"), text)
	}
	if status, _, text := b.post("/events", "application/x-ndjson", batch("cosco", "c"), operator...); status != http.StatusAccepted {
		t.Errorf("another one: status %d: %s", status, text)
	}
}
