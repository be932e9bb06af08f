package bench

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"oneorder/internal/warehouse"
)

// BenchmarkOverdue makes chains of which one in twenty is under way and has two milestones next, all that is overdue told, and looks for
// what is to be told as chain does each minute: at all of them, as it does once an hour, and at what became due in the minute or
// was written in it. It reports the median of each, of the wall and of the engine's processor, in milliseconds. Ten million:
//
//	ONEORDER_BENCH_CHAINS=10000000 go test -run '^$' -bench Overdue -benchtime 1x -timeout 1h ./bench
func BenchmarkOverdue(b *testing.B) {
	db := filledOf(b, chainsAsked(b), "chains")
	w, err := warehouse.Open(b.Context(), warehouse.Config{Addr: db.native})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			b.Error(err)
		}
	}()
	now := time.Now().UTC().Truncate(time.Minute)
	db.ask(b, "INSERT INTO overdue_notices (chain_id, milestone, due_at, told_at) SELECT chain_id, next.1, next.2, now() FROM chains ARRAY JOIN due AS next WHERE next.2 < '"+now.Add(-time.Minute).Format(time.DateTime)+"'")
	newest, err := w.NewestVersion(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	// The measures of all chains are none of this.
	db.ask(b, "SYSTEM STOP VIEWS")
	processor := func() int {
		spent, err := strconv.Atoi(db.ask(b, "SELECT value FROM system.events WHERE event = 'OSCPUVirtualTimeMicroseconds'"))
		if err != nil {
			b.Fatal(err)
		}
		return spent
	}
	const asks = 9
	for b.Loop() {
		for _, c := range []struct {
			name string
			seen warehouse.OverdueSeen
		}{{"all", warehouse.OverdueSeen{}}, {"since", warehouse.OverdueSeen{Due: now.Add(-time.Minute), Version: newest - 3000}}} {
			var wall, spent [asks]float64
			for i := range asks {
				before, start := processor(), time.Now()
				found, err := w.OverdueUntold(b.Context(), now, c.seen, nil, true, 1000)
				if err != nil {
					b.Fatal(err)
				}
				wall[i], spent[i] = float64(time.Since(start).Microseconds())/1000, float64(processor()-before)/1000
				b.Logf("%s: %d untold", c.name, len(found))
			}
			slices.Sort(wall[:])
			slices.Sort(spent[:])
			b.ReportMetric(wall[asks/2], c.name+"-ms")
			b.ReportMetric(spent[asks/2], c.name+"-cpu-ms")
		}
	}
	b.ReportMetric(0, "ns/op")
}
