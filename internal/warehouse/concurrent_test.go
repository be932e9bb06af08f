package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"oneorder/internal/trade"
)

// A register is one thing that a writer changes step by step: a chain, an event, a membership. Whoever asks a view while it is
// changed must see it as it was after one of the steps between the last that was over when the question was asked and the last
// that was begun when the answer was there: never an older one, never two at once.
type register struct {
	mu    sync.Mutex
	steps []step
	done  int // steps that are over
	pause bool
}

// step is what a register is after it: not there, or with this value.
type step struct {
	there bool
	value uint64
}

func (s step) String() string {
	if !s.there {
		return "gone"
	}
	return strconv.FormatUint(s.value, 10)
}

// change makes the next step by what write does.
func (r *register) change(to step, write func() error) error {
	r.mu.Lock()
	r.steps = append(r.steps, to)
	r.mu.Unlock()
	err := write()
	r.mu.Lock()
	r.done = len(r.steps) - 1
	r.mu.Unlock()
	return err
}

func (r *register) over() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

// since gives what the register may have looked like since so many steps were over.
func (r *register) since(done int) []step {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.steps[done:])
}

// world is what the test changes: chains, each in a corridor that is called as it is, so that every view has rows of it alone.
type world struct {
	w         *Warehouse
	registers map[string]*register
}

func (x *world) add(name string) *register {
	r := &register{steps: []step{{}}, pause: strings.HasPrefix(name, "event:") || strings.HasPrefix(name, "reading:")}
	x.registers[name] = r
	return r
}

// scene is a chain and what belongs to it, in the hands of one writer.
type scene struct {
	*world
	rand                                                         *rand.Rand
	id                                                           string
	version                                                      uint64
	chain, member, number, finding, apart, reading, event, price *register
}

func (x *world) scene(n uint64) *scene {
	id := fmt.Sprintf("%016X", 0xA000+n)
	return &scene{
		world: x, rand: rand.New(rand.NewPCG(n, 7)), id: id,
		chain: x.add("chain:" + id), member: x.add("member:" + id), number: x.add("number:" + id), finding: x.add("finding:" + id),
		apart: x.add("apart:" + id), reading: x.add("reading:" + id), event: x.add("event:" + id), price: x.add("event:price-" + id),
	}
}

// write inserts the blocks one after another, under tokens of their own.
func (s *scene) write(ctx context.Context, blocks ...Block) error {
	for i, b := range blocks {
		if err := s.w.Insert(ctx, fmt.Sprint(s.id, "/", s.version, "/", i, "/", b.Table()), b); err != nil {
			return err
		}
	}
	return nil
}

// record is the chain with every measure saying the version: hours, days, kilograms, dollars, a chapter.
func (s *scene) record(version uint64) *trade.Chain {
	c := journey(s.id, 64+int(version), int(version))
	n := time.Duration(version)
	c.FoundedOn, c.Version, c.Corridor, c.Containers = founded, version, s.id, []string{"BOX" + s.id}
	c.GrossKG, c.ValueUSD = trade.Decimal(strconv.FormatUint(version, 10)), trade.Decimal(strconv.FormatUint(version, 10))
	c.HS, c.Findings = []string{fmt.Sprintf("%02d0000", version)}, []string{fmt.Sprint("v", version)}
	at := func(m trade.Milestone) time.Time { return c.Milestones[m] }
	c.Milestones[trade.Arrived] = at(trade.Departed).Add(n * time.Hour)
	c.Legs[1].Departed = c.Legs[0].Arrived.Add(n * time.Hour)
	c.Milestones[trade.ImportCleared] = at(trade.ImportLodged).Add(n * time.Hour)
	c.Milestones[trade.TitleSurrenderedAt] = at(trade.TitleIssuedAt).Add(n * time.Hour)
	c.Due = []trade.Due{{Milestone: trade.Paid, At: at(trade.Departed)}}
	c.Emissions = []trade.Emission{{KM: "1", WTW: "1"}, {KM: "2", WTW: "1"}}
	c.Milestones[trade.DischargedAt], c.Milestones[trade.GatedOut] = founded, founded.Add(n*time.Hour)
	c.Boxes = []trade.Box{{Number: c.Containers[0], Terminal: "SGSIN", Discharged: founded, GatedOut: founded.Add(n * time.Hour)}}
	c.ExportBoxes = []trade.ExportBox{{Number: c.Containers[0], Terminal: "CNCKG", GatedIn: founded, Loaded: founded.Add(n * time.Hour)}}
	return c
}

// change makes the next step of one of the scene's registers.
func (s *scene) change(ctx context.Context) error {
	s.version++
	to := step{there: s.rand.IntN(4) > 0}
	if to.there {
		to.value = s.version
	}
	switch s.rand.IntN(8) {
	case 0:
		return s.chain.change(to, func() error { return s.changeChain(ctx, to) })
	case 1:
		return s.member.change(to, func() error { return s.changeMember(ctx, to) })
	case 2:
		b := NewChainReferences()
		row := ChainReferenceRow{Reference: trade.Reference{Kind: trade.BL, Value: "BILL" + s.id, Issuer: "SITC"}, Chain: s.id, FoundedOn: founded, Version: s.version}
		if to.there {
			to.value = 1
			b.Append(&row)
			b.Append(&row)
		} else {
			b.Delete(&row)
		}
		return s.number.change(to, func() error { return s.write(ctx, b) })
	case 3:
		b := NewFindings()
		row := FindingRow{
			Finding: trade.Finding{Code: trade.FoundSealChanged, Sides: [2]trade.Side{{Value: strconv.FormatUint(s.version, 10)}}},
			Chain:   s.id, FoundedOn: founded, Opened: founded, Version: s.version,
		}
		if to.there {
			b.Append(&row)
		} else {
			b.Delete(&row)
		}
		return s.finding.change(to, func() error { return s.write(ctx, b) })
	case 4:
		return s.apart.change(to, func() error { return s.changeApart(ctx, to) })
	case 5:
		return s.reading.change(to, func() error { return s.changeEvent(ctx, "reading-"+s.id, trade.TemperatureRead, to) })
	case 6:
		return s.event.change(to, func() error { return s.changeEvent(ctx, s.id, trade.OriginCertified, to) })
	default:
		return s.price.change(to, func() error { return s.changeEvent(ctx, "price-"+s.id, trade.BondPriced, to) })
	}
}

// changeChain writes a version of the chain, with an older one in the same block and one behind it.
func (s *scene) changeChain(ctx context.Context, to step) error {
	b, again := NewChains(), NewChains()
	if s.version > 1 {
		b.Append(s.record(s.version - 1))
		again.Append(s.record(s.version - 1))
	}
	if to.there {
		b.Append(s.record(s.version))
		b.Append(s.record(s.version))
	} else {
		b.Delete(s.id, founded, s.version)
	}
	// A superseded version that is written late, as by a batch that is done again.
	if err := s.write(ctx, b); err != nil {
		return err
	}
	return s.w.Insert(ctx, fmt.Sprint(s.id, "/again/", s.version), again)
}

func (s *scene) memberKey() trade.EventKey { return trade.KeyOf("urn:oneorder:org:sitc", s.id) }

func (s *scene) changeMember(ctx context.Context, to step) error {
	b := NewChainEvents()
	row := ChainEventRow{
		Attribution: trade.Attribution{Event: s.memberKey(), Chain: s.id, Rule: trade.ByReference, Via: "bl:BILL" + s.id + "@SITC", Steps: uint16(s.version), By: s.memberKey()},
		FoundedOn:   founded, Type: trade.OriginCertified, OccurredAt: founded, Version: s.version,
	}
	if !to.there {
		b.Delete(&row)
		return s.write(ctx, b)
	}
	b.Append(&row)
	row.Version, row.Steps = s.version-1, 0
	b.Append(&row)
	return s.write(ctx, b)
}

func (s *scene) changeApart(ctx context.Context, to step) error {
	b := NewApartEvents()
	row := ApartRow{Event: trade.KeyOf("urn:oneorder:org:sitc", "reading-"+s.id), Type: trade.TemperatureRead, OccurredAt: founded, Version: s.version}
	if to.there {
		b.In(&trade.Attribution{Chain: s.id, Rule: trade.ByContainer, Via: "container:BOX" + s.id, Steps: uint16(s.version)}, founded)
		b.Append(&row)
	} else {
		b.Delete(&row)
	}
	return s.write(ctx, b)
}

// changeEvent writes a revision of an event, its head first as archive does, and copies of it and of the one before.
func (s *scene) changeEvent(ctx context.Context, id string, typ trade.Type, to step) error {
	content := func(revision uint64) (*trade.Event, *EventRow) {
		e := loaded(id)
		e.Type, e.Time, e.Revision = typ, founded, uint32(revision)
		e.Recorded, e.Retracted = founded.Add(time.Duration(revision)*time.Hour), !to.there
		e.Data.Amount = trade.Money{Amount: trade.Decimal(strconv.FormatUint(revision, 10)), Currency: "USD"}
		row := rowOf(e, fmt.Sprintf(`{"data":{"temperature_c":"%d"}}`, revision), s.version)
		row.Org = id
		return e, row
	}
	heads, events := NewEventHeads(), NewEvents()
	e, row := content(s.version)
	heads.Append(row.Key, e.Revision, &row.Digest, s.version)
	events.Append(e, row)
	row.Version += 1000 // the same once more, by a later message
	events.Append(e, row)
	if old, row := content(s.version - 1); s.rand.IntN(2) > 0 {
		events.Append(old, row)
	}
	return s.write(ctx, heads, events)
}

// looks are the questions: for each view the things it shows, with what it says their values are. A thing that is shown twice, or
// counted twice, has the value 999999. %s stands for a chain, where a view asks for one.
var looks = map[string]string{
	"chain":                      "SELECT concat('chain:', chain_id), toUInt64(gross_kg) FROM chain",
	"corridor_summary":           "SELECT concat('chain:', corridor), if(chains = 1 AND containers = 1, toUInt64(gross_kg), 999999) FROM corridor_summary",
	"corridor_transit":           "SELECT concat('chain:', corridor), if(chains = 1 AND arrived = 1, toUInt64(transit_p50_hours), 999999) FROM corridor_transit",
	"node_dwell":                 "SELECT concat('chain:', corridor), if(stays = 1, toUInt64(dwell_p99_hours), 999999) FROM node_dwell",
	"node_dwell_live":            "SELECT concat('chain:', corridor), if(stays = 1, toUInt64(dwell_p99_hours), 999999) FROM node_dwell_live",
	"customs_clearance":          "SELECT concat('chain:', corridor), if(chains = 1, toUInt64(cleared_after_lodging_p50_hours), 999999) FROM customs_clearance WHERE direction = 'import'",
	"time_release":               "SELECT concat('chain:', corridor), if(chains = 1, toUInt64(p50_hours), 999999) FROM time_release WHERE step = 'discharged-gated_out'",
	"leg_transit":                "SELECT concat('chain:', corridor), if(stays = 1, toUInt64(dwell_p99_hours), 999999) FROM leg_transit WHERE mode = 'sea'",
	"demurrage_detention":        "SELECT concat('chain:', corridor), if(length(chains) = 1, toUInt64(terminal_hours), 999999) FROM demurrage_detention",
	"demurrage_detention_export": "SELECT concat('chain:', corridor), if(length(chains) = 1, toUInt64(terminal_hours), 999999) FROM demurrage_detention_export",
	"demurrage_spans":            "SELECT concat('chain:', corridor), toUInt64(amount) FROM demurrage_spans WHERE span = 'terminal'",
	"demurrage_spans_export":     "SELECT concat('chain:', corridor), toUInt64(amount) FROM demurrage_spans_export WHERE span = 'terminal'",
	"demurrage_summary_export":   "SELECT concat('chain:', corridor), if(containers = 1, toUInt64(terminal_p50_hours), 999999) FROM demurrage_summary_export",
	"import_boxes_live":          "SELECT concat('chain:', corridor), toUInt64(dateDiff('hour', discharged_at, gated_out_at)) FROM import_boxes_live",
	"export_boxes_live":          "SELECT concat('chain:', corridor), toUInt64(dateDiff('hour', gated_in_at, loaded_at)) FROM export_boxes_live",
	"boxes_are_stored":           "SELECT 'none', toUInt64(import) FROM boxes_are_stored WHERE false",
	"demurrage_summary":          "SELECT concat('chain:', corridor), if(containers = 1, toUInt64(terminal_p50_hours), 999999) FROM demurrage_summary",
	"title_turnaround":           "SELECT concat('chain:', corridor), if(issued = 1, toUInt64(surrender_p50_hours), 999999) FROM title_turnaround",
	"finance_cycle":              "SELECT concat('chain:', corridor), if(paid = 1, toUInt64(outstanding_p50_days), 999999) FROM finance_cycle",
	"discrepancies_live":         "SELECT concat('chain:', chain_id), toUInt64(substring(finding, 2)) FROM discrepancies_live",
	"open_chains":                "SELECT concat('chain:', chain_id), toUInt64(value_usd) FROM open_chains",
	"open_chains_live":           "SELECT concat('chain:', chain_id), toUInt64(value_usd) FROM open_chains_live",
	"chains_are_many":            "SELECT 'none', toUInt64(many) FROM chains_are_many WHERE false",
	"discrepancies":              "SELECT concat('chain:', chain_id), toUInt64(substring(finding, 2)) FROM discrepancies",
	"stuck_chains":               "SELECT concat('chain:', chain_id), toUInt64(value_usd) FROM stuck_chains",
	"overdue":                    "SELECT concat('chain:', chain_id), toUInt64(value_usd) FROM overdue",
	"emissions":                  "SELECT concat('chain:', chain_id), toUInt64(round(tonnes * 1000)) FROM emissions WHERE leg = 2",
	"leg_emissions":              "SELECT concat('chain:', corridor), if(legs = 1, toUInt64(round(500 * tonne_km)), 999999) FROM leg_emissions WHERE mode = 'sea'",
	"origin_preference":          "SELECT concat('chain:', corridor), if(chains = 1 AND certified <= 1, toUInt64(hs_chapter), 999999) FROM origin_preference",
	"origin_preference_live":     "SELECT concat('chain:', corridor), if(chains = 1 AND certified <= 1, toUInt64(hs_chapter), 999999) FROM origin_preference_live",
	"corridor_compare":           "SELECT concat('chain:', '%s'), toUInt64(round(left * 1000)) FROM corridor_compare(left = '%s', right = 'none', since = '2026-01-01', until = '2026-12-31') WHERE measure = 'gross weight' AND left > 0",
	"chain_as_of":                "SELECT concat('chain:', chain_id), toUInt64(gross_kg) FROM chain_as_of(chain_id = '%s', at = '2100-01-01 00:00:00')",
	"corridor_daily":             "SELECT concat('chain:', corridor), if(departed = 1, toUInt64(departed_kg), 999999) FROM corridor_daily WHERE departed > 0",
	"chain_spans":                "SELECT concat('chain:', chain_id), toUInt64(transit_ms / 3600000) FROM chain_spans",
	"counted_from":               "SELECT 'none', chains FROM counted_from WHERE false",
	"chain_numbers":              "SELECT concat('number:', chain_id), toUInt64(1) FROM chain_numbers",
	"chain_findings":             "SELECT concat('finding:', chain_id), toUInt64(left_value) FROM chain_findings",
	"chain_apart":                "SELECT concat('apart:', chain_id), toUInt64(steps) FROM chain_apart",
	"chain_apart_of":             "SELECT concat('apart:', chain_id), toUInt64(steps) FROM chain_apart_of(chain_id = '%s')",
	"chain_members":              "SELECT concat(if(type = 'logistics.temperature.read', 'apart:', 'member:'), chain_id), toUInt64(steps) FROM chain_members",
	"chain_timeline_of":          "SELECT concat(if(type = 'logistics.temperature.read', 'apart:', 'member:'), chain_id), toUInt64(steps) FROM chain_timeline_of(chain_id = '%s')",
	"chain_timeline":             "SELECT concat(if(type = 'logistics.temperature.read', 'apart:', 'member:'), '%s'), toUInt64(steps) FROM chain_timeline(chain_id = '%s')",
	"events":                     "SELECT concat(if(startsWith(id, 'reading-'), replaceOne(id, '-', ':'), concat('event:', id)), ''), toUInt64(revision) FROM events",
	"corridor_finance":           "SELECT concat('event:', org), toUInt64(amount) FROM corridor_finance",
	"cold_chain":                 "SELECT concat('reading:', chain_id), if(readings = 1, toUInt64(lowest_c), 999999) FROM cold_chain",
	"cold_chain_live":            "SELECT concat('reading:', chain_id), if(readings = 1, toUInt64(lowest_c), 999999) FROM cold_chain_live",
	"publisher_quality":          "SELECT concat(if(startsWith(org, 'reading-'), replaceOne(org, '-', ':'), concat('event:', org)), ''), if(events = 1, toUInt64(late_p50_hours), 999999) FROM publisher_quality WHERE events > 0",
	"publisher_quality_live":     "SELECT concat(if(startsWith(org, 'reading-'), replaceOne(org, '-', ':'), concat('event:', org)), ''), if(events = 1, toUInt64(late_p50_hours), 999999) FROM publisher_quality_live WHERE events > 0",
}

// through says what else must be there for a view to show a thing of a chain.
var through = map[string][]string{"chain_timeline": {"chain:"}, "chain_timeline_of": {"chain:"}, "cold_chain": {"apart:"}, "cold_chain_live": {"apart:"}}

// shows says which of the world's things a view shows, by the beginning of their names.
func shows(view, name, chain string) bool {
	if strings.Contains(looks[view], "%s") && !strings.HasSuffix(name, chain) {
		return false
	}
	kind, rest, _ := strings.Cut(name, ":")
	switch view {
	case "chain_members", "chain_timeline", "chain_timeline_of":
		return kind == "member" || kind == "apart"
	case "events", "publisher_quality", "publisher_quality_live":
		return kind == "event" || kind == "reading"
	case "corridor_finance":
		return strings.HasPrefix(rest, "price-")
	default:
		return strings.Contains(looks[view], "'"+kind+":'")
	}
}

// ask notes every thing that the query shows.
func (x *world) ask(ctx context.Context, query string, shown map[string]step) (err error) {
	rows, err := x.w.reader.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close(), rows.Err()) }()
	for rows.Next() {
		var name string
		to := step{there: true}
		if err := rows.Scan(&name, &to.value); err != nil {
			return err
		}
		if earlier, twice := shown[name]; twice {
			return fmt.Errorf("%s is shown twice: %s and %s", name, earlier, to)
		}
		shown[name] = to
	}
	return nil
}

// look asks a view, and holds every thing that it should show against what the thing may look like.
func (x *world) look(ctx context.Context, view, chain string) error {
	done := make(map[string]int, len(x.registers))
	for name, r := range x.registers {
		done[name] = r.over()
	}
	if view == "corridor_daily" {
		for _, statement := range []string{"SYSTEM REFRESH VIEW corridor_daily_refresh", "SYSTEM WAIT VIEW corridor_daily_refresh"} {
			if err := x.w.Exec(ctx, statement); err != nil {
				return err
			}
		}
	}
	shown := make(map[string]step)
	if err := x.ask(ctx, strings.ReplaceAll(looks[view], "%s", chain), shown); err != nil {
		return fmt.Errorf("%s: %w", view, err)
	}
	for name, r := range x.registers {
		may := r.since(done[name])
		got := shown[name]
		delete(shown, name)
		if !shows(view, name, chain) || slices.Contains(may, got) {
			continue
		}
		excused := r.pause && len(may) > 1 // between the head of a revision and the revision nothing is shown
		for _, kind := range through[view] {
			_, rest, _ := strings.Cut(name, ":")
			need := kind + rest
			excused = excused || slices.Contains(x.registers[need].since(done[need]), step{}) ||
				slices.ContainsFunc(x.registers[need].since(done[need]), func(s step) bool { return !s.there })
		}
		if got.there || !excused {
			return fmt.Errorf("%s shows %s as %s, which may be %v", view, name, got, may)
		}
	}
	for name := range shown {
		return fmt.Errorf("%s shows %s, which there is not", view, name)
	}
	return nil
}

// Chains, events and attributions are inserted, revised, taken back and merged away while every view is asked.
func TestNoViewShowsWhatDoesNotStandWhileItChanges(t *testing.T) {
	t.Run("parts as they are inserted", func(t *testing.T) { changeAndLook(t, false) })
	t.Run("parts merged meanwhile", func(t *testing.T) { changeAndLook(t, true) })
}

func changeAndLook(t *testing.T, merge bool) {
	w := migrated(t)
	views := slices.Sorted(maps.Keys(looks))
	for _, view := range all[string](t, w, "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View'") {
		if !slices.Contains(views, view) {
			t.Errorf("view %s is not asked here: say in looks what it shows", view)
		}
	}
	if !merge {
		hold(t, w)
	}
	x := &world{w: w, registers: make(map[string]*register)}
	const writers = 3
	scenes := make([]*scene, writers)
	for i := range scenes {
		scenes[i] = x.scene(uint64(i))
	}
	// Each question sets a writer off, so that what it reads changes while it reads.
	turns := make(chan struct{}, writers)
	var writing, looking errgroup.Group
	for _, s := range scenes {
		writing.Go(func() error {
			for range turns {
				if err := s.change(t.Context()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	const lookers, rounds = 2, 3
	for i := range lookers {
		looking.Go(func() error {
			order := rand.New(rand.NewPCG(uint64(i), 3))
			for round := range rounds {
				for _, at := range order.Perm(len(views)) {
					select {
					case turns <- struct{}{}:
					default: // all are at it
					}
					if err := x.look(t.Context(), views[at], scenes[(round+i)%writers].id); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	merging, stop := context.WithCancel(t.Context())
	var merges errgroup.Group
	if merge {
		tables := all[string](t, w, "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'ReplacingMergeTree' AND "+lasting)
		merges.Go(func() error {
			for n := 0; merging.Err() == nil; n++ {
				if err := w.Exec(t.Context(), "OPTIMIZE TABLE "+tables[n%len(tables)]+" FINAL"); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := looking.Wait()
	close(turns)
	stop()
	if err := errors.Join(err, writing.Wait(), merges.Wait()); err != nil {
		t.Fatal(err)
	}
	for _, view := range views { // at rest
		for _, s := range scenes {
			if err := x.look(t.Context(), view, s.id); err != nil {
				t.Error(err)
			}
		}
	}
}
