package warehouse

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

const (
	chainA = "0A1B2C3D4E5F6G7H"
	chainB = "0B1B2C3D4E5F6G7H"
)

var founded = at("2026-09-10T00:00:00Z")

// whole is a chain of which every column is filled.
func whole(id string) *trade.Chain {
	c := &trade.Chain{
		ID: id, FoundedOn: founded, Version: 3<<48 | 17,
		Orgs:     []string{"bank", "customs-cn", "sitc"},
		Parties:  []trade.Party{{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U0X1234"}, Name: "Chongqing Motors", Country: "CN"}},
		Corridor: "land-sea", Origin: "CNCKG", Destination: "SGSIN", ModePath: "rail>sea",
		Legs: []trade.Leg{
			{Mode: trade.Rail, Carrier: "CRCT", Conveyance: "X9041/20260901", From: "CNCKG", To: "CNQZH", Departed: at("2026-09-01T10:00:00Z"), Arrived: at("2026-09-04T10:00:00Z")},
			{Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", From: "CNQZH", To: "SGSIN", Departed: at("2026-09-06T10:00:00Z"), PlannedDeparture: at("2026-09-05T10:00:00Z"), PlannedArrival: at("2026-09-11T10:00:00Z"), FirstArrival: at("2026-09-10T12:00:00Z")},
		},
		HS: []string{"870323", "870899"}, Containers: []string{"SITU9070320", "TCNU1234565"},
		ExportBoxes: []trade.ExportBox{
			{Number: "SITU9070320", ISOType: "45G1", Terminal: "CNCKG", PickedUp: at("2026-08-29T10:00:00Z"), GatedIn: at("2026-08-30T10:00:00Z"), Loaded: at("2026-09-01T08:00:00Z")},
			{Number: "TCNU1234565", PickedUp: at("2026-08-29T11:00:00Z")},
		},
		Packages: 40, GrossKG: "21500.25", Value: trade.Money{Amount: "800000.5", Currency: "CNY"}, ValueUSD: "112000.1234",
		Title: "issued", Completeness: [4]float32{0.5, 0.25, 0.75, 0}, Status: "in_transit", Findings: []string{"seal_changed", "weight_mismatch"},
		Events: 2, LastEvent: at("2026-09-06T10:00:00.5Z"),
		Due:       []trade.Due{{Milestone: trade.Arrived, At: at("2026-09-11T10:00:00Z")}, {Milestone: trade.Paid, At: at("2026-12-01T00:00:00Z")}},
		Emissions: []trade.Emission{{}, {KM: "2683.2", Distance: "great_circle", Tier: "default", Factors: "2026-1", TTW: "484.5", WTW: "524.9"}},

		Complete: 0.4375, TitleHolder: trade.PartyID{Kind: "lei", Value: "506700GE1G29325QX363"}, TitlePlatform: "WAVE",
		TitleSteps: []trade.TitleStep{
			{At: at("2026-09-06T08:00:00Z"), Step: "issued", Number: "SITGCKSG026001", Holder: trade.PartyID{Kind: "lei", Value: "506700GE1G29325QX363"}, Platform: "WAVE", Org: "sitc", Event: trade.KeyOf("urn:oneorder:org:sitc", "t1")},
			{At: at("2026-09-07T08:00:00Z"), Step: "endorsed", Number: "SITGCKSG026001", Actor: trade.PartyID{Kind: "other", Value: "did:example:1"}, Beneficiary: trade.PartyID{Kind: "other", Value: "0xaa"}, Org: "wave", Event: trade.KeyOf("urn:oneorder:org:wave", "t2"), Refused: true},
		},
		Recognition: []trade.Recognition{
			{At: at("2026-09-08T08:00:00Z"), Act: "recognised", Kind: "certificate_of_origin", Number: "CO1", Digest: "sha256:ab", Match: trade.MatchDigest, Org: "sgcustoms", Event: trade.KeyOf("urn:oneorder:org:sgcustoms", "r1")},
		},
		ValueRate: trade.Rate{PerUSD: 677580000, Of: "2026-06", Source: "H.10 monthly average"}, Rails: []string{"CIPS", "SWIFT"}, Green: true, Zones: []string{"sg-tuas"},
		Boxes: []trade.Box{
			{Number: "SITU9070320", ISOType: "45G1", Terminal: "SGSIN", Discharged: at("2026-09-11T20:00:00Z"), GatedOut: at("2026-09-13T20:00:00Z")},
			{Number: "TCNU1234565", Returned: at("2026-09-20T20:00:00Z")},
		},
	}
	for m := range c.Milestones {
		if m%2 == 0 {
			c.Milestones[m] = founded.Add(time.Duration(m) * time.Hour)
		}
	}
	return c
}

// stored puts two chains into the warehouse: A with two events, one of which archive has not stored yet, and B.
func stored(t *testing.T, w *Warehouse) (first, second trade.EventKey) {
	t.Helper()
	e := loaded("e1")
	first, second = e.Key(), trade.KeyOf("urn:oneorder:org:bank", "late")
	events := NewEvents()
	events.Append(e, rowOf(e, "{}", 1))
	chains := NewChains()
	chains.Append(whole(chainA))
	chains.Append(&trade.Chain{ID: chainB, FoundedOn: founded.AddDate(0, 0, 1), Version: 9})
	members := NewChainEvents()
	members.Append(&ChainEventRow{
		Attribution: trade.Attribution{Event: second, Chain: chainA, Rule: trade.ByBundle, Via: "booking:BK7700123@SITC", Steps: 2, By: first},
		FoundedOn:   founded, Type: trade.PaymentSettled, OccurredAt: at("2026-09-20T00:00:00Z"), Version: 8,
	})
	members.Append(&ChainEventRow{
		Attribution: trade.Attribution{Event: first, Chain: chainA, Rule: trade.ByReference, Via: "bl:SITGCKSG026001@SITC", By: first},
		FoundedOn:   founded, Type: e.Type, OccurredAt: e.Time, Version: 8,
	})
	numbers := NewChainReferences()
	for _, r := range []ChainReferenceRow{
		{Reference: e.Data.References[0], Chain: chainA, FoundedOn: founded},
		{Reference: e.Data.References[1], Chain: chainA, FoundedOn: founded},
		{Reference: e.Data.References[1], Chain: chainB, FoundedOn: founded.AddDate(0, 0, 1)},
		{Reference: trade.Reference{Kind: KindContainer, Value: "SITU9070320"}, Chain: chainA, FoundedOn: founded},
		{Reference: trade.Reference{Kind: trade.Contract, Value: "24-1-11"}, Chain: chainB, FoundedOn: founded.AddDate(0, 0, 1)},
		{Reference: trade.Reference{Kind: KindChain, Value: "0C1B2C3D4E5F6G7H"}, Chain: chainA, FoundedOn: founded},
	} {
		numbers.Append(&r)
	}
	insert(t, w, "stored", events, chains, members, numbers)
	return first, second
}

func TestLookupFindsTheChainsOfAnyNumber(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	for _, c := range []struct {
		name, number string
		want         []string
	}{
		{"a bill of lading", "SITGCKSG026001", []string{chainA}},
		{"the same in lower case with dashes", " sitg-cksg-026001 ", []string{chainA}},
		{"a container with a space", "situ 907032/0", []string{chainA}},
		{"a booking of two consignments", "BK7700123", []string{chainA, chainB}},
		{"a number that keeps its dashes", "24-1-11", []string{chainB}},
		{"that number without them is another", "24111", nil},
		{"a chain id", chainB, []string{chainB}},
		{"a chain id in lower case", "0b1b2c3d4e5f6g7h", []string{chainB}},
		{"an id that a chain had before", "0C1B2C3D4E5F6G7H", []string{chainA}},
		{"an id of no chain", "0D1B2C3D4E5F6G7H", nil},
		{"a number that nobody gave", "NOWHERE'); --", nil},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			views, err := w.Lookup(t.Context(), c.number)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range views {
				got = append(got, v.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("chains (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLookupShowsRecordTimelineAndEvidence(t *testing.T) {
	w := migrated(t)
	first, second := stored(t, w)
	got, err := w.Lookup(t.Context(), chainA)
	if err != nil {
		t.Fatal(err)
	}
	e := loaded("e1")
	record := whole(chainA)
	record.References = e.Data.References
	want := []ChainView{{Upto: Newest, Chain: *record, Timeline: []TimelineRow{
		{
			Attribution: trade.Attribution{Event: first, Chain: chainA, Rule: trade.ByReference, Via: "bl:SITGCKSG026001@SITC", By: first},
			Type:        e.Type, Time: e.Time, Source: e.Source, ID: "e1", Org: "sitc", Classifier: trade.Actual,
			UNLOCODE: "CNQZH", Country: "CN", Mode: trade.Sea, Conveyance: "9793911", References: e.Data.References,
		},
		{
			Attribution: trade.Attribution{Event: second, Chain: chainA, Rule: trade.ByBundle, Via: "booking:BK7700123@SITC", Steps: 2, By: first},
			Type:        trade.PaymentSettled, Time: at("2026-09-20T00:00:00Z"),
		},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("look-up (-want +got):\n%s", diff)
	}
	rows := all[string](t, w, "SELECT concat(toString(occurred_at), ' ', source, ' ', rule, ' ', via) FROM chain_timeline(chain_id = '"+chainA+"')")
	lines := []string{
		"2026-09-11 08:15:00.123 urn:oneorder:org:sitc reference bl:SITGCKSG026001@SITC",
		"2026-09-20 00:00:00.000  bundle booking:BK7700123@SITC",
	}
	if diff := cmp.Diff(lines, rows); diff != "" {
		t.Errorf("chain_timeline (-want +got):\n%s", diff)
	}
}

func TestTimelineShowsTheRevisionThatStands(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	e := loaded("e1")
	e.Revision, e.Data.Place.UNLOCODE = 1, "SGSIN"
	b := NewEvents()
	b.Append(e, rowOf(e, "revised", 2))
	insert(t, w, "revised", b)
	views, err := w.Lookup(t.Context(), chainA)
	if err != nil || len(views) != 1 {
		t.Fatalf("got %d chains, %v", len(views), err)
	}
	if got := views[0].Timeline[0]; got.UNLOCODE != "SGSIN" || got.Revision != 1 {
		t.Errorf("got %s in revision %d, want SGSIN in 1", got.UNLOCODE, got.Revision)
	}
}

func TestWithdrawnRowsAreGone(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	first, _ := stored(t, w)
	chains := NewChains()
	chains.Delete(chainB, founded.AddDate(0, 0, 1), 10)
	members := NewChainEvents()
	members.Delete(&ChainEventRow{Attribution: trade.Attribution{Event: first, Chain: chainA}, FoundedOn: founded, Version: 9})
	numbers := NewChainReferences()
	numbers.Delete(&ChainReferenceRow{
		Reference: trade.Reference{Kind: trade.Booking, Value: "BK7700123", Issuer: "SITC"}, Chain: chainB,
		FoundedOn: founded.AddDate(0, 0, 1), Version: 10,
	})
	insert(t, w, "withdrawn", chains, members, numbers)
	tables := []string{"chains", "chain_events", "chain_references"}
	settled(t, w, "SELECT toString(chain_id) FROM chain", []string{chainA}, tables...)
	settled(t, w, "SELECT via FROM chain_timeline(chain_id = '"+chainA+"')", []string{"booking:BK7700123@SITC"})
	settled(t, w, "SELECT toString(chain_id) FROM chain_references FINAL WHERE value = 'BK7700123'", []string{chainA})
}

func TestAnOlderVersionChangesNothing(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	for _, v := range []struct {
		version uint64
		status  string
	}{{1<<48 | 5, "open"}, {2<<48 | 3, "delivered"}, {1<<48 | 9, "arrived"}} {
		b := NewChains()
		b.Append(&trade.Chain{ID: chainA, FoundedOn: founded, Version: v.version, Status: v.status})
		insert(t, w, fmt.Sprint(v.version), b)
	}
	settled(t, w, "SELECT toString(status) FROM chain", []string{"delivered"}, "chains")
}

func TestRowsOfOneKeyInOneBlock(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	b := NewChains()
	for _, version := range []uint64{2, 3, 1} {
		b.Append(&trade.Chain{ID: chainA, FoundedOn: founded, Version: version, Status: fmt.Sprint(version)})
		b.Append(&trade.Chain{ID: chainB, FoundedOn: founded, Version: version})
	}
	b.Delete(chainB, founded, 4)
	insert(t, w, "t", b)
	settled(t, w, "SELECT toString(status) FROM chain", []string{"3"}, "chains")
}

func TestCorridors(t *testing.T) {
	w := migrated(t)
	b := NewChains()
	add := func(id, corridor, usd string, transit, clearance time.Duration, containers ...string) {
		c := &trade.Chain{ID: id, FoundedOn: founded, Version: 1, Corridor: corridor, ValueUSD: trade.Decimal(usd), GrossKG: "10.5", Containers: containers, Events: 3}
		if transit > 0 {
			c.Milestones[trade.Departed], c.Milestones[trade.Arrived] = founded, founded.Add(transit)
		}
		if clearance > 0 {
			c.Milestones[trade.ImportLodged], c.Milestones[trade.ImportCleared] = founded, founded.Add(clearance)
			c.Milestones[trade.Delivered] = founded
		}
		b.Append(c)
	}
	add("A", "air", "0.01", 0, 0)
	add("B", "land-sea", "100.25", 10*time.Hour, time.Hour, "C1", "C2")
	add("C", "land-sea", "0.0001", 20*time.Hour, 0, "C2", "C3")
	add("D", "land-sea", "", 0, 2*time.Hour+time.Millisecond)
	add("E", "land-sea", "99999999999999.9999", 0, 0)
	insert(t, w, "t", b)
	got, err := w.Corridors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Overview{
		{
			ID: "land-sea", Chains: 4, Delivered: 2, Containers: 3, GrossKG: "42", ValueUSD: "100000000000100.25", Events: 12,
			TransitP50: 15 * time.Hour, TransitP90: 19 * time.Hour,
			ClearP50: 90*time.Minute + time.Millisecond, ClearP90: 114*time.Minute + time.Millisecond, // of one hour, and two and a millisecond, rounded
		},
		{ID: "air", Chains: 1, GrossKG: "10.5", ValueUSD: "0.01", Events: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("corridors (-want +got):\n%s", diff)
	}
}

func TestCountsAndAttributions(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	more := NewEvents()
	alone := loaded("alone")
	more.Append(alone, rowOf(alone, "alone", 2))
	heads := NewEventHeads()
	gone := loaded("gone")
	for revision := range uint32(2) {
		gone.Revision, gone.Retracted = revision, revision == 1
		row := rowOf(gone, fmt.Sprint("gone", revision), 3)
		more.Append(gone, row)
		if revision > 0 {
			heads.Append(row.Key, revision, &row.Digest, row.Version)
		}
	}
	waiting := NewUnattributedEvents()
	waiting.Append(&UnattributedRow{Event: alone.Key(), Type: alone.Type, Version: 1})
	twice := NewChainEvents()
	twice.Append(&ChainEventRow{Attribution: trade.Attribution{Event: loaded("e1").Key(), Chain: chainB}, FoundedOn: founded, Type: alone.Type, OccurredAt: alone.Time, Version: 1})
	rejected := NewRejectedEvents()
	rejected.Append(&RejectedRow{Org: "sitc", Stage: "archive", Received: founded})
	insert(t, w, "more", more, heads, waiting, twice, rejected)

	counts, err := w.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantCounts := Counts{Stored: 3, Current: 2, Chains: 2, Attributions: 3, Attributed: 2, Unattributed: 1, Rejected: 1}
	if diff := cmp.Diff(wantCounts, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	var got []Attribution
	for a, err := range w.Attributions(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a)
	}
	source := "urn:oneorder:org:sitc"
	want := []Attribution{{source, "alone", ""}, {source, "e1", chainA}, {source, "e1", chainB}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributions (-want +got):\n%s", diff)
	}
	for a, err := range w.Attributions(t.Context()) {
		if err != nil || a.ID != "alone" {
			t.Errorf("first: got %v, %v", a, err)
		}
		break
	}
}

func TestPayloadsAreThoseOfTheTimeline(t *testing.T) {
	w := migrated(t)
	first, _ := stored(t, w)
	found, err := w.Lookup(t.Context(), chainA)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	payloads, err := w.Payloads(t.Context(), found[0].Timeline, Newest)
	if err != nil {
		t.Fatal(err)
	}
	// The second event is not stored yet.
	if diff := cmp.Diff(map[trade.EventKey][]byte{first: []byte("{}")}, payloads); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSuggestOffersNumbersThatBeginSo(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	for typed, want := range map[string][]string{
		"sitg": {"SITGCKSG026001"}, "SI": nil, "situ 907": {"SITU9070320"}, "nothing": nil, "": nil,
	} {
		for org, sees := range map[string]bool{"": true, "sitc": true, "psa": false} {
			found, err := w.Suggest(t.Context(), typed, org, 5)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range found {
				got = append(got, s.Value)
			}
			if diff := cmp.Diff(want, got); sees && diff != "" || !sees && got != nil {
				t.Errorf("%q for %q (-want +got):\n%s", typed, org, diff)
			}
		}
	}
}

func TestLoadTellsTablesDisksAndInserts(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	refresh(t, w)
	load, err := w.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]uint64{}
	for _, table := range load.Tables {
		rows[table.Name] = table.Rows
		if strings.HasPrefix(table.Name, ".") {
			t.Errorf("%s is no name that anybody gave", table.Name)
		}
		if table.Parts == 0 || table.MostParts == 0 || table.Bytes == 0 {
			t.Errorf("%+v", table)
		}
	}
	if rows["corridor_states"] == 0 {
		t.Errorf("the rows of a materialized view are not shown under its name: %v", rows)
	}
	if rows["chains"] != 2 || rows["events_all"] != 1 || load.Inserts == 0 || len(load.Disks) == 0 || load.Disks[0].Total < load.Disks[0].Free {
		t.Errorf("%+v", load)
	}
}

func TestOverviewsStuckAndUnattributed(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	all, err := w.Overviews(t.Context(), 4)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if o := all[0]; o.ID != "land-sea" || o.Chains != 1 || o.Containers != 2 || o.Contradicted != 1 || len(o.Findings) != 2 || o.ValueUSD != "112000.1234" {
		t.Errorf("%+v", o)
	}
	for org, want := range map[string]uint64{"": 1, "sitc": 1, "psa": 0} {
		stuck, total, err := w.Stuck(t.Context(), org, 5)
		if err != nil || total != want || uint64(len(stuck)) != want {
			t.Errorf("stuck of %q: %+v, %d, %v", org, stuck, total, err)
		}
	}
	b := NewUnattributedEvents()
	b.Append(&UnattributedRow{Event: trade.KeyOf("urn:oneorder:org:sitc", "x"), Version: 4, Type: trade.BookingConfirmed, OccurredAt: founded, Org: "sitc", Since: founded})
	insert(t, w, "loose", b)
	for org, want := range map[string]uint64{"": 1, "sitc": 1, "psa": 0} {
		loose, total, err := w.Unattributed(t.Context(), org, 5)
		if err != nil || total != want || uint64(len(loose)) != want {
			t.Errorf("unattributed of %q: %+v, %d, %v", org, loose, total, err)
		}
	}
}

func TestEventsStoredOnceShowInEachOfTheirChains(t *testing.T) {
	w := migrated(t)
	first, _ := stored(t, w)
	arrival, reading, before := trade.EventKey{1}, trade.EventKey{2}, trade.EventKey{3}
	apart := NewApartEvents()
	for key, day := range map[trade.EventKey]string{arrival: "2026-09-18T00:00:00Z", before: "2026-09-01T00:00:00Z"} {
		apart.Append(&ApartRow{Event: key, Conveyance: "vessel:9793911", Type: trade.ConveyanceArrived, OccurredAt: at(day), Version: 8})
	}
	for _, chain := range []string{chainA, chainB} {
		apart.In(&trade.Attribution{Chain: chain, Rule: trade.ByContainer, Via: "container:SITU9070320", Steps: 1, By: first}, founded)
	}
	apart.Append(&ApartRow{Event: reading, Type: trade.TemperatureRead, OccurredAt: at("2026-09-19T00:00:00Z"), Version: 8})
	stays := NewChainStays()
	stays.Append(&StayRow{
		Chain: chainA, FoundedOn: founded, Conveyance: "vessel:9793911", From: at("2026-09-11T00:00:00Z"), Until: at("2026-09-18T00:00:00Z"),
		Steps: 1, By: first, Version: 8,
	})
	insert(t, w, "apart", apart, stays)
	settled(t, w, "SELECT via FROM chain_timeline(chain_id = '"+chainA+"') WHERE rule != 'reference'",
		[]string{"vessel:9793911", "container:SITU9070320", "booking:BK7700123@SITC"})
	settled(t, w, "SELECT via FROM chain_members WHERE chain_id = '"+chainB+"'", []string{"container:SITU9070320"})
	settled(t, w, "SELECT toString(chain_id) FROM chain_members WHERE type = 'logistics.conveyance.arrived'", []string{chainA})
	views, err := w.Lookup(t.Context(), chainA)
	if err != nil || len(views) != 1 {
		t.Fatalf("got %d chains, %v", len(views), err)
	}
	var got []trade.Attribution
	for _, row := range views[0].Timeline {
		if row.Event == arrival || row.Event == reading || row.Event == before {
			got = append(got, row.Attribution)
		}
	}
	want := []trade.Attribution{
		{Event: arrival, Chain: chainA, Rule: trade.ByConveyance, Via: "vessel:9793911", Steps: 1, By: first},
		{Event: reading, Chain: chainA, Rule: trade.ByContainer, Via: "container:SITU9070320", Steps: 1, By: first},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events that are stored once (-want +got):\n%s", diff)
	}
}

func TestLookupResolvesAliases(t *testing.T) {
	w := migrated(t)
	stored(t, w)
	const alias = "0E1B2C3D4E5F6G7H"
	aliases := NewChainAliases()
	for i, chain := range []string{chainA, chainB} {
		aliases.Append(&AliasRow{Alias: alias, Chain: chain, Kind: trade.Booking, FoundedOn: founded.AddDate(0, 0, i), Version: 8})
	}
	aliases.Delete(&AliasRow{Alias: alias, Chain: chainB, Kind: trade.Contract, FoundedOn: founded, Version: 8})
	insert(t, w, "aliases", aliases)
	views, err := w.Lookup(t.Context(), strings.ToLower(alias))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range views {
		got = append(got, views[i].ID)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{chainA, chainB}, got); diff != "" {
		t.Errorf("chains of the alias (-want +got):\n%s", diff)
	}
}
