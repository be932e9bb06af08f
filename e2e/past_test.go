package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// said is an event of an organisation about the numbers of one consignment, or one that takes itself back.
func said(org, id string, revision int, kind trade.Type, at, data string) string {
	if data != "" {
		data = `,"data":` + data
	} else {
		data = `,"retracted":true`
	}
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"urn:oneorder:org:%s","revision":%d,"type":%q,"time":%q%s}`, id, org, revision, kind, at, data)
}

// What a chain's page showed at a moment it shows again when asked for that moment, whatever came since: revisions to another time, type and
// consignment, a merge, events that were taken back, and the end of the chain itself.
func TestThePastIsShownAsItWas(t *testing.T) {
	const (
		booking  = `"references":[{"kind":"booking","value":"PAST7700123","issuer":"SITC"}]`
		bill     = `"references":[{"kind":"bl","value":"PASTSG026001","issuer":"SITC"},{"kind":"booking","value":"PAST7700123","issuer":"SITC"}]`
		other    = `"references":[{"kind":"bl","value":"PASTSG026009","issuer":"SITC"}]`
		invoice  = `"references":[{"kind":"invoice","value":"INV-PAST-1","issuer":"ACME"}]`
		both     = `"references":[{"kind":"bl","value":"PASTSG026001","issuer":"SITC"},{"kind":"invoice","value":"INV-PAST-1","issuer":"ACME"}]`
		box      = `"equipment":[{"kind":"container","number":"MSKU9070323","state":"laden"}]`
		vessel   = `"transport":{"mode":"sea","conveyance":"9793911"}`
		departed = trade.Type("logistics.conveyance.departed")
	)
	steps := []struct {
		what   string
		events []string
	}{
		{"booked", []string{said("sitc", "booked", 0, trade.BookingConfirmed, "2026-09-01T08:00:00Z", "{"+booking+"}")}},
		{"an invoice of its own", []string{said("acme", "invoiced", 0, trade.InvoiceIssued, "2026-08-30T08:00:00Z", "{"+invoice+`,"amount":{"amount":"1000.00","currency":"USD"}}`)}},
		{"a bill", []string{said("sitc", "issued", 0, trade.TitleIssued, "2026-09-05T08:00:00Z", "{"+bill+"}")}},
		{"booked at another time", []string{said("sitc", "booked", 1, trade.BookingConfirmed, "2026-09-02T08:00:00Z", "{"+booking+"}")}},
		{"loaded", []string{said("psa", "loaded", 0, trade.EquipmentLoaded, "2026-09-06T08:00:00Z", `{"classifier":"ACT",`+bill+","+box+","+vessel+`,"place":{"unlocode":"CNQZH"}}`)}},
		{"the ship leaves", []string{said("psa", "left", 0, departed, "2026-09-07T08:00:00Z", `{"classifier":"ACT",`+vessel+`,"place":{"unlocode":"CNQZH"}}`)}},
		{"of another type", []string{said("sitc", "issued", 1, trade.TitleSurrendered, "2026-09-05T08:00:00Z", "{"+bill+"}")}},
		{"the ship left later", []string{said("psa", "left", 1, departed, "2026-09-08T08:00:00Z", `{"classifier":"ACT",`+vessel+`,"place":{"unlocode":"CNQZH"}}`)}},
		{"the invoice is of the bill", []string{said("cq-customs", "lodged", 0, trade.DeclarationLodged, "2026-09-04T08:00:00Z", "{"+both+`,"customs":{"territory":"CN","direction":"export"}}`)}},
		{"of another consignment", []string{said("psa", "loaded", 1, trade.EquipmentLoaded, "2026-09-06T08:00:00Z", `{"classifier":"ACT",`+other+","+box+","+vessel+`,"place":{"unlocode":"CNQZH"}}`)}},
		{"the ship has not left", []string{said("psa", "left", 2, departed, "2026-09-08T08:00:00Z", "")}},
		{"what tied them is taken back", []string{said("cq-customs", "lodged", 1, trade.DeclarationLodged, "2026-09-04T08:00:00Z", "")}},
		{"the bill is taken back", []string{said("sitc", "issued", 2, trade.TitleSurrendered, "2026-09-05T08:00:00Z", "")}},
		{"the bill is again", []string{said("sitc", "issued", 3, trade.TitleIssued, "2026-09-05T09:00:00Z", "{"+bill+"}")}},
		{"all is taken back", []string{
			said("sitc", "issued", 4, trade.TitleIssued, "2026-09-05T09:00:00Z", ""), said("sitc", "booked", 2, trade.BookingConfirmed, "2026-09-02T08:00:00Z", ""),
			said("acme", "invoiced", 1, trade.InvoiceIssued, "2026-08-30T08:00:00Z", ""),
		}},
	}
	d := up(t, t.TempDir(), nil)
	ids := make(map[string]bool)
	type moment struct {
		what  string
		at    time.Time
		views map[string]warehouse.ChainView
	}
	var moments []moment
	for _, step := range steps {
		file := filepath.Join(t.TempDir(), "step.ndjson")
		if err := os.WriteFile(file, []byte(strings.Join(step.events, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		d.mustRun("publish", file)
		d.settle()
		m := moment{step.what, d.afterAll(), make(map[string]warehouse.ChainView)}
		for _, id := range strings.Fields(d.query("SELECT chain_id FROM chains FINAL")) {
			ids[id] = true
			m.views[id] = d.chain(id)
		}
		moments = append(moments, m)
	}
	if last := moments[len(moments)-1]; len(last.views) != 1 || len(ids) < 3 {
		t.Fatalf("%d chains are left of %d", len(last.views), len(ids))
	}
	check := func(when string) {
		t.Helper()
		for _, m := range moments {
			for _, id := range slices.Sorted(maps.Keys(ids)) {
				want, was := m.views[id]
				got, known, err := d.warehouse.AsOf(t.Context(), id, m.at)
				if err != nil || known != was {
					t.Errorf("%s: %s after %q: known %v, want %v, %v", when, id, m.what, known, was, err)
					continue
				}
				diff := cmp.Diff(want, got, cmpopts.EquateEmpty(),
					cmpopts.IgnoreFields(warehouse.ChainView{}, "Upto", "Found"), cmpopts.IgnoreFields(warehouse.TimelineRow{}, "Flags"))
				if was && diff != "" {
					t.Errorf("%s: %s after %q (-shown then +as of then):\n%s", when, id, m.what, diff)
				}
				payloads, err := d.warehouse.Payloads(t.Context(), got.Timeline, got.Upto)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range got.Timeline {
					if revision := fmt.Sprintf(`"revision":%d`, row.Revision); row.Revision > 0 && !strings.Contains(string(payloads[row.Event]), revision) || len(payloads[row.Event]) == 0 {
						t.Errorf("%s: %s after %q: event %s reads %s, want %s", when, id, m.what, row.ID, payloads[row.Event], revision)
					}
				}
			}
		}
	}
	check("at once")
	for _, table := range []string{"chains", "chain_changes", "chain_events", "chain_event_changes", "apart_events", "apart_event_changes", "chain_stays", "chain_stay_changes", "events_all"} {
		d.query("OPTIMIZE TABLE " + table + " FINAL")
	}
	check("after all was merged")

	// A rebuild begins another history, and what could be seen before stays.
	folder := d.folder
	if code := d.stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	mustRun(t, nil, "rebuild", "--data", folder)
	d = up(t, folder, nil)
	check("after a rebuild")
	m := moment{"the rebuild", d.afterAll(), make(map[string]warehouse.ChainView)}
	for id := range moments[len(moments)-1].views {
		m.views[id] = d.chain(id)
	}
	moments = append(moments, m)
	check("after a rebuild and since")
}

// afterAll is a time of the warehouse's clock after all that it has.
func (d *deployment) afterAll() time.Time {
	d.t.Helper()
	var at time.Time
	eventually(d.t, doneWithin, func() error {
		text := strings.TrimSpace(d.query("SELECT now64(3, 'UTC') WHERE now64(3, 'UTC') > (SELECT max(written_at) FROM chain_changes) AND now64(3, 'UTC') > (SELECT max(written_at) FROM chain_event_changes)"))
		var err error
		at, err = time.Parse("2006-01-02 15:04:05.000", text)
		return err
	})
	return at
}

// chain is the chain that has the id today.
func (d *deployment) chain(id string) warehouse.ChainView {
	d.t.Helper()
	found, err := d.warehouse.Lookup(d.t.Context(), id)
	if err != nil || len(found) != 1 || found[0].ID != id {
		d.t.Fatalf("chain %s: %d chains, %v", id, len(found), err)
	}
	return found[0]
}
