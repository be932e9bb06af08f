package console_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"oneorder/services/console"
)

// browser starts headless Chromium and gives a tab of it, and what the tab complained about so far.
func browser(t *testing.T) (context.Context, func() []string) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium: apt-get install chromium-headless-shell")
		}
		t.Skip("no Chromium here: apt-get install chromium-headless-shell")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	tab, done := chromedp.NewContext(allocated)
	t.Cleanup(done)
	if err := chromedp.Run(tab); err != nil { // the browser lives as long as the context of the first call
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Debian's command is a script that starts the browser: killing it leaves the browser behind.
		closing, cancel := context.WithTimeout(tab, 20*time.Second)
		defer cancel()
		if err := chromedp.Cancel(closing); err != nil {
			t.Errorf("close the browser: %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var complaints []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Error())
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.LevelError {
				complaints = append(complaints, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), complaints...)
	}
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action) { //nolint:revive // t first, as in every helper here
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var page string
		_ = chromedp.Run(ctx, chromedp.OuterHTML("main", &page, chromedp.ByQuery))
		t.Fatalf("%v on %.2000s", err, page)
	}
}

// flaws is what somebody without sight, without a mouse or with a phone would stumble over on a page: a JavaScript function's answer.
const flaws = `(() => {
  const found = [], name = (e) => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent).join("") || e.textContent || e.title || "").trim();
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  if (!document.documentElement.lang) found.push("no language");
  if (!document.title) found.push("no title");
  if (document.querySelectorAll("main").length !== 1) found.push("not one main");
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  let level = 1;
  for (const h of document.querySelectorAll("h1,h2,h3,h4")) { const n = Number(h.tagName[1]); if (n > level + 1) found.push("heading " + h.textContent + " leaves a level out"); level = n; }
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) { if (ids.has(e.id)) found.push("id twice: " + e.id); ids.add(e.id); }
  for (const e of document.querySelectorAll("[aria-labelledby],[aria-controls]")) for (const id of (e.getAttribute("aria-labelledby") || e.getAttribute("aria-controls")).split(" ")) if (!ids.has(id)) found.push("nothing has the id " + id);
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) found.push("image without alt");
  for (const e of document.querySelectorAll("a[href],button,summary")) if (seen(e) && !name(e)) found.push("nameless: " + e.outerHTML.slice(0, 120));
  for (const e of document.querySelectorAll("input:not([type=hidden]),select,textarea")) if (!e.labels?.length && !e.getAttribute("aria-label")) found.push("unlabelled: " + e.outerHTML.slice(0, 120));
  for (const e of document.querySelectorAll("svg")) if (seen(e) && !e.closest("[aria-hidden]") && !name(e)) found.push("nameless drawing");
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) found.push("tab order by hand");
  for (const e of document.querySelectorAll("table")) if (!e.querySelector("th[scope]")) found.push("table without heads");
  for (const e of document.querySelectorAll("a[href^='#']")) if (!ids.has(e.getAttribute("href").slice(1))) found.push("leads nowhere: " + e.getAttribute("href"));
  const rgb = (s) => (s.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  for (const e of document.querySelectorAll("p,a,dd,dt,th,td,small,h1,h2,h3,span,button,label")) {
    if (!seen(e) || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const colour = rgb(getComputedStyle(e).color);
    if (colour.length > 3 && colour[3] < 1) continue;
    const [a, b] = [light(colour), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push("too faint (" + ((a + 0.05) / (b + 0.05)).toFixed(1) + "): " + e.textContent.slice(0, 40));
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window by " + (document.documentElement.scrollWidth - innerWidth));
  for (const e of document.querySelectorAll(".nav a")) if (e.getBoundingClientRect().right > innerWidth) found.push("a page's link is out of sight: " + e.textContent);
  return [...new Set(found)];
})()`

// mostWeight is how many bytes a page may have with all that it loads, and weighed tells how many it has, whatever the browser kept of it.
const (
	mostWeight = 300_000
	weighed    = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.encodedBodySize, 0)`
)

func TestPagesInABrowser(t *testing.T) {
	ctx, complaints := browser(t)
	store := fullShelf()
	p := run(t, store, console.Door{})
	invoice := "details[data-raw*='" + store.chains["SITU9070320"][0].Timeline[3].Event.String() + "']"
	id := reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", bad)

	// A number is offered while it is typed, and leads to its order; an event's JSON opens in place.
	var where, raw, when string
	do(t, ctx,
		cdplog.Enable(),
		chromedp.Navigate(p.url+"/"),
		chromedp.SendKeys("#q", "SITU90", chromedp.ByQuery),
		chromedp.WaitVisible("#suggestions li", chromedp.ByQuery),
		chromedp.SendKeys("#q", kb.ArrowDown+kb.Enter, chromedp.ByQuery),
		chromedp.WaitVisible("main.order", chromedp.ByQuery),
		chromedp.Location(&where),
		chromedp.Evaluate(`document.querySelector("`+invoice+`").open = true`, nil),
		chromedp.Text(invoice+" pre", &raw, chromedp.ByQuery),
		chromedp.AttributeValue("time", "title", &when, nil, chromedp.ByQuery),
	)
	if where != p.url+"/chains/7ZK3Q9M2X4V8C1BN" || !strings.Contains(when, " UTC") || !strings.Contains(raw, `"description": "cars"`) {
		t.Errorf("at %s, event %q, time %q", where, raw, when)
	}

	// The slider goes back in time, by the keyboard: the page follows it, and so do its address and the browser's way back.
	const then = `document.querySelector(".then") && !document.querySelector("#change").disabled`
	var address, status, focused string
	do(t, ctx,
		chromedp.Focus("#change", chromedp.ByQuery),
		chromedp.SendKeys("#change", kb.ArrowLeft+kb.ArrowLeft, chromedp.ByQuery),
		chromedp.Poll(then, nil, chromedp.WithPollingTimeout(20*time.Second)),
		chromedp.Location(&address),
		chromedp.Text("main", &status, chromedp.ByQuery),
		chromedp.Evaluate("document.activeElement.id", &focused),
	)
	if !strings.HasSuffix(address, "?as_of=2026-09-07T03%3A00%3A00.000Z") || !strings.Contains(status, "title none") || strings.Contains(status, "Chongqing Motors ·") || focused != "change" {
		t.Errorf("at %s, focus on %q, it shows %.600s", address, focused, status)
	}
	do(t, ctx,
		chromedp.Evaluate(`document.querySelector("`+invoice+`").open = true`, nil),
		chromedp.WaitVisible(invoice+" pre", chromedp.ByQuery),
		chromedp.NavigateBack(),
		chromedp.Poll(`!document.querySelector(".then") && document.querySelector("#change").value === "9"`, nil, chromedp.WithPollingTimeout(20*time.Second)),
		// Without a script the form does it.
		emulation.SetScriptExecutionDisabled(true),
		chromedp.Navigate(p.url+"/chains/7ZK3Q9M2X4V8C1BN"),
		chromedp.SendKeys("#change", kb.ArrowLeft, chromedp.ByQuery),
		chromedp.Click(".past button", chromedp.ByQuery),
		chromedp.WaitVisible(".then", chromedp.ByQuery),
		chromedp.Location(&address),
		emulation.SetScriptExecutionDisabled(false),
	)
	if !strings.HasSuffix(address, "?as_of=2026-09-10T10%3A00%3A00.000Z") {
		t.Errorf("without a script the form leads to %s", address)
	}

	// A letter is mended and sent again; the one that is still wrong is not.
	var text string
	do(t, ctx,
		chromedp.Navigate(p.url+"/rejected/"+id),
		chromedp.Click(`form[action$="/retry"] button`, chromedp.ByQuery),
		chromedp.WaitVisible(`input[name="anyway"]`, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("#text").value = document.querySelector("#text").value.replace('"yesterday"', '"2026-09-11T08:15:00Z"').replace('"data": {', '"data": {"classifier": "ACT",')`, nil),
		chromedp.Click(`form[action$="/retry"] button`, chromedp.ByQuery),
		chromedp.WaitVisible(`p.well`, chromedp.ByQuery),
		chromedp.Text("p.well", &text, chromedp.ByQuery),
	)
	if !strings.Contains(text, "events.sitc.logistics.equipment.loaded 1") {
		t.Errorf("sent again: %q", text)
	}

	// Operations are live: what is published shows without anybody's doing.
	do(t, ctx, chromedp.Navigate(p.url+"/operations"), chromedp.WaitVisible(".is-live", chromedp.ByQuery))
	reject(t, p.conn, "psa", "events.psa.logistics.equipment.loaded", bad)
	do(t, ctx, chromedp.Poll(`[...document.querySelectorAll("tbody tr")].some((tr) => tr.cells[0].textContent === "REJECTED" && tr.cells[1].textContent === "3")`, nil, chromedp.WithPollingTimeout(20*time.Second)))

	// A reader is paused and resumed where it is shown, by whoever comes with the keyboard as well.
	const resting = `document.querySelector(".reader.paused .rest strong")?.textContent ?? ""`
	reader := reading(t, p.conn, "archive")
	do(t, ctx,
		chromedp.Poll(`document.querySelector('form[action$="/archive/pause"] button') !== null`, nil, chromedp.WithPollingTimeout(30*time.Second)),
		chromedp.Focus(`form[action$="/archive/pause"] button`, chromedp.ByQuery),
		chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(`form[action$="/archive/resume"] button`, chromedp.ByQuery),
		chromedp.Evaluate(resting, &text),
	)
	if !strings.HasPrefix(text, "paused by operator since ") {
		t.Errorf("the reader is %q", text)
	}
	until(t, "the reader rests", func() bool { return reader.Progress().Paused != nil })
	do(t, ctx,
		chromedp.Click(`form[action$="/archive/resume"] button`, chromedp.ByQuery),
		chromedp.WaitVisible(`form[action$="/archive/pause"] button`, chromedp.ByQuery),
		chromedp.Evaluate(resting, &text),
	)
	if text != "" {
		t.Errorf("after that it is %q", text)
	}
	until(t, "the reader reads again", func() bool { return reader.Progress().Paused == nil })

	// The first answer to a mended letter that is still wrong is a refusal to send, which the browser notes as an error of the network.
	for _, c := range complaints() {
		if !strings.Contains(c, "422") {
			t.Errorf("the browser complains: %s", c)
		}
	}

	shots := os.Getenv("ONEORDER_SCREENSHOTS") // a folder to look at
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1240, 900}, {"phone", 360, 800}} {
		for name, path := range map[string]string{
			"overview": "/", "order": "/chains/7ZK3Q9M2X4V8C1BN", "past": "/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-09-06", "before": "/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-08-06", "several": "/lookup?q=LC8841/26", "unknown": "/lookup?q=nothing", "corridors": "/corridors",
			"waiting": "/waiting", "operations": "/operations", "rejected": "/rejected", "letter": "/rejected/3", "bulk": "/rejected/bulk?act=retry", "sign-in": "/sign-in",
		} {
			var found []string
			var shot []byte
			do(t, ctx, chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate(p.url+path), chromedp.WaitReady("footer", chromedp.ByQuery), chromedp.Evaluate(flaws, &found))
			if len(found) > 0 {
				t.Errorf("%s on a %s: %s", path, size.name, strings.Join(found, "; "))
			}
			var weight int
			if do(t, ctx, chromedp.Evaluate(weighed, &weight)); weight == 0 || weight > mostWeight {
				t.Errorf("%s on a %s weighs %d bytes, want at most %d", path, size.name, weight, mostWeight)
			}
			if shots != "" {
				do(t, ctx, chromedp.FullScreenshot(&shot, 100))
				if err := os.WriteFile(filepath.Join(shots, name+"-"+size.name+".png"), shot, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
