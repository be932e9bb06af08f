package warehouse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/trade"
)

// withheld are the tables and views that an organisation is not given: why, says ReadableBy.
var withheld = []string{
	"apart_event_changes", "apart_event_changes_feed", "apart_events", "chain_aliases", "chain_changes_feed", "chain_event_changes", "chain_event_changes_feed", "chain_references", "chain_stay_changes", "chain_stay_changes_feed", "chain_stays", "corridor_daily", "corridor_daily_refresh", "corridor_measures", "corridor_rollup_refresh", "corridor_states", "discrepancies_refresh", "erasures", "event_totals", "export_boxes_refresh", "findings", "goose_db_version", "import_boxes_refresh", "open_chains_refresh", "overdue_notices", "parties", "party_names", "reader_positions",
}

const orgPassword = "o&<1>"

func organisation(org string) embedded.User {
	u := embedded.User{Name: "org_" + org, Password: orgPassword, ReadOnly: true}
	for _, table := range ReadableBy(org) {
		u.Tables = append(u.Tables, embedded.Table{Database: "oneorder", Name: table.Name, Rows: table.Rows, Dictionary: table.Dictionary})
	}
	return u
}

// lookedUpAs is as whom dictionaries read their tables.
func lookedUpAs() embedded.User {
	u := embedded.User{Name: DictionariesUser, ReadOnly: true}
	for _, table := range DictionaryTables() {
		u.Tables = append(u.Tables, embedded.Table{Database: "oneorder", Name: table})
	}
	return u
}

func TestAnOrganisationSeesItsChainsOnly(t *testing.T) {
	t.Run("on the embedded engine", func(t *testing.T) {
		e := embeddedtest.StartEngine(t, embedded.EngineConfig{Users: []embedded.User{
			{Name: "oneorder", Password: "w"}, {Name: "analyst", Password: "a", ReadOnly: true}, lookedUpAs(), organisation("sitc"),
		}})
		checkAccess(t, e)
	})
	// The files of a deployment, with the users that `oneorder org clickhouse` writes.
	t.Run("with the files of deploy", func(t *testing.T) {
		t.Setenv("ONEORDER_CLICKHOUSE_PASSWORD", "w")
		t.Setenv("ONEORDER_ANALYST_PASSWORD", "a")
		dir := t.TempDir()
		users, err := os.ReadFile("../../deploy/clickhouse/users.d/oneorder.xml")
		if err != nil {
			t.Fatal(err)
		}
		// The user default opens the ports of this engine.
		users = bytes.Replace(users, []byte(`<default remove="remove"/>`), nil, 1)
		var organisations bytes.Buffer
		if err := embedded.WriteUsers(&organisations, []embedded.User{organisation("sitc")}); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, "users.d")
		if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, "oneorder.xml"), users, 0o600),
			os.WriteFile(filepath.Join(folder, "organisations.xml"), organisations.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		checkAccess(t, embeddedtest.StartEngine(t, embedded.EngineConfig{Dir: dir, Users: []embedded.User{{Name: "someone", Password: "s"}}}))
	})
}

// asked is a query over HTTP as a user.
func asked(t *testing.T, addr, user, password, query string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/?database=oneorder", strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-ClickHouse-User", user)
	req.Header.Set("X-ClickHouse-Key", password)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", errors.New(string(body))
	}
	return strings.TrimSuffix(string(body), "\n"), nil
}

// shared puts three chains into the warehouse: A of sitc and others, B in which sitc took part until its event was taken back,
// and C of others; each with a number, an event of customs and one of cold storage.
func shared(t *testing.T, w *Warehouse) {
	t.Helper()
	chains, members, numbers, events := NewChains(), NewChainEvents(), NewChainReferences(), NewEvents()
	found, apart, stays := NewFindings(), NewApartEvents(), NewChainStays()
	waiting, refused, heads := NewUnattributedEvents(), NewRejectedEvents(), NewEventHeads()
	for i, id := range []string{chainA, chainB, "0C1B2C3D4E5F6G7H"} {
		c := journey(id, 200+i, 30)
		c.Orgs, c.Boxes = []string{"customs-cn", "maersk"}, []trade.Box{{Number: id, Terminal: "SGSIN", Discharged: founded}}
		c.Emissions = []trade.Emission{{KM: "1000", WTW: "22"}, {KM: "2000"}}
		if i == 0 {
			c.Orgs = append(c.Orgs, "sitc")
		}
		if i < 2 {
			c.Boxes = append(c.Boxes, trade.Box{Number: "GROUPAGE", Terminal: "SGSIN", Discharged: founded})
			c.ExportBoxes = []trade.ExportBox{{Number: "GROUPAGE", Terminal: "CNCKG", GatedIn: founded}}
		}
		c.Version = 5
		c.Parties = []trade.Party{
			{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U0X1234"}, Name: "Chongqing Motors", Country: "CN"},
			{Role: "driver", ID: trade.PartyID{Kind: "other", Value: "S1234567D"}, Name: "Tan Wei Ming"},
		}
		chains.Append(c)
		if i == 1 {
			c.Orgs, c.Version = []string{"customs-cn", "maersk", "sitc"}, 2
			chains.Append(c) // superseded by version 5
		}
		found.Append(&FindingRow{Chain: id, FoundedOn: founded, Finding: trade.Finding{Code: trade.FoundSealChanged, About: fmt.Sprintf("SEAL%d", i)}, Opened: founded, Version: 5})
		numbers.Append(&ChainReferenceRow{Reference: trade.Reference{Kind: trade.BL, Value: fmt.Sprintf("BILL%d", i), Issuer: "SITC"}, Chain: id, FoundedOn: founded, Version: 5})
		for j, typ := range []trade.Type{trade.DeclarationLodged, trade.TemperatureRead, trade.OriginCertified} {
			e := loaded(fmt.Sprint("shared-", i, j))
			e.Source, e.Type, e.Data.TemperatureC = "urn:oneorder:org:maersk", typ, "-18"
			row := rowOf(e, payloadOf(e), uint64(10*i+j+1))
			events.Append(e, row)
			heads.Append(e.Key(), 0, &row.Digest, 7)
			a := trade.Attribution{Event: e.Key(), Chain: id, Rule: trade.ByReference, Via: "bl:A@SITC", By: e.Key()}
			if typ == trade.TemperatureRead {
				apart.In(&a, founded)
				apart.Append(&ApartRow{Event: e.Key(), Type: e.Type, OccurredAt: e.Time, Version: 5})
				continue
			}
			members.Append(&ChainEventRow{Attribution: a, FoundedOn: founded, Type: e.Type, OccurredAt: e.Time, Version: 5})
		}
		stays.Append(&StayRow{Chain: id, FoundedOn: founded, Conveyance: "vessel:9793911", From: founded, Until: founded.AddDate(0, 0, 9), Version: 5})
	}
	apart.Append(&ApartRow{Event: trade.EventKey{1}, Conveyance: "vessel:9793911", Type: trade.PositionRead, OccurredAt: founded.AddDate(0, 0, 1), Version: 5})
	for i, org := range []string{"sitc", "maersk"} {
		e := loaded("waiting-" + org)
		e.Source, e.Type = trade.SourcePrefix+org, trade.BondPriced
		events.Append(e, rowOf(e, payloadOf(e), uint64(100+i)))
		waiting.Append(&UnattributedRow{Event: e.Key(), Type: e.Type, OccurredAt: e.Time, Version: 5, Org: org, Since: e.Time})
		refused.Append(&RejectedRow{Org: org, Received: e.Time, Stage: "archive", Sequence: uint64(i), Subject: "events." + org, Version: 5})
	}
	insert(t, w, "shared", chains, members, numbers, events, waiting, refused, heads, found, apart, stays)
}

func checkAccess(t *testing.T, e *embedded.Engine) {
	t.Helper()
	w, err := Open(t.Context(), Config{Addr: e.NativeAddr(), User: "oneorder", Password: "w"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	shared(t, w)
	if _, err := w.PutReference(t.Context(), reference("of the test"), founded); err != nil {
		t.Fatal(err)
	}
	refresh(t, w) // before the first use of a dictionary, which holds for a minute what it has read
	own, err := Open(t.Context(), Config{Addr: e.NativeAddr(), User: "org_sitc", Password: orgPassword})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	}()

	parameters := map[string]string{
		"chain_as_of": "(chain_id = '%s', at = '2100-01-01 00:00:00')", "chain_timeline": "(chain_id = '%s')", "chain_timeline_of": "(chain_id = '%s')", "chain_apart_of": "(chain_id = '%s')",
		"corridor_compare": "(left = 'land-sea', right = 'air', since = '2026-01-01', until = '2026-12-31')",
	}
	granted := make(map[string]bool)
	for _, table := range ReadableBy("sitc") {
		granted[table.Name] = true
	}
	for _, name := range all[string](t, w, "SELECT name FROM system.tables WHERE database = 'oneorder' AND "+lasting+" ORDER BY name") {
		from := name
		if p, ok := parameters[name]; ok {
			from += strings.ReplaceAll(p, "%s", chainA)
		}
		what := "*"
		switch name { // whose states are nothing that a client reads
		case "corridor_rollup":
			what = "chains"
		case "span_rollup":
			what = "spans"
		}
		native := own.Exec(t.Context(), "SELECT "+what+" FROM "+from)
		_, http := asked(t, e.HTTPAddr(), "org_sitc", orgPassword, "SELECT * FROM "+from)
		if (native == nil) != granted[name] || (http == nil) != granted[name] || granted[name] == slices.Contains(withheld, name) {
			t.Errorf("%s: native %v, http %v; want granted %v, withheld %v: say in ReadableBy or withheld who may read it", name, native, http, granted[name], slices.Contains(withheld, name))
		}
		if _, err := asked(t, e.HTTPAddr(), "analyst", "a", "SELECT * FROM "+from); err != nil {
			t.Errorf("%s as analyst: %v", name, err)
		}
	}

	// The rollups are counted, and count everybody: the organisation has no row of them.
	refresh(t, w)
	for _, rollup := range []string{"corridor_rollup", "cold_chain_stored", "node_dwell_stored", "origin_preference_stored", "publisher_quality_stored", "span_rollup", "leg_emissions_stored"} {
		for user, password := range map[string]string{"org_sitc": orgPassword, "analyst": "a"} {
			got, err := asked(t, e.HTTPAddr(), user, password, "SELECT count() > 0 FROM "+rollup)
			if want := map[string]string{"org_sitc": "0", "analyst": "1"}[user]; err != nil || got != want {
				t.Errorf("%s has rows for %s: %s, want %s: %v", rollup, user, got, want, err)
			}
		}
	}

	// What the organisation and what the analyst sees of it. event_heads has identities only.
	for query, want := range map[string][2]string{
		"SELECT arraySort(groupArray(toString(chain_id))) FROM chain":                                {"['" + chainA + "']", "['0A1B2C3D4E5F6G7H','0B1B2C3D4E5F6G7H','0C1B2C3D4E5F6G7H']"},
		"SELECT count() FROM chains":                                                                 {"1", "3"},
		"SELECT uniqExact(chain_id) FROM chain_changes":                                              {"2", "3"}, // of B the version of when it took part
		"SELECT count() FROM chain_events":                                                           {"2", "6"},
		"SELECT count() FROM chain_apart":                                                            {"2", "6"},
		"SELECT count() FROM chain_apart_of(chain_id = '" + chainA + "')":                            {"2", "2"},
		"SELECT count() FROM chain_apart_of(chain_id = '" + chainB + "')":                            {"0", "2"},
		"SELECT count() FROM chain_members":                                                          {"4", "12"},
		"SELECT groupArray(value) FROM (SELECT value FROM chain_numbers ORDER BY value)":             {"['BILL0']", "['BILL0','BILL1','BILL2']"},
		"SELECT count() FROM events":                                                                 {"4", "11"},
		"SELECT count() FROM events_all":                                                             {"4", "11"},
		"SELECT count() FROM unattributed_events":                                                    {"1", "2"},
		"SELECT count() FROM rejected_events":                                                        {"1", "2"},
		"SELECT count() FROM chain_timeline(chain_id = '" + chainA + "')":                            {"4", "4"},
		"SELECT count() FROM chain_timeline(chain_id = '" + chainB + "')":                            {"0", "4"},
		"SELECT count() FROM chain_timeline_of(chain_id = '" + chainA + "')":                         {"4", "4"},
		"SELECT count() FROM chain_timeline_of(chain_id = '" + chainB + "')":                         {"0", "4"},
		"SELECT count() FROM chain_as_of(chain_id = '0C1B2C3D4E5F6G7H', at = '2100-01-01 00:00:00')": {"0", "1"},
		"SELECT sum(chains) FROM corridor_summary":                                                   {"1", "3"},
		"SELECT sum(chains) FROM corridor_transit":                                                   {"1", "3"},
		"SELECT sum(stays) FROM node_dwell":                                                          {"1", "3"},
		"SELECT sum(chains) FROM customs_clearance":                                                  {"2", "6"},
		"SELECT sum(issued) FROM title_turnaround":                                                   {"1", "3"},
		"SELECT sum(invoiced) FROM finance_cycle":                                                    {"1", "3"},
		"SELECT count() FROM discrepancies":                                                          {"1", "3"},
		"SELECT groupArray(about) FROM (SELECT about FROM chain_findings ORDER BY about)":            {"['SEAL0']", "['SEAL0','SEAL1','SEAL2']"},
		"SELECT count() FROM stuck_chains":                                                           {"1", "3"},
		"SELECT count() FROM open_chains":                                                            {"1", "3"},
		"SELECT count() FROM open_chains_stored":                                                     {"1", "3"},
		"SELECT count() FROM discrepancies_stored":                                                   {"1", "3"},
		"SELECT sum(legs) FROM leg_transit":                                                          {"2", "6"},
		"SELECT sum(legs + unknown) FROM leg_emissions":                                              {"2", "6"},
		"SELECT sum(chains) FROM time_release WHERE step = 'lodged-released'":                        {"1", "3"},
		"SELECT arraySort(groupArray(length(chains))) FROM demurrage_detention":                      {"[1,1]", "[1,1,1,2]"},
		"SELECT arraySort(groupArray(length(chains))) FROM demurrage_detention_export":               {"[1]", "[2]"},
		"SELECT sum(containers) FROM demurrage_summary":                                              {"2", "4"},
		"SELECT sum(containers) FROM demurrage_summary_export":                                       {"1", "1"},
		"SELECT countIf(span = 'containers') FROM demurrage_spans":                                   {"2", "4"},
		"SELECT countIf(span = 'containers') FROM demurrage_spans_export":                            {"1", "1"},
		"SELECT count() FROM import_boxes_live":                                                      {"2", "5"},
		"SELECT count() FROM import_boxes_stored":                                                    {"2", "5"},
		"SELECT count() FROM export_boxes_stored":                                                    {"1", "2"},
		"SELECT sum(chains) FROM origin_preference WHERE hs_chapter = '87'":                          {"1", "3"},
		"SELECT sum(certified) FROM origin_preference WHERE hs_chapter = '87'":                       {"1", "3"},
		"SELECT sum(readings) FROM cold_chain":                                                       {"1", "3"},
		"SELECT count() FROM corridor_finance":                                                       {"1", "2"},
		"SELECT concat(dictGet('places', 'name', 'CNQZH'), dictGet('hs', 'name', '8703'))":           {"Qinzhoumotor cars", "Qinzhoumotor cars"},
		"SELECT dictGet('oneorder.corridors', 'nodes', 'land-sea')[1]":                               {"Chongqing", "Chongqing"},
		"SELECT count() FROM places":                                                                 {"2", "2"},
		"SELECT sum(events) FROM publisher_quality":                                                  {"4", "11"},
		"SELECT max(left) FROM corridor_compare(left = 'land-sea', right = 'air', since = '2026-01-01', until = '2026-12-31') WHERE measure = 'chains'": {"1", "3"},
	} {
		var got [2]string
		for i, user := range [2][2]string{{"org_sitc", orgPassword}, {"analyst", "a"}} {
			if got[i], err = asked(t, e.HTTPAddr(), user[0], user[1], query); err != nil {
				got[i] = err.Error()
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		if native := fmt.Sprint(all[string](t, own, "SELECT toString(("+query+"))")[0]); native != want[0] {
			t.Errorf("%s over native: got %s, want %s", query, native, want[0])
		}
	}

	// What is not the organisation's is left out before its own conditions are tried: an error would tell that it is there.
	for _, query := range []string{
		"SELECT count() FROM chains WHERE throwIf(chain_id = '" + chainB + "') = 0",
		"SELECT count() FROM events_all WHERE throwIf(id = 'shared-10') = 0",
		"SELECT count() FROM events WHERE throwIf(id = 'shared-10') = 0",
		"SELECT count() FROM chain_events WHERE throwIf(chain_id = '" + chainB + "') = 0",
		"SELECT count() FROM chains PREWHERE throwIf(chain_id = '" + chainB + "') = 0",
		"SELECT count() FROM chain_events PREWHERE throwIf(chain_id = '" + chainB + "') = 0",
		"SELECT count() FROM events_all PREWHERE throwIf(type = 'finance.bond.priced' AND id = 'waiting-maersk') = 0",
		"SELECT count() FROM chains PREWHERE throwIf(chain_id = '" + chainB + "') = 0 SETTINGS apply_prewhere_after_final = 0",
		"SELECT count() FROM chain_numbers WHERE throwIf(value = 'BILL1') = 0",
		"SELECT count() FROM chain_findings WHERE throwIf(about = 'SEAL1') = 0",
		"SELECT count() FROM chain_apart WHERE throwIf(chain_id = '" + chainB + "') = 0",
		"SELECT count() FROM chain_apart_of(chain_id = '" + chainB + "') WHERE throwIf(via != '') = 0",
		"SELECT count() FROM chain_timeline_of(chain_id = '" + chainB + "') WHERE throwIf(via != '') = 0",
		"SELECT count() FROM chain_timeline(chain_id = '" + chainB + "') WHERE throwIf(via != '') = 0",
	} {
		if _, err := asked(t, e.HTTPAddr(), "org_sitc", orgPassword, query); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}

	const unsafe = "SELECT count() FROM chains SETTINGS optimize_move_to_prewhere_if_final = 1"
	if _, err := asked(t, e.HTTPAddr(), "org_sitc", orgPassword, unsafe); err == nil || !strings.Contains(err.Error(), "should not be changed") {
		t.Errorf("%s: %v, want it refused", unsafe, err)
	}

	// Names of parties are of everybody's chains: for analysts.
	const named = "SELECT dictGet('parties', 'name', ('uscc', '91500000MA5U0X1234'))"
	if got, err := asked(t, e.HTTPAddr(), "analyst", "a", named); err != nil || got != "Chongqing Motors" {
		t.Errorf("an analyst is told %q, %v", got, err)
	}
	if got, err := asked(t, e.HTTPAddr(), "analyst", "a", "SELECT concat(toString(count()), ' ', any(id), ' ', toString(any(chains))) FROM party_names"); err != nil || got != "1 91500000MA5U0X1234 3" {
		t.Errorf("party_names has %q, %v; want no identifier of a person", got, err)
	}
	if err := own.Exec(t.Context(), named); err == nil {
		t.Error("an organisation looks up the parties of all chains")
	}
	if got, err := asked(t, e.HTTPAddr(), "org_sitc", orgPassword, named); err == nil {
		t.Errorf("an organisation is told %q over HTTP", got)
	}

	// The dictionaries' own user reads what they have.
	for _, table := range []string{"chains", "chain_changes", "events_all", "findings"} {
		if got, err := asked(t, e.HTTPAddr(), DictionariesUser, "", "SELECT count() FROM "+table); err == nil {
			t.Errorf("%s reads %s: %s", DictionariesUser, table, got)
		}
	}

	// Where chains are many, what is stored shows it its own. It has no rows of the rollups, so its containers are summed from what is stored, and as of then.
	if err := w.Exec(t.Context(), "CREATE OR REPLACE VIEW counted_from (chains UInt64 COMMENT 'for the test') AS SELECT toUInt64(1) AS chains"); err != nil {
		t.Fatal(err)
	}
	for view, want := range map[string][3]string{
		"open_chains": {"count()", "1", "3"}, "stuck_chains": {"count()", "1", "3"}, "discrepancies": {"count()", "1", "3"},
		"demurrage_summary": {"sum(containers)", "2", "4"}, "demurrage_summary_export": {"sum(containers)", "1", "1"},
	} {
		for user, password := range map[string]string{"org_sitc": orgPassword, "analyst": "a"} {
			got, err := asked(t, e.HTTPAddr(), user, password, "SELECT "+want[0]+", max(as_of) < now64(3) - 0.001, (SELECT many FROM chains_are_many) FROM "+view)
			if want := map[string]string{"org_sitc": want[1], "analyst": want[2]}[user] + "\t1\ttrue"; err != nil || got != want {
				t.Errorf("%s for %s where chains are many: %q, want %q: %v", view, user, got, want, err)
			}
		}
	}

	for _, refused := range []string{
		"SELECT count() FROM chains SETTINGS apply_row_policy_after_final = 0",
		"SELECT count() FROM chains SETTINGS final = 0",
		"SELECT 1 SETTINGS max_execution_time = 0",
		"SELECT 1 SETTINGS max_memory_usage = 0",
		"SELECT 1 SETTINGS max_memory_usage = 100000000000",
		"SELECT 1 SETTINGS readonly = 0",
		"SELECT value FROM mergeTreeIndex('oneorder', 'chain_references')",
		"SELECT * FROM file('/etc/hostname', 'LineAsString')",
		"SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
		"SELECT * FROM remote('127.0.0.1', 'oneorder', 'chains')",
		"SELECT * FROM remote('127.0.0.1', 'oneorder', 'reference_places', 'dictionaries', '')",
		"SELECT * FROM system.processes", "SELECT * FROM system.users", "SELECT * FROM system.parts",
		"INSERT INTO chains (chain_id) VALUES ('X')", "ALTER TABLE chains DELETE WHERE 1", "TRUNCATE TABLE chains", "DROP VIEW chain",
		"CREATE TABLE mine (x UInt8) ENGINE = MergeTree ORDER BY x", "CREATE VIEW mine AS SELECT * FROM chains", "SYSTEM STOP MERGES chains", "KILL QUERY WHERE 1",
	} {
		if err := own.Exec(t.Context(), refused); err == nil {
			t.Errorf("an organisation may: %s", refused)
		}
		if strings.Contains(refused, "count()") || strings.Contains(refused, "mergeTreeIndex") || strings.Contains(refused, "system") || strings.HasPrefix(refused, "KILL") {
			continue // an analyst sees all rows, and may end what is its own
		}
		if got, err := asked(t, e.HTTPAddr(), "analyst", "a", refused); err == nil {
			t.Errorf("an analyst may: %s: %s", refused, got)
		}
	}
}
