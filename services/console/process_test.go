package console_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/services/console"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// process is a console as a process runs it, behind the guards of the shell, on a broker of its own.
type process struct {
	conn *stream.Conn
	url  string
	stop context.CancelFunc
}

// run starts a console over a shelf. Nothing of it is left after the test.
func run(t *testing.T, store console.Warehouse, door console.Door) *process {
	t.Helper()
	conn, err := stream.Connect(t.Context(), stream.Config{URL: embeddedtest.Broker(t), Name: "console"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := conn.Ensure(t.Context(), stream.Settings{}); err != nil {
		t.Fatal(err)
	}
	config := console.Default()
	config.Door = door
	c := console.New(config, slog.New(slog.DiscardHandler), store, conn)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	listening, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- service.Run(ctx, service.Shell{
			Listener: listener, Token: "the token that intake asks for", Intake: []service.Component{c}, Started: func(address string) { listening <- address },
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the console ended with %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return &process{conn: conn, url: "http://" + <-listening, stop: stop}
}

// ask makes a request and reads its answer. Redirects are not followed.
func ask(t *testing.T, client *http.Client, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			request.Host = header[i+1]
		}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := own.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

const (
	operatorToken = "the operator's own token"
	viewerToken   = "the viewer's own token"
	sitcToken     = "the token of sitc"
	psaToken      = "the token of psa"
	form          = "application/x-www-form-urlencoded"
)

func tokens() console.Door {
	return console.Door{
		Token: operatorToken, Viewer: viewerToken,
		Org: func(token string) (string, bool) {
			org, ok := map[string]string{sitcToken: "sitc", psaToken: "psa"}[token]
			return org, ok
		},
		Registered: func() bool { return true },
	}
}

// routes are all the ways to something that is of somebody, with what each role gets.
var routes = []struct {
	method, path             string
	nobody, member, watching int // an operator is let in everywhere
}{
	{"GET", "/", 303, 200, 200},
	{"GET", "/lookup?q=SITU9070320", 303, 303, 303},
	{"GET", "/chains/7ZK3Q9M2X4V8C1BN", 303, 200, 200},
	{"GET", "/operations", 303, 403, 200},
	{"GET", "/corridors", 303, 403, 200},
	{"GET", "/waiting", 303, 200, 200},
	{"GET", "/api/v1/overview", 401, 403, 200},
	{"GET", "/api/v1/waiting", 401, 200, 200},
	{"GET", "/live", 303, 403, 0},
	{"GET", "/rejected", 303, 200, 200},
	{"GET", "/rejected/1", 303, 200, 200},
	{"GET", "/rejected/bulk", 303, 200, 403},
	{"POST", "/rejected/bulk", 303, 400, 403},
	{"POST", "/rejected/1/retry", 303, 422, 403},
	{"POST", "/rejected/1/resolve", 303, 200, 403},
	{"GET", "/api/v1/lookup?q=SITU9070320", 401, 200, 200},
	{"GET", "/api/v1/suggest?q=SITU", 401, 200, 200},
	{"GET", "/api/v1/chains/7ZK3Q9M2X4V8C1BN", 401, 200, 200},
	{"GET", "/api/v1/corridors", 401, 403, 200},
	{"GET", "/api/v1/counts", 401, 403, 200},
	{"GET", "/api/v1/operations", 401, 403, 200},
	{"GET", "/api/v1/rejected", 401, 200, 200},
	{"GET", "/api/v1/rejected/1", 401, 200, 200},
	{"POST", "/api/v1/rejected/1/retry", 401, 422, 403},
	{"POST", "/api/v1/rejected/1/resolve", 401, 200, 403},
	{"POST", "/operations/readers/archive/pause", 303, 403, 403},
	{"POST", "/operations/readers/archive/resume", 303, 403, 403},
	{"POST", "/api/v1/readers/archive/pause", 401, 403, 403},
	{"POST", "/api/v1/readers/archive/resume", 401, 403, 403},
}

func TestEachRoleGetsWhatIsItsOwn(t *testing.T) {
	p := run(t, fullShelf(), tokens())
	reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", `{"specversion":"1.0"}`)
	browsers := map[string]*http.Client{"": {}, sitcToken: signedIn(t, p, sitcToken), viewerToken: signedIn(t, p, viewerToken)}
	for _, route := range routes {
		for token, want := range map[string]int{"": route.nobody, sitcToken: route.member, viewerToken: route.watching, "a token of nobody": 401} {
			if want == 0 {
				continue
			}
			client := browsers[""]
			header := []string{"Content-Type", form}
			if token == "a token of nobody" || token != "" && strings.HasPrefix(route.path, "/api/") {
				header = append(header, "Authorization", "Bearer "+token)
			} else if token != "" {
				client = browsers[token]
			}
			response, body := ask(t, client, route.method, p.url+route.path, "", header...)
			if token == "a token of nobody" && response.StatusCode == http.StatusTooManyRequests {
				continue // it was tried too often by then, which is as it should be
			}
			if response.StatusCode != want {
				t.Errorf("%s %s with %q: %d, want %d: %.300s", route.method, route.path, token, response.StatusCode, want, body)
			}
			if response.StatusCode == http.StatusSeeOther && token == "" && !strings.HasPrefix(response.Header.Get("Location"), "/sign-in?back=%2F") {
				t.Errorf("%s leads to %s", route.path, response.Header.Get("Location"))
			}
		}
	}
}

// What is described for programs is among the routes that are tried.
func TestEveryRouteIsTriedInEachRole(t *testing.T) {
	tried := map[string]bool{}
	for _, r := range routes {
		path, _, _ := strings.Cut(r.path, "?")
		tried[r.method+" "+path] = true
	}
	filled := strings.NewReplacer("{name}", "archive", "/chains/{id}", "/chains/7ZK3Q9M2X4V8C1BN", "{id}", "1")
	for _, o := range operations {
		path, _, _ := strings.Cut(filled.Replace(o.path), "/events/") // an event is tried with its chain
		if !tried[o.method+" "+path] {
			t.Errorf("%s %s is in no row of routes", o.method, o.path)
		}
	}
}

// signedIn is a browser that has signed in with the token.
func signedIn(t *testing.T, p *process, token string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	response, body := ask(t, client, http.MethodPost, p.url+"/sign-in", url.Values{"token": {token}, "back": {"/lookup?q=1"}}.Encode(), "Content-Type", form)
	if response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != "/lookup?q=1" {
		t.Fatalf("sign in: %d %s", response.StatusCode, body)
	}
	cookie := response.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || strings.Contains(cookie.Value, token) {
		t.Errorf("the cookie %+v", cookie)
	}
	return client
}

func TestAnOrganisationSeesNothingOfAnothersChains(t *testing.T) {
	store := fullShelf() // of cq-rail, sitc, sg-customs and dbs
	p := run(t, store, tokens())
	id := reject(t, p.conn, "sitc", "events.sitc.trade.link.asserted", "the payload of sitc")
	theirs := reject(t, p.conn, "psa", "events.psa.logistics.equipment.loaded", "the payload of psa")
	event := store.chains["SITU9070320"][0].Timeline[3].Event.String()
	var paths []string
	for _, number := range []string{"SITU9070320", "LC8841/26", "7ZK3Q9M2X4V8C1BN"} {
		paths = append(paths, "/lookup?q="+number, "/api/v1/lookup?q="+number, "/api/v1/suggest?q="+number, "/chains/"+url.PathEscape(number), "/api/v1/chains/"+url.PathEscape(number))
	}
	paths = append(paths, "/api/v1/chains/7ZK3Q9M2X4V8C1BN/events/"+event, "/rejected", "/rejected?org=sitc", "/api/v1/rejected?org=sitc", "/rejected/bulk?act=retry&org=sitc",
		"/rejected/"+id, "/api/v1/rejected/"+id, "/", "/operations", "/api/v1/operations", "/api/v1/counts", "/api/v1/corridors", "/corridors", "/api/v1/overview", "/waiting", "/api/v1/waiting", "/live")
	for _, path := range paths {
		_, body := ask(t, http.DefaultClient, http.MethodGet, p.url+path, "", "Authorization", "Bearer "+psaToken)
		for _, secret := range []string{"land-sea", "SITGCKSG026001", "CNCKG", "1125000", "cq-motors", "the payload of sitc", "events.sitc.", "60412", "2000"} {
			if strings.Contains(body, secret) {
				t.Errorf("psa reads %q at %s: %.500s", secret, path, body)
			}
		}
	}
	for _, act := range []string{"retry", "resolve"} {
		if response, body := ask(t, http.DefaultClient, http.MethodPost, p.url+"/api/v1/rejected/"+id+"/"+act, "", "Authorization", "Bearer "+psaToken); response.StatusCode != http.StatusNotFound {
			t.Errorf("psa may %s what sitc got refused: %d %s", act, response.StatusCode, body)
		}
	}
	// Of its own chain an organisation sees the record, and the content of its own events only.
	response, body := ask(t, http.DefaultClient, http.MethodGet, p.url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN", "", "Authorization", "Bearer "+sitcToken)
	if response.StatusCode != http.StatusOK || strings.Contains(body, "cars") || strings.Contains(body, "on the export declaration") || !strings.Contains(body, `"org":"sitc","event_key"`) {
		t.Errorf("sitc reads %d %s", response.StatusCode, body)
	}
	if response, body := ask(t, http.DefaultClient, http.MethodGet, p.url+"/api/v1/chains/7ZK3Q9M2X4V8C1BN/events/"+event, "", "Authorization", "Bearer "+sitcToken); response.StatusCode != http.StatusNotFound {
		t.Errorf("sitc reads the invoice of cq-motors: %d %s", response.StatusCode, body)
	}
	// What links numbers by hand is the operator's to say, by this way as well: the console publishes with the rights of a service.
	if response, body := ask(t, http.DefaultClient, http.MethodPost, p.url+"/api/v1/rejected/"+id+"/retry", linkEvent, "Authorization", "Bearer "+sitcToken); response.StatusCode != http.StatusForbidden {
		t.Errorf("sitc links numbers by hand: %d %s", response.StatusCode, body)
	}
	if response, body := ask(t, http.DefaultClient, http.MethodPost, p.url+"/api/v1/rejected/"+theirs+"/resolve", "", "Authorization", "Bearer "+psaToken); response.StatusCode != http.StatusOK {
		t.Errorf("psa cannot resolve its own: %d %s", response.StatusCode, body)
	}
}

const linkEvent = `{"specversion":"1.0","id":"x","source":"urn:oneorder:org:sitc","type":"trade.link.asserted","time":"2026-09-11T08:15:00Z","data":{"references":[{"kind":"bl","value":"A1"},{"kind":"bl","value":"B2"}]}}`

func TestATokenThatIsTakenAwayEndsItsSession(t *testing.T) {
	door, gone := tokens(), false
	known := door.Org
	door.Org = func(token string) (string, bool) {
		if gone {
			return "", false
		}
		return known(token)
	}
	p := run(t, fullShelf(), door)
	client := signedIn(t, p, sitcToken)
	if response, _ := ask(t, client, http.MethodGet, p.url+"/rejected", ""); response.StatusCode != http.StatusOK {
		t.Errorf("signed in: %d", response.StatusCode)
	}
	gone = true
	if response, _ := ask(t, client, http.MethodGet, p.url+"/rejected", ""); response.StatusCode != http.StatusSeeOther {
		t.Errorf("with a token that was taken away: %d", response.StatusCode)
	}
	gone = false
	if response, _ := ask(t, client, http.MethodPost, p.url+"/sign-out", ""); response.StatusCode != http.StatusSeeOther {
		t.Errorf("sign out: %d", response.StatusCode)
	}
	if response, _ := ask(t, client, http.MethodGet, p.url+"/rejected", ""); response.StatusCode != http.StatusSeeOther {
		t.Errorf("signed out: %d", response.StatusCode)
	}
}

func TestForeignPagesAndReboundNamesGetNowhere(t *testing.T) {
	p := run(t, fullShelf(), console.Door{})
	id := reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", "{}")
	for name, header := range map[string][]string{
		"a form of another site":       {"Sec-Fetch-Site", "cross-site"},
		"one of a browser of long ago": {"Origin", "https://elsewhere.example"},
		"one of a sandboxed frame":     {"Origin", "null"},
		"a name rebound to this host":  {"Host", "elsewhere.example"},
	} {
		for _, path := range []string{"/rejected/" + id + "/resolve", "/api/v1/rejected/" + id + "/resolve", "/rejected/bulk", "/operations/readers/archive/pause", "/api/v1/readers/archive/resume", "/sign-in", "/sign-out"} {
			response, body := ask(t, http.DefaultClient, http.MethodPost, p.url+path, "", append(header, "Content-Type", form)...)
			if response.StatusCode != http.StatusForbidden && response.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("%s: %s gives %d %.200s", name, path, response.StatusCode, body)
			}
		}
	}
	if response, _ := ask(t, http.DefaultClient, http.MethodGet, p.url+"/", "", "Host", "elsewhere.example"); response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("the page under a rebound name: %d", response.StatusCode)
	}
}

func TestBeyondLoopbackSomebodyMustHaveAToken(t *testing.T) {
	open := console.New(console.Default(), slog.New(slog.DiscardHandler), fullShelf(), nil)
	if err := open.Admit(true); err != nil {
		t.Error(err)
	}
	if err := open.Admit(false); err == nil || !strings.Contains(err.Error(), "ONEORDER_HTTP_TOKEN") {
		t.Errorf("beyond loopback anybody may look: %v", err)
	}
	config := console.Default()
	config.Door = tokens()
	if err := console.New(config, slog.New(slog.DiscardHandler), fullShelf(), nil).Admit(false); err != nil {
		t.Error(err)
	}
}

func TestHostileRequests(t *testing.T) {
	p := run(t, fullShelf(), console.Door{})
	reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", `{"id":"</textarea><script>alert(1)</script>"}`)
	for _, path := range []string{
		"/../../etc/passwd", "/console.css/../../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/static/console.css", "/templates/home.html",
		"/chains/..%2f..%2fapi%2fv1%2fcounts", "/api/v1/chains/%00", "/rejected/..", "/rejected/0", "/rejected/-1", "/rejected/99999999999999999999", "/rejected/1%20or%201=1",
	} {
		response, body := ask(t, http.DefaultClient, http.MethodGet, p.url+path, "")
		if response.StatusCode == http.StatusOK || response.StatusCode >= 500 || strings.Contains(body, "root:") {
			t.Errorf("%s: %d %.200s", path, response.StatusCode, body)
		}
	}
	const script = "<script>alert(1)</script>"
	for _, path := range []string{
		"/lookup?q=", "/chains/", "/rejected?org=", "/rejected?code=", "/rejected/bulk?act=retry&code=", "/sign-in?back=", "/api/v1/lookup?q=", "/rejected?days=",
	} {
		response, body := ask(t, http.DefaultClient, http.MethodGet, p.url+path+url.QueryEscape(script), "")
		html := strings.HasPrefix(response.Header.Get("Content-Type"), "text/html")
		if html && strings.Contains(body, script) || response.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s %.300s", path, response.Header.Get("Content-Type"), body)
		}
	}
	if _, body := ask(t, http.DefaultClient, http.MethodGet, p.url+"/rejected/1", ""); strings.Contains(body, "</textarea><script>") {
		t.Error("a refused message breaks out of the page that shows it")
	}
	large := strings.Repeat("a", 3<<20)
	for path, body := range map[string]string{
		"/rejected/1/retry": "text=" + large, "/rejected/bulk": "act=retry&to=1&code=" + large, "/sign-in": "token=" + large, "/api/v1/rejected/1/retry": large,
	} {
		if response, answer := ask(t, http.DefaultClient, http.MethodPost, p.url+path, body, "Content-Type", form); response.StatusCode < 400 || response.StatusCode >= 500 {
			t.Errorf("%s takes 3 MiB: %d %.200s", path, response.StatusCode, answer)
		}
	}
	if response, _ := ask(t, http.DefaultClient, http.MethodGet, p.url+"/lookup?q="+strings.Repeat("9", 40<<10), ""); response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("an address of 40 KiB: %d", response.StatusCode)
	}
	// A client that never ends its header is cut off.
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("a client that says no more: %v", err)
	}
}

func TestTooManyRequestsAreTurnedAway(t *testing.T) {
	p := run(t, fullShelf(), tokens())
	statuses := map[int]int{}
	for range 400 {
		response, _ := ask(t, http.DefaultClient, http.MethodGet, p.url+"/api/v1/suggest?q=SITU", "", "Authorization", "Bearer "+viewerToken)
		statuses[response.StatusCode]++
	}
	if statuses[http.StatusOK] < 200 || statuses[http.StatusTooManyRequests] == 0 {
		t.Errorf("400 requests at once: %v", statuses)
	}
	wrong := map[int]int{}
	for range 30 {
		response, _ := ask(t, http.DefaultClient, http.MethodPost, p.url+"/sign-in", "token=guess", "Content-Type", form)
		wrong[response.StatusCode]++
	}
	if wrong[http.StatusForbidden] == 0 || wrong[http.StatusForbidden] > 15 || wrong[http.StatusTooManyRequests] == 0 {
		t.Errorf("30 guesses: %v", wrong)
	}
}

// reject stores a rejection and gives its number.
func reject(t *testing.T, conn *stream.Conn, org, subject, data string) string {
	t.Helper()
	fault := trade.Faults{{Code: "time_malformed", Pointer: "/time", Value: `"yesterday"`, Message: "RFC 3339 date and time"}}
	out := stream.Reject(org, "archive", fault, stream.Refused{Subject: subject, Sequence: 7, Data: []byte(data)}).Outgoing()
	receipts, err := conn.Publisher(stream.PublisherConfig{}).Publish(t.Context(), []stream.Outgoing{out})
	if err == nil {
		err = receipts[0].Err
	}
	if err != nil {
		t.Fatal(err)
	}
	return number(receipts[0].Sequence)
}

func TestThePictureComesToEveryPageThatWatches(t *testing.T) {
	p := run(t, fullShelf(), console.Door{})
	reject(t, p.conn, "sitc", "events.sitc.trade.order.placed", "{}")
	watch := func(language string) (*bufio.Scanner, func()) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Language", language)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if media := response.Header.Get("Content-Type"); media != "text/event-stream" {
			t.Fatalf("%d %s", response.StatusCode, media)
		}
		return bufio.NewScanner(response.Body), func() { _ = response.Body.Close() }
	}
	var scanners []*bufio.Scanner
	for _, language := range []string{"en", "en", "zh"} {
		s, done := watch(language)
		defer done()
		scanners = append(scanners, s)
	}
	for _, s := range scanners {
		var seen []string
		for s.Scan() {
			seen = append(seen, s.Text())
			if text := strings.Join(seen, "\n"); strings.Contains(text, "REJECTED</th><td class=\"n\" data-of=") && strings.HasSuffix(text, "\n") {
				break
			}
		}
		if !slices.ContainsFunc(seen, func(line string) bool { return line == "event: picture" }) || !strings.Contains(strings.Join(seen, ""), "chains") {
			t.Errorf("a page sees %q", seen)
		}
	}
	// A console that stops lets its pages go and does not wait for them.
	p.stop()
	for _, s := range scanners {
		for s.Scan() {
		}
	}
}

func TestThePictureSaysWhatIsWrong(t *testing.T) {
	store := fullShelf()
	store.away = io.ErrUnexpectedEOF
	p := run(t, store, console.Door{})
	for deadline := time.Now().Add(20 * time.Second); ; {
		_, page := ask(t, http.DefaultClient, http.MethodGet, p.url+"/operations", "")
		if strings.Contains(page, "ClickHouse does not answer: the readers wait for it, nothing is lost.") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the page says %s", page)
		}
	}
	var picture console.Picture
	decode(t, p.url+"/api/v1/operations", &picture)
	if len(picture.Streams) != 4 || picture.Warehouse != nil || len(picture.Health) != 1 {
		t.Errorf("%+v", picture)
	}
}
