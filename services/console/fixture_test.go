package console_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// shelf is a warehouse that holds what a test puts there, and can be away.
type shelf struct {
	payloads  map[trade.EventKey][]byte
	chains    map[string][]warehouse.ChainView
	gone      map[string]warehouse.ChainView // chains of before, which were until their last event
	corridors []warehouse.Overview
	totals    warehouse.Totals
	counted   time.Time // when the overviews were; zero: now
	away      error
}

func (s *shelf) LookupFor(_ context.Context, org, number string) ([]warehouse.ChainView, error) {
	own := slices.DeleteFunc(slices.Clone(s.chains[number]), func(c warehouse.ChainView) bool { return org != "" && !slices.Contains(c.Orgs, org) })
	return own, s.away
}

func (s *shelf) OrderFor(ctx context.Context, org, number string) ([]warehouse.ChainView, *warehouse.Around, error) {
	found, err := s.LookupFor(ctx, org, number)
	if err != nil || len(found) != 1 {
		return found, nil, err
	}
	changes, _ := s.Changes(ctx, found[0].ID, org)
	return found, &warehouse.Around{Payloads: s.payloads, Changes: changes}, nil
}

// Changes are the days on which something happened.
func (s *shelf) Changes(_ context.Context, chain, _ string) ([]time.Time, error) {
	var all []time.Time
	if gone, ok := s.gone[chain]; ok {
		return []time.Time{gone.LastEvent}, s.away
	}
	if found := s.chains[chain]; len(found) > 0 {
		for _, row := range found[0].Timeline {
			if row.Classifier == trade.Actual {
				all = append(all, row.Time)
			}
		}
	}
	return all, s.away
}

// AsOf knows what had happened by then. The title was none before it was issued.
func (s *shelf) AsOf(_ context.Context, id string, at time.Time) (warehouse.ChainView, bool, error) {
	if gone, ok := s.gone[id]; ok && !at.After(gone.LastEvent) {
		return gone, true, s.away
	}
	if len(s.chains[id]) != 1 || s.chains[id][0].ID != id {
		return warehouse.ChainView{}, false, s.away
	}
	today := &s.chains[id][0]
	past := *today
	past.Timeline, past.Found, past.Findings = nil, nil, nil
	past.Title = "none"
	for _, row := range today.Timeline {
		if row.Time.After(at) {
			continue
		}
		past.Timeline = append(past.Timeline, row)
		if row.Type == trade.TitleIssued {
			past.Title = today.Title
		}
	}
	return past, len(past.Timeline) > 0, s.away
}

func (s *shelf) Payloads(_ context.Context, timeline []warehouse.TimelineRow, _ uint64) (map[trade.EventKey][]byte, error) {
	found := map[trade.EventKey][]byte{}
	for _, row := range timeline {
		if payload, ok := s.payloads[row.Event]; ok {
			found[row.Event] = payload
		}
	}
	return found, s.away
}

func (s *shelf) Suggest(_ context.Context, typed, org string, most int) ([]warehouse.Suggestion, error) {
	var found []warehouse.Suggestion
	for number, chains := range s.chains {
		if strings.HasPrefix(number, typed) && len(found) < most && (org == "" || slices.Contains(chains[0].Orgs, org)) {
			found = append(found, warehouse.Suggestion{Reference: trade.Reference{Kind: "container", Value: number}, Chains: uint64(len(chains))})
		}
	}
	return found, s.away
}

func (s *shelf) Corridors(context.Context) ([]warehouse.Overview, error) { return s.corridors, s.away }

func (s *shelf) Load(context.Context) (warehouse.Load, error) {
	return warehouse.Load{Tables: []warehouse.TableLoad{{Name: "chains", Rows: 812, Bytes: 1 << 20, Parts: 3, MostParts: 3}}, Disks: []warehouse.Disk{{Name: "default", Free: 1 << 30, Total: 4 << 30}}}, s.away
}

func (s *shelf) Overviews(context.Context, int) ([]warehouse.Overview, error) {
	monday := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	return []warehouse.Overview{{
		ID: "land-sea", AsOf: s.counted, Chains: 812, Moving: 31, Delivered: 700, Containers: 1630, ValueUSD: "184220911.25", TransitP50: span(262.4), TransitP90: span(301),
		Planned: 10, OnTime: 9, FirstPlanned: 8, FirstOnTime: 6, Contradicted: 203, Complete: 0.91, Weeks: []warehouse.Week{{Monday: monday, Departed: 12, Delivered: 7}},
		Findings: []warehouse.FindingCount{{Code: trade.FoundWeightMismatch, Chains: 200}},
	}, {ID: "other", Chains: 1}}, s.away
}

func (s *shelf) Stuck(_ context.Context, org string, _ int) ([]warehouse.StuckChain, uint64, error) {
	c := warehouse.StuckChain{ID: "7ZK3Q9M2X4V8C1BN", Corridor: "land-sea", Status: "in_transit", Reached: "departed", WaitsFor: "arrived", Idle: span(400), LastEvent: began, Origin: "CNCKG", Destination: "SGSIN", Orgs: []string{"sitc"}}
	if org != "" && !slices.Contains(c.Orgs, org) {
		return nil, 0, s.away
	}
	return []warehouse.StuckChain{c}, 1, s.away
}

func (s *shelf) Unattributed(_ context.Context, org string, _ int) ([]warehouse.WaitingEvent, uint64, error) {
	row := s.chains["SITU9070320"][0].Timeline[3]
	if org != "" && org != row.Org {
		return nil, 0, s.away
	}
	return []warehouse.WaitingEvent{{Event: row.Event, Type: row.Type, Time: row.Time, Org: row.Org, Since: began}}, 1, s.away
}

func (s *shelf) Totals(context.Context) (warehouse.Totals, error) { return s.totals, s.away }

var began = time.Date(2026, 9, 1, 2, 0, 0, 0, time.UTC)

func at(day, hour int) time.Time { return began.Add(time.Duration(day*24+hour) * time.Hour) }

func event(day, hour int, eventType trade.Type, org, place string, rule trade.Rule, via string, steps uint16) warehouse.TimelineRow {
	source := trade.SourcePrefix + org
	return warehouse.TimelineRow{
		Attribution: trade.Attribution{Event: trade.KeyOf(source, via), Chain: "7ZK3Q9M2X4V8C1BN", Rule: rule, Via: via, Steps: steps, By: trade.KeyOf(source, "by")},
		Type:        eventType, Time: at(day, hour), Source: source, ID: via, Org: org, Classifier: trade.Actual, UNLOCODE: place,
	}
}

// payload is the event of a row with this data, as archive stores it.
func payload(r *warehouse.TimelineRow, data string) []byte {
	return fmt.Appendf(nil, `{"specversion":"1.0","id":%q,"source":%q,"type":%q,"time":%q,"data":{"classifier":"ACT",%s}}`,
		r.ID, r.Source, r.Type, r.Time.Format(time.RFC3339), data)
}

func fullShelf() *shelf {
	chain := warehouse.ChainView{Chain: trade.Chain{
		ID: "7ZK3Q9M2X4V8C1BN", Corridor: "land-sea", Origin: "CNCKG", Destination: "SGSIN",
		ModePath: "rail>sea", Status: "in_transit", Title: "transferred",
		Orgs: []string{"cq-rail", "sitc", "sg-customs", "dbs"}, HS: []string{"870323"},
		Containers: []string{"SITU9070320", "SITU9070336"}, Packages: 40, GrossKG: "21500.0000", ValueUSD: "1125000.5000",
		References: []trade.Reference{
			{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"},
			{Kind: trade.Declaration, Value: "800120260000123456"},
			{Kind: trade.Invoice, Value: "INV-26/001"},
			{Kind: trade.Booking, Value: "BK7700123", Issuer: "SITC"},
			{Kind: trade.LetterOfCredit, Value: "LC8841/26"},
		},
		Findings:     []string{"overdue", "weight_mismatch"},
		Completeness: [4]float32{0.75, 0.4, 0.66, 0.5},
	}}
	for milestone, day := range map[trade.Milestone]int{
		trade.Ordered: 0, trade.Invoiced: 2, trade.TitleIssuedAt: 9, trade.ExportLodged: 5, trade.ExportCleared: 6,
		trade.Booked: 1, trade.Departed: 10, trade.CreditIssuedAt: 1,
	} {
		chain.Milestones[milestone] = at(day, 3)
	}
	arrival := event(17, 0, trade.ConveyanceArrived, "sitc", "SGSIN", trade.ByConveyance, "vessel:9793911", 0)
	arrival.ID = "arrival"
	arrival.Classifier, arrival.Conveyance, arrival.Mode = trade.Estimated, "9793911", trade.Sea
	chain.Timeline = []warehouse.TimelineRow{
		event(0, 1, trade.OrderPlaced, "cq-motors", "", trade.ByBundle, "purchase_order:PO-26-118", 1),
		event(1, 4, trade.CreditIssued, "dbs", "", trade.ByBundle, "letter_of_credit:LC8841/26", 1),
		event(1, 9, trade.BookingConfirmed, "sitc", "CNCKG", trade.ByBundle, "booking:BK7700123@SITC", 1),
		event(2, 2, trade.InvoiceIssued, "cq-motors", "", trade.ByReference, "invoice:INV-26/001", 2),
		event(4, 2, trade.EquipmentGatedIn, "cq-rail", "CNCKG", trade.ByContainer, "container:SITU9070320", 0),
		event(5, 1, trade.DeclarationLodged, "cn-broker", "CNCKG", trade.ByReference, "declaration:800120260000123456", 1),
		event(6, 1, trade.GoodsCleared, "cn-customs", "CNCKG", trade.ByReference, "declaration:800120260000123456", 1),
		event(9, 8, trade.TitleIssued, "sitc", "CNQZH", trade.ByReference, "bl:SITGCKSG026001@SITC", 0),
		event(10, 5, trade.ConveyanceDeparted, "sitc", "CNQZH", trade.ByConveyance, "vessel:9793911", 0),
		arrival,
	}
	for i := range chain.Timeline {
		chain.Timeline[i].Event = trade.KeyOf(chain.Timeline[i].Source, chain.Timeline[i].ID)
	}
	chain.Timeline[3].By = chain.Timeline[0].Event
	chain.Timeline[3].Flags = trade.FlagWide | trade.FlagUnclear
	chain.Timeline[5].Flags = trade.FlagLinkSuspect | trade.FlagRevisionConflict
	chain.Legs = []trade.Leg{
		{Mode: trade.Rail, Carrier: "CRCT", Conveyance: "X9530/20260907", From: "CNCKG", To: "CNQZH", Departed: at(7, 0), Arrived: at(9, 0)},
		{Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", From: "CNQZH", To: "SGSIN", Departed: at(10, 5), PlannedArrival: at(17, 0)},
	}
	chain.Parties = []trade.Party{{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U0X1234"}, Name: "Chongqing Motors", Country: "CN"}}
	chain.Value = trade.Money{Amount: "1125000.5", Currency: "USD"}
	invoice, lodged, title := &chain.Timeline[3], &chain.Timeline[5], &chain.Timeline[7]
	chain.Found = []warehouse.FoundRow{
		{
			Code: trade.FoundWeightMismatch, Severity: trade.Warning, Opened: at(9, 8), Events: []trade.EventKey{lodged.Event, title.Event},
			Sides: [2]warehouse.FoundSide{
				{Says: "21500 kg on the export declaration", Value: "21500", Unit: "kg", Event: lodged.Event},
				{Says: "25500 kg on the bill", Value: "25500", Unit: "kg", Event: title.Event},
			},
		},
		{
			Code: trade.FoundWeightMismatch, Severity: trade.Critical, Opened: at(5, 1), Closed: at(6, 1), Events: []trade.EventKey{lodged.Event},
			Sides: [2]warehouse.FoundSide{{Says: "what was cleared", Event: lodged.Event}},
		},
	}
	chain.Recognition = []trade.Recognition{
		{At: at(8, 6), Act: "recognised", Kind: "certificate_of_origin", Number: "E26/1", Digest: "sha256:0f", Match: trade.MatchDigest, Org: "sgcustoms", Event: lodged.Event},
		{At: at(8, 9), Act: "refused", Kind: "bl", Number: "SITGCKSG026001", Match: trade.MatchNumber, Org: "dbs", Event: title.Event},
	}
	payloads := map[trade.EventKey][]byte{
		invoice.Event: payload(invoice, `"references":[{"kind":"invoice","value":"INV-26/001"}],"goods":[{"hs":"870323","description":"cars","packages":40,"gross_kg":"21500.0","value":{"amount":"1125000.50","currency":"USD"},"basis":"FOB"}]`),
		lodged.Event:  payload(lodged, `"references":[{"kind":"declaration","value":"800120260000123456"}],"customs":{"territory":"CN","direction":"export"},"goods":[{"hs":"870323","packages":40,"gross_kg":"21500.0"}]`),
		title.Event:   payload(title, `"references":[{"kind":"bl","value":"SITGCKSG026001","issuer":"SITC"}],"document":{"kind":"bl","number":"SITGCKSG026001","status":"ISSUED","holder":{"kind":"uscc","value":"91500000MA5U0X1234"},"platform":"WAVE"},"goods":[{"hs":"870323","packages":40,"gross_kg":"25500.0"}]`),
	}
	return &shelf{
		payloads: payloads,
		chains:   map[string][]warehouse.ChainView{"SITU9070320": {chain}, chain.ID: {chain}, "LC8841/26": {chain, chain, chain, chain}},
		corridors: []warehouse.Overview{
			{ID: "land-sea", Chains: 812, Containers: 1630, ValueUSD: "184220911.25", TransitP50: span(262.4), ClearP50: span(9.1)},
			{ID: "europe-rail", Chains: 402, Containers: 812, ValueUSD: "122870002.00", TransitP50: span(401), ClearP50: span(16)},
			{ID: "air", Chains: 188, ValueUSD: "88100000", TransitP50: span(7.2), ClearP50: span(0.6)},
			{ID: "asean-road", Chains: 91, Containers: 91, ValueUSD: "9120000"},
		},
		totals: warehouse.Totals{Chains: 2000, Events: 60412, Unattributed: 12, Rejected: 3},
	}
}

func span(hours float64) time.Duration { return time.Duration(hours * float64(time.Hour)) }
