package record_test

import (
	"testing"
	"unsafe"

	"oneorder/internal/record"
	"oneorder/internal/trade"
)

// scratch is an event whose strings lie in memory that is overwritten, as a decoder's do.
type scratch struct {
	event  *trade.Event
	memory [][]byte
}

// borrowed copies the event's texts into memory that can be overwritten.
func borrowed(e *trade.Event) *scratch {
	s := &scratch{}
	move := func(p *string) {
		if *p == "" {
			return
		}
		b := []byte(*p)
		s.memory = append(s.memory, b)
		*p = unsafe.String(&b[0], len(b))
	}
	copied := *e
	d := *e.Data
	copied.Data = &d
	move(&copied.ID)
	move(&copied.Source)
	d.References = append([]trade.Reference(nil), d.References...)
	for i := range d.References {
		r := &d.References[i]
		move((*string)(&r.Kind))
		move(&r.Value)
		move(&r.Issuer)
	}
	d.Equipment = append([]trade.Equipment(nil), d.Equipment...)
	for i := range d.Equipment {
		move(&d.Equipment[i].Number)
	}
	d.Parties = append([]trade.Party(nil), d.Parties...)
	for i := range d.Parties {
		p := &d.Parties[i]
		for _, text := range []*string{&p.Role, &p.Name, &p.Country, &p.ID.Kind, &p.ID.Value} {
			move(text)
		}
	}
	d.Goods = append([]trade.Goods(nil), d.Goods...)
	for i := range d.Goods {
		move(&d.Goods[i].HS)
		move(&d.Goods[i].Value.Currency)
	}
	for _, text := range []*string{
		&d.Transport.Mode, &d.Transport.Carrier, &d.Transport.Conveyance, &d.Transport.From, &d.Transport.To,
		&d.Place.UNLOCODE, &d.Place.Facility, &d.Customs.Territory, &d.Customs.Direction, &d.Amount.Currency,
	} {
		move(text)
	}
	s.event = &copied
	return s
}

func (s *scratch) overwrite() {
	for _, b := range s.memory {
		for i := range b {
			b[i] = '#'
		}
	}
}

// One operation is a whole consignment: ns/op over 35 events.
func BenchmarkAdd(b *testing.B) {
	tb, events := tables(b), landSea()
	b.ReportAllocs()
	for b.Loop() {
		builder := record.NewBuilder(tb)
		for _, e := range events {
			builder.Add(e)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

// Chain after each event, as when each event of a consignment comes in a batch of its own.
func BenchmarkAddAndChain(b *testing.B) {
	tb, events := tables(b), landSea()
	b.ReportAllocs()
	for b.Loop() {
		builder := record.NewBuilder(tb)
		for _, e := range events {
			builder.Add(e)
			builder.Chain()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

// A whole consignment folded in memory that is used again.
func BenchmarkScratch(b *testing.B) {
	tb, events := tables(b), landSea()
	scratch := record.NewScratch(tb)
	b.ReportAllocs()
	for b.Loop() {
		scratch.Reset()
		for _, e := range events {
			scratch.Add(e)
		}
		scratch.Chain()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(events)), "ns/event")
}

// Chain of a whole consignment of which everything has changed.
func BenchmarkChain(b *testing.B) {
	tb, events := tables(b), landSea()
	builders := make([]*record.Builder, 1024)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(builders) == 0 {
			b.StopTimer()
			for j := range builders {
				builders[j] = record.NewBuilder(tb)
				for _, e := range events {
					builders[j].Add(e)
				}
			}
			b.StartTimer()
		}
		builders[i%len(builders)].Chain()
	}
}
