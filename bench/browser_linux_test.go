package bench

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// BenchmarkFirstView tells how long Chromium takes to show each page of a running console, from the beginning of the navigation: to the first
// content painted, and to the end of loading; and what the page weighs, in bytes over the network, all that it loads included. Nothing is kept
// from one to the next. The address is that of `oneorder up` on the folder that `oneorder demo` filled; a folder in ONEORDER_SCREENSHOTS gets
// a picture of each page, wide, narrow, dark and in Chinese. The number is of one chain, whose page is looked at as well:
//
//	ONEORDER_BENCH_ADDRESS=http://127.0.0.1:8080 ONEORDER_BENCH_NUMBER=HDMUCKG0889645 go test -run '^$' -bench FirstView -benchtime 1x ./bench
func BenchmarkFirstView(b *testing.B) {
	address := os.Getenv("ONEORDER_BENCH_ADDRESS")
	if address == "" {
		b.Skip("no console named in ONEORDER_BENCH_ADDRESS")
	}
	path, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		b.Skip("no Chromium here: apt-get install chromium-headless-shell")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(b.TempDir()))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	tab, done := chromedp.NewContext(allocated)
	defer done()
	if err := chromedp.Run(tab, network.Enable(), network.SetCacheDisabled(true), chromedp.Navigate(address)); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = chromedp.Cancel(tab) }() // Debian's command is a script that starts the browser
	pages := []struct{ name, path string }{{"overview", "/"}, {"corridors", "/corridors"}, {"waiting", "/waiting"}, {"operations", "/operations"}, {"rejected", "/rejected"}}
	if number := os.Getenv("ONEORDER_BENCH_NUMBER"); number != "" {
		var order string
		if err := chromedp.Run(tab, chromedp.Navigate(address+"/lookup?q="+url.QueryEscape(number)), chromedp.Evaluate("location.pathname", &order)); err != nil {
			b.Fatal(err)
		}
		pages = append(pages, struct{ name, path string }{"order", order})
	}
	const views = 9
	for b.Loop() {
		for _, page := range pages {
			var painted, loaded []float64
			var weight float64
			for range views {
				var view struct{ Painted, Loaded, Weight float64 }
				if err := chromedp.Run(tab, chromedp.Navigate(address+page.path), chromedp.Poll(measured, &view, chromedp.WithPollingTimeout(30*time.Second))); err != nil {
					b.Fatal(err)
				}
				painted, loaded, weight = append(painted, view.Painted), append(loaded, view.Loaded), max(weight, view.Weight)
			}
			slices.Sort(painted)
			slices.Sort(loaded)
			b.ReportMetric(painted[views/2], page.name+"-painted-ms")
			b.ReportMetric(loaded[views/2], page.name+"-loaded-ms")
			b.ReportMetric(weight/1000, page.name+"-kB")
			b.Logf("%-10s painted after %.0f ms (slowest of %d: %.0f), loaded after %.0f ms, %.1f kB", page.name, painted[views/2], views, painted[views-1], loaded[views/2], weight/1000)
		}
	}
	b.ReportMetric(0, "ns/op")
	if folder := os.Getenv("ONEORDER_SCREENSHOTS"); folder != "" {
		for _, look := range looks {
			for _, page := range pages {
				shoot(b, tab, address+page.path, filepath.Join(folder, fmt.Sprintf("%s-%s.png", page.name, look.name)), look)
			}
		}
	}
}

// measured gives what a page took once it is all there; null before.
const measured = `(() => {
  const [way] = performance.getEntriesByType("navigation"), [paint] = performance.getEntriesByName("first-contentful-paint");
  if (!way || !paint || way.loadEventEnd === 0) return null;
  const all = [way, ...performance.getEntriesByType("resource").filter((e) => !e.name.endsWith("/live"))];
  return {Painted: paint.startTime, Loaded: way.loadEventEnd, Weight: all.reduce((sum, e) => sum + e.transferSize, 0)};
})()`

// look is how a page is looked at.
type look struct {
	name          string
	width, height int64
	dark, chinese bool
}

var looks = []look{
	{"desktop", 1440, 900, false, false}, {"phone", 390, 844, false, false}, {"dark", 1440, 900, true, false}, {"chinese", 1440, 900, false, true},
}

// scheming has the page think that whoever looks prefers this scheme of colours.
func scheming(scheme string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
}

func shoot(b *testing.B, tab context.Context, address, file string, l look) { //nolint:revive // b first, as in every helper here
	b.Helper()
	scheme, language := "light", "en"
	if l.dark {
		scheme = "dark"
	}
	if l.chinese {
		language = "zh-Hans"
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	var picture []byte
	if err := chromedp.Run(
		tab, chromedp.EmulateViewport(l.width, l.height), scheming(scheme),
		chromedp.Navigate("http://"+host+"/language?to="+language+"&back=/"+path), chromedp.WaitReady("footer", chromedp.ByQuery), chromedp.FullScreenshot(&picture, 100),
	); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		b.Fatal(err)
	}
}
