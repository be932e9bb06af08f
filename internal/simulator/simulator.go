package simulator

import (
	"time"

	"oneorder/internal/trade"
)

// Simulator gives the events of a run in the order in which they arrive. It is not for concurrent use.
type Simulator struct {
	cfg     Config
	planner *planner
	pending heap[arrival]
	order   uint64
	begin   int64 // microseconds since 1970: when the next deal begins
	last    arrival
}

// arrival is a step that is still to come.
type arrival struct {
	at    int64
	order uint64 // of arrivals in the same second
	s     *shipment
	step  int32
	again bool
}

// Before says which arrives first.
func (a arrival) Before(b arrival) bool { return a.at < b.at || a.at == b.at && a.order < b.order }

// New makes a simulator. It plans nothing yet.
func New(cfg Config) (*Simulator, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Start = cfg.Start.UTC().Truncate(time.Second)
	return &Simulator{cfg: cfg, planner: newPlanner(cfg), begin: cfg.Start.UnixMicro()}, nil
}

// Next writes the next event to arrive into e and gives the consignments that it belongs to, by their names in
// the truth; false at the end. It reuses the memory of e, but never that of a string, so that an event is kept
// by giving another one to the next call. The names are not to be changed.
func (s *Simulator) Next(e *trade.Event) (chains []string, ok bool) {
	for s.planner.planned < s.cfg.Chains && (len(s.pending) == 0 || s.pending[0].at >= s.begin/1e6) {
		s.plan()
	}
	if len(s.pending) == 0 {
		return nil, false
	}
	s.last = s.pending.pop()
	sh := s.last.s
	sh.write(int(s.last.step), e)
	return sh.chainsOf(&sh.steps[s.last.step]), true
}

// Repeated says whether the event of the last Next had been given before.
func (s *Simulator) Repeated() bool { return s.last.again }

// Stands says whether the event of the last Next is what stands in the end, given for the first time: neither a
// repeat, nor superseded or taken back by another revision. Those that stand have a line of truth.
func (s *Simulator) Stands() bool { return !s.last.again && !s.last.s.steps[s.last.step].superseded }

// Scenario is what is unusual about the event of the last Next, or "".
func (s *Simulator) Scenario() string {
	if s.last.s.steps[s.last.step].revises > 0 {
		return "revision"
	}
	return s.last.s.scenario
}

// Arrived is when the event of the last Next reached the broker.
func (s *Simulator) Arrived() time.Time { return time.Unix(s.last.at, 0).UTC() }

// Planned is how many consignments have begun, of Config.Chains.
func (s *Simulator) Planned() int { return s.planner.planned }

// plan makes the next deal and lets its events arrive.
func (s *Simulator) plan() {
	deal := s.planner.plan(s.begin / 1e6)
	d := s.planner.dice
	for _, sh := range deal.shipments {
		for i := range sh.steps {
			at := sh.steps[i].recorded
			s.push(arrival{at: at, s: sh, step: int32(i)})
			if s.cfg.Repeats > 0 && !sh.steps[i].aside && d.chance(s.cfg.Repeats) {
				again := d.between(1, hour)
				if d.chance(0.3) {
					again = d.between(hour, 10*day)
				}
				s.push(arrival{at: at + again, s: sh, step: int32(i), again: true})
			}
		}
	}
	perDeal := 86_400e6 / float64(s.cfg.PerDay) * float64(len(deal.shipments))
	s.begin += int64(perDeal * (0.5 + d.Float64()))
}

func (s *Simulator) push(a arrival) {
	a.order = s.order
	s.order++
	s.pending.push(a)
}
