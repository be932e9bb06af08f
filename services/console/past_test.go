package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"oneorder/internal/warehouse"
	"oneorder/services/console"
)

func TestTheOrderAsItWasKnown(t *testing.T) {
	_, url := serve(t, fullShelf())
	chain := url + "/chains/7ZK3Q9M2X4V8C1BN"

	_, now := get(t, chain)
	contains(t, seen(now), "10 events", "title transferred", "As it was known on", "known since 1 Sep 2026 03:00 earlier")
	if strings.Contains(now, "This is the record") || !strings.Contains(now, `max="9" step="1" value="9"`) {
		t.Error("the record of now is shown as one of the past")
	}

	response, past := get(t, chain+"?as_of=2026-09-06T03:00:00Z")
	text := seen(past)
	contains(t, text, "6 events", "title none", "This is the record as it was known on 6 Sep 2026 03:00:00 UTC", "earlier later Now")
	if response.StatusCode != http.StatusOK || strings.Contains(text, "goods cleared") || strings.Contains(text, "weight mismatch") || !strings.Contains(past, `value="6"`) {
		t.Errorf("%d: the page shows what came later:\n%s", response.StatusCode, text)
	}
	// A day means its end.
	if _, day := get(t, chain+"?as_of=2026-09-06"); !strings.Contains(seen(day), "6 events") {
		t.Errorf("of a day: %s", seen(day))
	}
	// What the page leads to is of that time as well.
	contains(t, past, `/api/v1/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-09-06T03%3A00%3A00.000Z"`)

	if _, before := get(t, chain+"?as_of=2026-08-31"); !strings.Contains(seen(before), "Nothing was known of it yet on 31 Aug 2026 23:59:59 UTC") {
		t.Errorf("before it was known: %s", seen(before))
	}
	// The form without a script says which change; the address then says when.
	for change, want := range map[string]string{
		"2": "/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-09-02T06%3A00%3A00.000Z", "9": "/chains/7ZK3Q9M2X4V8C1BN", "900": "/chains/7ZK3Q9M2X4V8C1BN", "-1": "/chains/7ZK3Q9M2X4V8C1BN",
	} {
		response, _ := ask(t, http.DefaultClient, http.MethodGet, chain+"?change="+change, "")
		if got := response.Header.Get("Location"); response.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("change %s leads to %q, want %q", change, got, want)
		}
	}
	for _, bad := range []string{"yesterday", "2026-13-01", "99999-01-01T00:00:00Z", "<script>"} {
		response, page := get(t, chain+"?as_of="+strings.ReplaceAll(bad, "<", "%3C"))
		if response.StatusCode != http.StatusBadRequest || !strings.Contains(page, "A time is written as") {
			t.Errorf("%s: %d", bad, response.StatusCode)
		}
		if response, _ := get(t, url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN?as_of="+strings.ReplaceAll(bad, "<", "%3C")); response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s as JSON: %d", bad, response.StatusCode)
		}
	}
	if response, _ := get(t, url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-08-31"); response.StatusCode != http.StatusNotFound {
		t.Errorf("JSON before it was known: %d", response.StatusCode)
	}
}

// Who took no part yet does not see what was known then: as in the warehouse itself.
func TestThePastOfAnotherIsNotSeen(t *testing.T) {
	store := fullShelf()
	p := run(t, store, tokens())
	bearer := []string{"Authorization", "Bearer " + psaToken}
	for _, path := range []string{"/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-09-06", "/api/v1/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-09-06"} {
		if response, body := ask(t, http.DefaultClient, http.MethodGet, p.url+path, "", bearer...); response.StatusCode != http.StatusNotFound || strings.Contains(body, "Chongqing") {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
}

// A chain that is no more (it went up in another, or all that made it was taken back) is shown as it was; asked for now it leads to where its
// id leads.
func TestAChainThatIsNoMoreIsShownAsItWas(t *testing.T) {
	store := fullShelf()
	chain := store.chains["7ZK3Q9M2X4V8C1BN"][0]
	chain.LastEvent = time.Date(2026, 9, 20, 3, 0, 0, 0, time.UTC)
	merged, ended := chain, chain
	merged.ID, ended.ID, ended.Orgs = "1MERGED1MERGED11", "2ENDED2ENDED2END", []string{"sitc"}
	store.chains[merged.ID] = store.chains["7ZK3Q9M2X4V8C1BN"]
	store.gone = map[string]warehouse.ChainView{merged.ID: merged, ended.ID: ended}
	p := run(t, store, tokens())
	operator := []string{"Authorization", "Bearer " + operatorToken}
	last := "?as_of=" + url.QueryEscape(chain.LastEvent.UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, id := range []string{merged.ID, ended.ID} {
		response, page := ask(t, client, http.MethodGet, p.url+"/chains/"+id+last, "", operator...)
		text := seen(page)
		if response.StatusCode != http.StatusOK || !strings.Contains(text, "This is the record as it was known on") || !strings.Contains(text, "There is no chain of this id any more.") ||
			!strings.Contains(text, "10 events") || !strings.Contains(page, "data-gone") {
			t.Errorf("%s: %d\n%s", id, response.StatusCode, text)
		}
		if response, body := ask(t, client, http.MethodGet, p.url+"/api/v1/chains/"+id+last, "", operator...); response.StatusCode != http.StatusOK || !strings.Contains(body, `{"id":"`+id+`"`) {
			t.Errorf("%s as JSON: %d %.200s", id, response.StatusCode, body)
		}
		for key := range store.payloads {
			if response, body := ask(t, client, http.MethodGet, p.url+"/api/v1/chains/"+id+"/events/"+key.String()+last, "", operator...); response.StatusCode != http.StatusOK {
				t.Errorf("an event of %s: %d %.200s", id, response.StatusCode, body)
			}
		}
		// Its only change is not that of now; without a script the form leads there as well.
		if response, _ := ask(t, client, http.MethodGet, p.url+"/chains/"+id+last+"&change=1", "", operator...); response.Header.Get("Location") != "/chains/"+id+last {
			t.Errorf("the change of %s leads to %q", id, response.Header.Get("Location"))
		}
	}
	// Of a later time it is what its id leads to now.
	const later = "?as_of=2026-12-01T00%3A00%3A00.000Z"
	if response, _ := ask(t, client, http.MethodGet, p.url+"/chains/"+merged.ID+later, "", operator...); response.Header.Get("Location") != "/chains/7ZK3Q9M2X4V8C1BN"+later {
		t.Errorf("%s later leads to %q", merged.ID, response.Header.Get("Location"))
	}
	for _, path := range []string{ended.ID + later, ended.ID} {
		if response, _ := ask(t, client, http.MethodGet, p.url+"/chains/"+path, "", operator...); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
	// Who took no part does not see what was.
	if response, body := ask(t, client, http.MethodGet, p.url+"/chains/"+ended.ID+last, "", "Authorization", "Bearer "+psaToken); response.StatusCode != http.StatusNotFound || strings.Contains(body, "Chongqing") {
		t.Errorf("for another: %d", response.StatusCode)
	}
}

var _ console.Warehouse = (*shelf)(nil)
