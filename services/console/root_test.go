package console_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/services/console"
)

func serve(t *testing.T, w console.Warehouse) (*console.Service, string) {
	t.Helper()
	config := console.Default()
	config.PlaceName = func(code string) string {
		return map[string]string{"CNCKG": "Chongqing", "SGSIN": "Singapore"}[code]
	}
	config.HSName = func(code string) string {
		return map[string]string{"870323": "motor cars and other passenger vehicles"}[code]
	}
	s := console.New(config, slog.New(slog.DiscardHandler), w, nil)
	mux := http.NewServeMux()
	s.Routes(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return s, server.URL
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

var tags = regexp.MustCompile(`<title>.*?</title>|<[^>]*>`)

// seen is the text a reader sees, its spaces made single.
func seen(page string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(tags.ReplaceAllString(page, " "), "\u202f", ",")), " ")
}

func contains(t *testing.T, text string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

func TestHomeShowsCountsAndCorridors(t *testing.T) {
	_, url := serve(t, fullShelf())
	response, page := get(t, url+"/")
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %d", response.StatusCode)
	}
	contains(t, seen(page),
		"Trade chains 2,000", "Events stored 60,412", "Waiting for a chain 12", "Rejected 3",
		"land-sea 812 1,630 184,220,911 10.9 days 9.1 h",
		"air 188 0 88,100,000 7.2 h 36 min",
		"asean-road 91 91 9,120,000 not known yet not known yet")
}

func TestFiguresOfManyChainsSayWhenTheyWereCounted(t *testing.T) {
	store := fullShelf()
	_, url := serve(t, store)
	for _, path := range []string{"/", "/corridors"} {
		if _, page := get(t, url+path); strings.Contains(seen(page), "Counted every few minutes, last on") {
			t.Errorf("%s counts as it is asked, and says otherwise", path)
		}
	}
	store.totals.AsOf = at(3, 0)
	for i := range store.corridors {
		store.corridors[i].AsOf = at(2, 0)
	}
	store.counted = at(2, 0)
	for _, path := range []string{"/", "/corridors"} {
		_, page := get(t, url+path)
		contains(t, seen(page), "Counted every few minutes, last on 3 Sep 2026 02:00")
	}
	for path, want := range map[string]string{"/api/v1/corridors": "2026-09-03T02:00:00Z", "/api/v1/overview": "2026-09-03T02:00:00Z", "/api/v1/counts": "2026-09-04T02:00:00Z"} {
		_, body := get(t, url+path)
		contains(t, body, `"as_of":"`+want+`"`)
	}
}

func TestEmptyHomeSaysWhatToDo(t *testing.T) {
	_, url := serve(t, &shelf{})
	_, page := get(t, url+"/")
	contains(t, seen(page), "No chain has been joined yet", "oneorder demo")
}

func TestTheOneOrderShowsTheLegsTheNumbersAndTheEvidence(t *testing.T) {
	_, url := serve(t, fullShelf())
	response, page := get(t, url+"/lookup?q=+SITU9070320+")
	if got := response.Request.URL.Path; got != "/chains/7ZK3Q9M2X4V8C1BN" {
		t.Errorf("a number of one chain leads to %s", got)
	}
	text := seen(page)
	contains(t, text,
		"Chongqing CNCKG → Singapore SGSIN", "in transit", "land-sea", "weight mismatch", "chain 7ZK3Q9M2X4V8C1BN", "10 events", "4 organisations",
		"Value 1,125,000 USD", "Gross weight 21,500 kg", "Packages 40", "HS code 870323 motor cars and other passenger vehicles",
		"departed 8 Sep 2026 rail CRCT X9530/20260907", "arrived 10 Sep 2026 departed 11 Sep 2026 sea SITC 9793911", "due 18 Sep 2026",
		"trade 75 % complete", "departed 11 Sep 2026", "finance 50 % complete",
		"21500 kg on the export declaration cn-broker · its event", "25500 kg on the bill sitc · its event",
		"overdue What the sides say is in events that are not shown here.",
		"invoice issued cq-motors 3 Sep 2026 04:00 870323 cars 40 21,500 1,125,000.5 USD FOB",
		"title issued 10 Sep 2026 10:00 by sitc · holder Chongqing Motors · on WAVE bill of lading SITGCKSG026001",
		"shipper Chongqing Motors CN uscc 91500000MA5U0X1234",
		"bill of lading SITGCKSG026001 SITC", "container SITU9070336",
		"3 Sep 2026 04:00 invoice issued – cq-motors names the invoice INV-26/001 , 2 steps from the document; known by order placed of cq-motors wide unclear JSON",
		"revision conflict link suspect JSON",
		"wide a number of it stands beside more than 64 others of one kind, so it joins nothing",
		"revision conflict two contents came under one revision",
		"conveyance arrived estimated 9793911 Singapore SGSIN sitc moved the vessel 9793911")
	for part, want := range map[string]int{`class="dot `: 20, `class="dot logistics open"`: 2, `class="stop `: 3, `class="stop ahead"`: 1, "way-moving": 1, `title="`: 17} {
		if got := strings.Count(page, part); got < want {
			t.Errorf("%s stands %d times on the page, want %d", part, got, want)
		}
	}
	if !strings.Contains(page, `title="a number of it has no issuer and several are known, so it counts as a number of its own">unclear<`) {
		t.Error("a remark on an event is not explained where it stands")
	}
	if _, body := get(t, url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN"); !strings.Contains(body, `"flags":["revision_conflict","link_suspect"]`) || !strings.Contains(body, `"flags":[]`) {
		t.Error("the remarks on the events are not in the JSON")
	}
	if !strings.Contains(page, `href="/lookup?q=INV-26%2f001"`) {
		t.Error("a number with a slash is not linked as one query value")
	}
	for _, e := range fullShelf().chains["SITU9070320"][0].Timeline {
		if got := strings.Count(page, `href="#e-`+e.Event.String()); got < 2 {
			t.Errorf("%d dots lead to event %s, want one on a wide and one on a narrow page", got, e.ID)
		}
	}
}

func TestANumberOfSeveralChainsLeadsToEach(t *testing.T) {
	_, url := serve(t, fullShelf())
	_, page := get(t, url+"/lookup?q=LC8841/26")
	contains(t, seen(page), "LC8841/26 belongs to 4 trade chains")
	if got := strings.Count(page, `href="/chains/7ZK3Q9M2X4V8C1BN"`); got != 4 {
		t.Errorf("%d chains shown, want 4", got)
	}
}

func TestAFormerIdLeadsToTheChain(t *testing.T) {
	store := fullShelf()
	store.chains["0000000000000000"] = store.chains["SITU9070320"]
	_, url := serve(t, store)
	response, _ := get(t, url+"/chains/0000000000000000")
	if got := response.Request.URL.Path; got != "/chains/7ZK3Q9M2X4V8C1BN" || response.StatusCode != http.StatusOK {
		t.Errorf("%s, %d", got, response.StatusCode)
	}
	if response, _ := get(t, url+"/chains/7ZZZZZZZZZZZZZZZ"); response.StatusCode != http.StatusNotFound {
		t.Errorf("no chain: %d", response.StatusCode)
	}
}

func TestTheLanguageIsTheBrowsersOrTheChosenOne(t *testing.T) {
	_, url := serve(t, fullShelf())
	for header, want := range map[string]string{"de, en;q=0.8": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans", "": "en", "*": "en"} {
		if _, page := get(t, url+"/", "Accept-Language", header); !strings.Contains(page, `<html lang="`+want+`">`) {
			t.Errorf("%q gives another language than %s", header, want)
		}
	}
	response, _ := get(t, url+"/language?to=zh-Hans&back=/lookup?q=1")
	if got := response.Request.URL.RequestURI(); got != "/lookup?q=1" {
		t.Errorf("back to %s", got)
	}
	if _, page := get(t, url+"/", "Cookie", "oneorder_language=zh-Hans"); !strings.Contains(page, `<html lang="zh-Hans">`) {
		t.Error("the chosen language is forgotten")
	}
	for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, "javascript:alert(1)", ""} {
		response, _ := get(t, url+"/language?to=en&back="+neturl.QueryEscape(back))
		if got := response.Request.URL.String(); got != url+"/" {
			t.Errorf("%q leads to %s", back, got)
		}
	}
}

func TestAnUnknownNumberIsSaidToBeUnknownAndEscaped(t *testing.T) {
	_, url := serve(t, fullShelf())
	response, page := get(t, url+"/lookup?q=%3Cscript%3Ealert(1)%3C/script%3E")
	if response.StatusCode != http.StatusOK || strings.Contains(page, "<script>") {
		t.Errorf("status %d, page %s", response.StatusCode, page)
	}
	contains(t, page, "Nothing is known under", "&lt;script&gt;")
}

func TestLookupWithoutNumberGoesHomeAndTooLongIsRefused(t *testing.T) {
	_, url := serve(t, fullShelf())
	response, _ := get(t, url+"/lookup?q=%20")
	if response.Request.URL.Path != "/" {
		t.Errorf("went to %s", response.Request.URL)
	}
	response, _ = get(t, url+"/lookup?q="+strings.Repeat("9", 513))
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", response.StatusCode)
	}
}

func TestJSONTwins(t *testing.T) {
	store := fullShelf()
	_, url := serve(t, store)

	var found console.Found
	decode(t, url+"/api/v1/lookup?q=SITU9070320", &found)
	if len(found.Chains) != 1 {
		t.Fatalf("found %+v", found)
	}
	chain := found.Chains[0]
	departed := at(10, 3)
	if diff := cmp.Diff(console.Milestone{Name: "departed", Leg: "logistics", At: &departed}, chain.Milestones[trade.Departed]); diff != "" {
		t.Errorf("milestone (-want +got):\n%s", diff)
	}
	invoice := store.chains["SITU9070320"][0].Timeline[3]
	if diff := cmp.Diff(console.Entry{
		At: at(2, 2), Type: "trade.invoice.issued", Leg: "trade", Classifier: "ACT", Org: "cq-motors",
		Rule: "reference", Via: "invoice:INV-26/001", Steps: 2, Event: invoice.Event.String(), By: invoice.By.String(), ID: invoice.ID, Flags: []string{"wide", "unclear"},
	}, chain.Timeline[3]); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"rail", "sea"}, chain.Modes); diff != "" {
		t.Errorf("modes (-want +got):\n%s", diff)
	}
	for _, m := range chain.Milestones {
		if m.Leg == "" {
			t.Errorf("milestone %s belongs to no leg", m.Name)
		}
	}

	var corridors struct {
		Corridors []console.Corridor `json:"corridors"`
	}
	decode(t, url+"/api/v1/corridors", &corridors)
	clearance, transit := 9.1, 262.4
	if diff := cmp.Diff(console.Corridor{
		ID: "land-sea", Chains: 812, Containers: 1630, ValueUSD: "184220911.25", TransitHours: &transit, ClearanceHours: &clearance,
	}, corridors.Corridors[0]); diff != "" {
		t.Errorf("corridor (-want +got):\n%s", diff)
	}
	var counts console.Counts
	decode(t, url+"/api/v1/counts", &counts)
	if diff := cmp.Diff(console.Counts{Chains: 2000, Events: 60412, Unattributed: 12, Rejected: 3}, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if _, body := get(t, url+"/api/v1/lookup?q=nothing"); body != `{"number":"nothing","chains":[]}`+"\n" {
		t.Errorf("an unknown number gives %s", body)
	}
	if response, _ := get(t, url+"/api/v1/lookup"); response.StatusCode != http.StatusBadRequest {
		t.Errorf("no number gives %d", response.StatusCode)
	}
}

func decode(t *testing.T, url string, into any) {
	t.Helper()
	response, body := get(t, url)
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %d %s", url, response.StatusCode, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatal(err)
	}
}

func TestAnAbsentWarehouseIsToldPlainlyAndInHealth(t *testing.T) {
	store := fullShelf()
	store.away = errors.New("dial tcp 127.0.0.1:9000: connection refused")
	s, url := serve(t, store)
	if err := s.Health(); err != nil {
		t.Fatalf("before anything was asked: %v", err)
	}
	for _, path := range []string{"/", "/lookup?q=1"} {
		response, page := get(t, url+path)
		if response.StatusCode != http.StatusServiceUnavailable || strings.Contains(page, "127.0.0.1") {
			t.Errorf("%s: %d %s", path, response.StatusCode, page)
		}
		contains(t, page, "The warehouse does not answer")
	}
	if response, _ := get(t, url+"/api/v1/corridors"); response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("JSON: %d", response.StatusCode)
	}
	if err := s.Health(); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("health says %v", err)
	}
	store.away = nil
	get(t, url+"/")
	if err := s.Health(); err != nil {
		t.Errorf("health after an answer: %v", err)
	}
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	_, url := serve(t, fullShelf())
	for _, path := range []string{"/", "/lookup?q=SITU9070320"} {
		response, page := get(t, url+path)
		policy := response.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for _, forbidden := range []string{"http://", "https://", "<script>", "style=", "onclick", "<style"} {
			if strings.Contains(page, forbidden) {
				t.Errorf("%s holds %q", path, forbidden)
			}
		}
		if size := len(page) + sheetAndScript(t, url); size > 300<<10 {
			t.Errorf("%s weighs %d bytes with its sheet and script", path, size)
		}
	}
	response, _ := get(t, url+"/console.css")
	if again, _ := get(t, url+"/console.css", "If-None-Match", response.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the sheet is sent again: %d", again.StatusCode)
	}
}

func sheetAndScript(t *testing.T, url string) int {
	t.Helper()
	size := 0
	for _, name := range []string{"/console.css", "/console.js", "/console.svg"} {
		_, body := get(t, url+name)
		size += len(body)
	}
	return size
}

func TestAnEventIsGivenAsItWasPublished(t *testing.T) {
	store := fullShelf()
	_, url := serve(t, store)
	invoice := store.chains["SITU9070320"][0].Timeline[3].Event
	_, body := get(t, url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN/events/"+invoice.String())
	if body != string(store.payloads[invoice]) {
		t.Errorf("got %s", body)
	}
	for _, path := range []string{"/chains/7ZK3Q9M2X4V8C1BN/events/nothing", "/chains/7ZZZZZZZZZZZZZZZ/events/" + invoice.String(), "/chains/7ZZZZZZZZZZZZZZZ"} {
		if response, _ := get(t, url+"/api/v1"+path); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
	var order console.Order
	decode(t, url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN", &order)
	want := console.Contradiction{Code: "weight_mismatch", Severity: "warning", Sides: []console.Side{
		{Says: "21500 kg on the export declaration", Org: "cn-broker", Event: store.chains["SITU9070320"][0].Timeline[5].Event.String()},
		{Says: "25500 kg on the bill", Org: "sitc", Event: store.chains["SITU9070320"][0].Timeline[7].Event.String()},
	}}
	if diff := cmp.Diff([]console.Contradiction{want, {Code: "overdue", Sides: []console.Side{}}}, order.Contradictions); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
	if got := []int{len(order.Statements), len(order.TitleSteps), len(order.Movements)}; !cmp.Equal(got, []int{3, 1, 2}) {
		t.Errorf("statements, steps of the title and movements: %v", got)
	}
	papers := []console.Paper{
		{At: at(8, 6), Act: "recognised", Org: "sgcustoms", Event: want.Sides[0].Event, Kind: "certificate_of_origin", Number: "E26/1", Digest: "sha256:0f", Match: "digest"},
		{At: at(8, 9), Act: "refused", Org: "dbs", Event: want.Sides[1].Event, Kind: "bl", Number: "SITGCKSG026001", Match: "number"},
	}
	if diff := cmp.Diff(papers, order.Papers); diff != "" {
		t.Errorf("recognition (-want +got):\n%s", diff)
	}
	_, page := get(t, url+"/chains/7ZK3Q9M2X4V8C1BN")
	contains(t, seen(page), "Papers, and who recognises them", "recognised certificate of origin E26/1 sgcustoms 9 Sep 2026 08:00 by the digest that others report sha256:0f",
		"refused bill of lading SITGCKSG026001 dbs 9 Sep 2026 11:00 by the number that others name")
}

func TestNumbersAreOfferedWhileSomebodyTypes(t *testing.T) {
	_, url := serve(t, fullShelf())
	var offered console.Suggested
	decode(t, url+"/api/v1/suggest?q=SITU", &offered)
	want := []console.Suggestion{{Number: console.Number{Kind: "container", Value: "SITU9070320"}, Label: "container", Chains: 1}}
	if diff := cmp.Diff(want, offered.Suggestions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCorridorsAndWhatWaits(t *testing.T) {
	_, url := serve(t, fullShelf())
	_, page := get(t, url+"/corridors")
	contains(t, seen(page), "land-sea 812 chains", "Departures by week, 25 May 2026 – 7 Sep 2026", "On time 90 %", "By the first plan, 75 % were on time.", "Complete 91 %", "Transit 10.9 days half within, nine of ten within 12.5 days",
		"Import clearance not known yet", "25 % of the chains have a finding: weight mismatch 200", "other 1 chain")
	_, page = get(t, url+"/waiting")
	contains(t, seen(page), "Stuck chains 1", "7ZK3Q9M2X4V8C1BN CNCKG → SGSIN arrived after departed the carrier 16.7 days land-sea",
		"Events of no chain yet 1", "invoice issued 3 Sep 2026 04:00 cq-motors invoice INV-26/001 1 Sep 2026 02:00")
}

func TestConfigMustWait(t *testing.T) {
	if err := console.Default().Validate(); err != nil {
		t.Error(err)
	}
	if err := (console.Config{AnswerWithin: -time.Second}).Validate(); err == nil {
		t.Error("a negative wait is taken")
	}
}
