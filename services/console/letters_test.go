package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/services/console"
)

func number(n uint64) string { return strconv.FormatUint(n, 10) }

const (
	bad    = `{"specversion":"1.0","id":"e1","source":"urn:oneorder:org:sitc","type":"logistics.equipment.loaded","time":"yesterday","data":{"equipment":[{"kind":"container","number":"SITU9070320"}],"references":[{"kind":"bl","value":"SITGCKSG026001"}]}}`
	mended = `{"specversion":"1.0","id":"e1","source":"urn:oneorder:org:sitc","type":"logistics.equipment.loaded","time":"2026-09-11T08:15:00Z","data":{"classifier":"ACT","equipment":[{"kind":"container","number":"SITU9070320"}],"references":[{"kind":"bl","value":"SITGCKSG026001"}]}}`
)

func TestALetterIsMendedSentAgainAndResolved(t *testing.T) {
	p := run(t, fullShelf(), console.Door{})
	id := reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", bad)
	post := func(path string, form url.Values) (int, string) {
		response, body := ask(t, http.DefaultClient, http.MethodPost, p.url+path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		return response.StatusCode, body
	}
	_, page := ask(t, http.DefaultClient, http.MethodGet, p.url+"/rejected/"+id, "")
	contains(t, seen(page), "time_malformed", "RFC 3339 date and time", "at /time , found &#34;yesterday&#34;", "Send again")

	// What is still wrong is said before it is sent, that it is not what its subject says too.
	for _, foreign := range []string{strings.Replace(mended, "org:sitc", "org:psa", 1), strings.Replace(mended, "equipment.loaded", "equipment.discharged", 1)} {
		if status, page := post("/rejected/"+id+"/retry", url.Values{"text": {foreign}}); status != http.StatusUnprocessableEntity {
			t.Errorf("%d %s", status, page)
		}
	}
	status, page := post("/rejected/"+id+"/retry", url.Values{"text": {strings.ReplaceAll(bad, `,"data"`, ",\r\n\"data\"")}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "It would be refused again") {
		t.Errorf("%d %s", status, page)
	}
	status, page = post("/rejected/"+id+"/retry", url.Values{"text": {mended}})
	if status != http.StatusOK || !strings.Contains(seen(page), "Sent again as events.sitc.logistics.equipment.loaded 1") {
		t.Errorf("%d %s", status, seen(page))
	}
	streams, err := p.conn.Streams(t.Context())
	if err != nil || streams[1].Messages != 1 {
		t.Errorf("EVENTS holds %+v, %v", streams, err)
	}
	var open, all console.Letters
	decode(t, p.url+"/api/v1/rejected", &open)
	decode(t, p.url+"/api/v1/rejected?resolved=1", &all)
	if open.Total != 0 || all.Total != 1 || all.Letters[0].By != "events.sitc.logistics.equipment.loaded 1" {
		t.Errorf("open %+v, all %+v", open, all)
	}
}

func TestLettersAreFilteredAndDoneWithInBulk(t *testing.T) {
	p := run(t, fullShelf(), console.Door{})
	for i := range 5 {
		reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", strings.Replace(mended, "e1", "e"+strconv.Itoa(i), 1))
	}
	last := reject(t, p.conn, "psa", "events.psa.logistics.equipment.loaded", bad)
	_, page := ask(t, http.DefaultClient, http.MethodGet, p.url+"/rejected/bulk?act=retry&org=sitc&days=7", "")
	contains(t, seen(page), "Send 5 messages again?")
	if strings.Contains(page, "events.psa.") || !strings.Contains(page, `name="to" value="5"`) {
		t.Errorf("the preview shows %s", page)
	}
	// What came after the preview is left alone.
	late := reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", strings.Replace(mended, "e1", "late", 1))
	_, page = ask(t, http.DefaultClient, http.MethodPost, p.url+"/rejected/bulk", "act=retry&org=sitc&days=7&to=5", "Content-Type", "application/x-www-form-urlencoded")
	contains(t, seen(page), "5 messages were sent again")
	// The preview counts what would be done something to, also beside a list that shows what is resolved.
	_, page = ask(t, http.DefaultClient, http.MethodGet, p.url+"/rejected/bulk?act=retry&org=sitc&days=7&resolved=1", "")
	contains(t, seen(page), "Send 1 messages again?")
	var open console.Letters
	decode(t, p.url+"/api/v1/rejected", &open)
	var left []string
	for _, l := range open.Letters {
		left = append(left, number(l.ID))
	}
	if diff := cmp.Diff([]string{late, last}, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	_, page = ask(t, http.DefaultClient, http.MethodPost, p.url+"/rejected/bulk", "act=resolve&code=time_malformed&to=99", "Content-Type", "application/x-www-form-urlencoded")
	contains(t, seen(page), "2 messages were set aside")
	if streams, err := p.conn.Streams(t.Context()); err != nil || streams[1].Messages != 5 {
		t.Errorf("EVENTS holds %+v, %v", streams, err)
	}
	if response, _ := ask(t, http.DefaultClient, http.MethodPost, p.url+"/rejected/bulk", "act=resolve", "Content-Type", "application/x-www-form-urlencoded"); response.StatusCode != http.StatusBadRequest {
		t.Errorf("a form without an end: %d", response.StatusCode)
	}
}
