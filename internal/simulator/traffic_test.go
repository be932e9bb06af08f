package simulator

import (
	"testing"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func TestTrafficIsPlausible(t *testing.T) {
	all := run(t, config(9, 2000))
	events, domains, types, orgs := 0, map[string]int{}, map[trade.Type]int{}, map[string]bool{}
	chains, shared, bytes, containerOnly := map[string]map[trade.Type]bool{}, 0, 0, 0
	var line []byte
	for _, r := range all {
		if r.again {
			continue
		}
		events++
		line = wire.Append(line[:0], r.event)
		bytes += len(line)
		domains[r.event.Type.Domain()]++
		types[r.event.Type]++
		orgs[r.event.Org()] = true
		if len(r.chains) > 1 {
			shared++
		}
		if d := r.event.Data; len(d.References)+len(d.Covers) == 0 {
			containerOnly++
		}
		for _, c := range r.chains {
			if chains[c] == nil {
				chains[c] = map[trade.Type]bool{}
			}
			if r.event.Data.Classifier == trade.Actual {
				chains[c][r.event.Type] = true
			}
		}
	}
	t.Logf("%d events of %d chains (%.1f each), %.0f bytes an event, %d types, %d organisations, domains %v, %d shared, %d by container alone; from %s to %s",
		events, len(chains), float64(events)/float64(len(chains)), float64(bytes)/float64(events), len(types), len(orgs), domains, shared, containerOnly,
		all[0].arrived.Format(time.DateOnly), all[len(all)-1].arrived.Format(time.DateOnly))
	if len(chains) != 2000 {
		t.Errorf("%d chains, want 2000", len(chains))
	}
	if each := float64(events) / 2000; each < 31 || each > 37 {
		t.Errorf("%.1f events a chain, want about 35", each)
	}
	if size := bytes / events; size < 450 || size > 750 {
		t.Errorf("%d bytes an event, want about 600", size)
	}
	for _, domain := range []string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance} {
		if domains[domain]*25 < events {
			t.Errorf("%d events of %s, want more", domains[domain], domain)
		}
	}
	if len(orgs) < 60 || len(types) < 45 || shared < events/150 || containerOnly < events/20 {
		t.Errorf("%d organisations, %d types, %d shared events, %d by container alone: want more", len(orgs), len(types), shared, containerOnly)
	}
	for chain, had := range chains {
		for _, typ := range []trade.Type{
			trade.OrderPlaced, trade.InvoiceIssued, trade.BookingConfirmed, trade.TitleIssued, trade.DeclarationLodged, trade.GoodsReleased,
			trade.GoodsCleared, trade.DutyPaid, trade.EquipmentLoaded, trade.ConveyanceDeparted, trade.ConveyanceArrived, trade.CargoDelivered,
		} {
			if !had[typ] {
				t.Fatalf("%s has no %s", chain, typ)
			}
		}
		if !had[trade.PaymentSettled] && !had[trade.CreditSettled] && !had[trade.CollectionPaid] {
			t.Fatalf("%s is never paid", chain)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	cfg := config(1, MaxChains)
	cfg.PerDay = 2000
	s, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	var e trade.Event
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Next(&e); !ok {
			b.Fatal("ended")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkNextAndAppend(b *testing.B) {
	s, err := New(config(1, 200_000))
	if err != nil {
		b.Fatal(err)
	}
	var e trade.Event
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Next(&e); !ok {
			b.Fatal("ended")
		}
		line = wire.Append(line[:0], &e)
		b.SetBytes(int64(len(line)))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
