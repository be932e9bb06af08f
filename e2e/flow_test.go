package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// TestFlow publishes simulated traffic to a running deployment and asks for it back, by every way there is.
func TestFlow(t *testing.T) {
	d := up(t, t.TempDir(), nil)
	for _, name := range []string{"nats", "clickhouse", "clickhouse-http", "http"} {
		if address := d.addresses[name]; address == "" || strings.HasSuffix(address, ":0") {
			t.Errorf("up prints %q as the address of %s", address, name)
		}
	}
	if status, text := call(t, http.MethodGet, d.addresses["http"]+"/healthz", "", "", nil); status != http.StatusOK {
		t.Errorf("/healthz: %d %s", status, text)
	}
	tr := simulate(t, 7, 200)

	t.Run("what is published is stored and joined as in truth", func(t *testing.T) {
		o := d.mustRun("publish", tr.file)
		want := fmt.Sprintf("%d published, %d repeats, 0 rejected", len(tr.truth), len(tr.events)-len(tr.truth))
		if !strings.Contains(o.stderr, want) || o.stdout != "" {
			t.Errorf("publish says %q and prints %q, want %q", o.stderr, o.stdout, want)
		}
		d.settle()
		tr.check(t, d.warehouse)
	})
	t.Run("publishing it again changes nothing", func(t *testing.T) { again(t, d, tr) })
	t.Run("status shows no lag and the right counts", func(t *testing.T) { checkStatus(t, d, tr) })
	t.Run("lookup of a bill of lading shows its consignment", func(t *testing.T) { lookupBills(t, d, tr) })
	t.Run("lookup of a container shows its consignments", func(t *testing.T) { lookupContainers(t, d, tr) })
	t.Run("lookup of a number that nobody has says so", func(t *testing.T) {
		o := d.run("lookup", "NOBODYHASTHIS1")
		if o.code != 1 || o.stdout != "" || !strings.Contains(o.stderr, "NOBODYHASTHIS1") {
			t.Errorf("%+v", o)
		}
	})
	t.Run("the totals of the corridors are those of the truth", func(t *testing.T) { checkTotals(t, d, tr) })
	t.Run("the questions of the guide for analysts have answers", func(t *testing.T) { askTheGuide(t, d) })
	t.Run("the panels of Grafana have something to show", func(t *testing.T) { showPanels(t, d) })
	t.Run("a stop that is asked for is clean", func(t *testing.T) {
		if code := d.stop(); code != 0 {
			t.Errorf("exit code %d: %s", code, d.stderr.tail())
		}
		if left := engines(t, d.folder); left != nil {
			t.Errorf("left running: %q", left)
		}
	})
}

// tables is all that stands in ClickHouse, but for the stream sequences that made it so.
func tables(d *deployment) map[string]string {
	all := make(map[string]string)
	for _, table := range []string{"chains", "chain_events", "chain_references", "chain_aliases", "apart_events", "chain_stays", "unattributed_events"} {
		all[table] = d.query("SELECT * EXCEPT (version) FROM " + table + " FINAL ORDER BY ALL")
	}
	all["events"] = d.query("SELECT source, id, revision, payload FROM events ORDER BY ALL")
	all["rejected_events"] = d.query("SELECT * FROM rejected_events FINAL ORDER BY ALL")
	return all
}

// again sends everything twice more: once as anybody would, when the broker still knows the messages, and
// once as if a long time had gone by and the broker had forgotten them.
func again(t *testing.T, d *deployment, tr *traffic) {
	before := tables(d)
	o := d.mustRun("publish", tr.file)
	if want := fmt.Sprintf("0 published, %d repeats, 0 rejected", len(tr.events)); !strings.Contains(o.stderr, want) {
		t.Errorf("publish says %q, want %q", o.stderr, want)
	}
	text, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	var out []stream.Outgoing
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for i, e := range tr.events {
		out = append(out, stream.Outgoing{Subject: stream.EventSubject(e.Org(), e.Type), Data: lines[i]})
	}
	// Not in the order in which they came first, either.
	slices.Reverse(out)
	receipts, err := d.conn.Publisher(stream.PublisherConfig{}).Publish(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receipts {
		if r.Err != nil || r.Duplicate {
			t.Fatalf("%+v", r)
		}
	}
	d.settle()
	if n, err := d.messages(stream.Events); err != nil || n != uint64(len(tr.truth)+len(out)) {
		t.Errorf("EVENTS holds %d messages (%v), want %d", n, err, len(tr.truth)+len(out))
	}
	tr.check(t, d.warehouse)
	if diff := cmp.Diff(before, tables(d)); diff != "" {
		t.Errorf("the tables (-before +after):\n%s", diff)
	}
}

func checkStatus(t *testing.T, d *deployment, tr *traffic) {
	var got struct {
		Streams []struct {
			Name     string
			Messages uint64
			Last     uint64 `json:"last_sequence"`
			Bytes    uint64
			MaxBytes int64 `json:"max_bytes"`
		}
		Readers []struct {
			Name, Stream string
			Written, Lag uint64
			OldestUnread *string `json:"oldest_unread"`
			Epoch        uint64
			Generation   uint64
		}
		Warehouse struct{ Events, Chains, Attributions, Unattributed, Rejected uint64 }
	}
	text := d.mustRun("status", "--json").stdout
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var names []string
	var last uint64
	for _, s := range got.Streams {
		names = append(names, s.Name)
		if s.MaxBytes <= 0 {
			t.Errorf("%s has no limit", s.Name)
		}
		if s.Name == stream.Events {
			last = s.Last
			if s.Messages != s.Last || s.Bytes == 0 {
				t.Errorf("EVENTS: %+v", s)
			}
		}
	}
	if diff := cmp.Diff([]string{stream.Inbox, stream.Events, stream.Rejected, stream.Chains}, names); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
	if len(got.Readers) != 3 {
		t.Errorf("readers: %+v", got.Readers)
	}
	for _, r := range got.Readers {
		if r.Stream == stream.Rejected && r.Lag == 0 && r.Written == 0 {
			continue // nothing was rejected
		}
		if r.Stream != stream.Events || r.Lag != 0 || r.Written != last || last == 0 || r.OldestUnread != nil {
			t.Errorf("reader %+v, want %d written and no lag", r, last)
		}
	}
	if w := got.Warehouse; w.Events != uint64(len(tr.truth)) || w.Chains != uint64(tr.chains) || w.Rejected != 0 || w.Unattributed != 0 {
		t.Errorf("warehouse: %+v", w)
	}
	shown := d.mustRun("status").stdout
	for _, want := range []string{
		`(?m)^EVENTS +\d+ +\S+ MiB`,
		fmt.Sprintf(`(?m)^archive +EVENTS +%d +0 +– +0 +–$`, last), fmt.Sprintf(`(?m)^chain +EVENTS +%d +0 +– +0 +–$`, last),
		fmt.Sprintf(`(?m)^oneorder +%d +%d +\d+ +0 +0$`, len(tr.truth), tr.chains),
	} {
		if !regexp.MustCompile(want).MatchString(shown) {
			t.Errorf("status shows nothing like %s:\n%s", want, shown)
		}
	}
}

// row is a line of the timeline as a person sees it.
var row = regexp.MustCompile(`(?m)^  \d{4}-\d\d-\d\d \d\d:\d\d  (trade|customs|logistics|finance) +\S+.*(names|saw|covers)`)

// consignment compares a chain that was found with the one of the truth.
func consignment(t *testing.T, tr *traffic, number, chain string, got foundChain) {
	t.Helper()
	want := slices.Clone(tr.members[chain])
	var events []name
	for i, e := range got.Timeline {
		events = append(events, name{e.Source, e.ID})
		if e.Rule == "" || e.Via == "" || e.By == "" {
			t.Errorf("%s: no evidence of %+v", number, e)
		}
		if i > 0 && e.Time.Before(got.Timeline[i-1].Time) {
			t.Errorf("%s: the timeline goes back from %s to %s", number, got.Timeline[i-1].Time, e.Time)
		}
	}
	order := func(a, b name) int { return strings.Compare(a.source+a.id, b.source+b.id) }
	slices.SortFunc(want, order)
	slices.SortFunc(events, order)
	if diff := cmp.Diff(want, events, cmp.AllowUnexported(name{})); diff != "" {
		t.Errorf("events of %s, chain %s (-want +got):\n%s", number, chain, diff)
	}
}

func lookupBills(t *testing.T, d *deployment, tr *traffic) {
	looked := 0
	for _, e := range tr.events {
		if e.Type != trade.TitleIssued || looked == 3 {
			continue
		}
		chains := tr.truth[name{e.Source, e.ID}]
		i := slices.IndexFunc(e.Data.References, func(r trade.Reference) bool { return r.Kind == trade.BL || r.Kind == trade.HouseBL })
		if i < 0 || len(chains) != 1 {
			continue
		}
		looked++
		number := e.Data.References[i].Value
		got := lookup(t, d.variables(), number)
		if len(got.Chains) != 1 {
			t.Errorf("%s leads to %d chains, want 1", number, len(got.Chains))
			continue
		}
		consignment(t, tr, number, chains[0], got.Chains[0])
		if len(got.Chains[0].Milestones) == 0 {
			t.Errorf("%s has reached nothing", number)
		}
		shown := d.mustRun("lookup", number).stdout
		rows := row.FindAllStringSubmatch(shown, -1)
		legs := make(map[string]bool)
		for _, r := range rows {
			legs[r[1]] = true
		}
		if len(rows) != len(tr.members[chains[0]]) || len(legs) != 4 || !strings.HasPrefix(shown, "chain "+got.Chains[0].ID+"  ") ||
			!strings.Contains(shown, "bl:"+number) {
			t.Errorf("lookup %s shows %d events of %d legs, want %d of 4:\n%s", number, len(rows), len(legs), len(tr.members[chains[0]]), shown)
		}
	}
	if looked != 3 {
		t.Fatalf("the traffic has %d bills to look up, want 3", looked)
	}
}

func lookupContainers(t *testing.T, d *deployment, tr *traffic) {
	looked := make(map[string]bool)
	for _, e := range tr.events {
		chains := tr.truth[name{e.Source, e.ID}]
		if e.Type != trade.EquipmentLoaded || len(chains) != 1 || len(e.Data.Equipment) == 0 || len(looked) == 3 ||
			e.Data.Equipment[0].Kind != "container" || looked[e.Data.Equipment[0].Number] {
			continue
		}
		number := e.Data.Equipment[0].Number
		looked[number] = true
		got := lookup(t, d.variables(), number)
		// A box carries other consignments before and after.
		i := slices.IndexFunc(got.Chains, func(c foundChain) bool {
			return slices.ContainsFunc(c.Timeline, func(f foundEvent) bool { return f.Source == e.Source && f.ID == e.ID })
		})
		if i < 0 {
			t.Errorf("none of the %d chains of %s has event %s", len(got.Chains), number, e.ID)
			continue
		}
		consignment(t, tr, number, chains[0], got.Chains[i])
		if !slices.Contains(got.Chains[i].Containers, number) {
			t.Errorf("the chain of %s has the containers %q", number, got.Chains[i].Containers)
		}
		shown := d.mustRun("lookup", number).stdout
		if n := len(row.FindAllString(shown, -1)); n < len(tr.members[chains[0]]) || !strings.Contains(shown, "boxes ") {
			t.Errorf("lookup %s shows %d events:\n%s", number, n, shown)
		}
	}
	if len(looked) != 3 {
		t.Fatalf("the traffic has %d containers to look up, want 3", len(looked))
	}
}
