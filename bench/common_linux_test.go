package bench

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

// counted is a store that counts what is written.
type counted struct {
	linkage.Memory
	bytes int
}

func (c *counted) Set(key, value []byte) error {
	c.bytes += len(key) + len(value)
	return c.Memory.Set(key, value)
}

// BenchmarkCommonNumber joins 200,000 events, each of which names, beside a bill of its own, the number that all name: a
// department's code in the field of the shipment. What changed is written every 1,000 events. It tells what the first and the
// last tenth of the events took: processor time, and bytes written.
func BenchmarkCommonNumber(b *testing.B) {
	const batch, all, tenth = 1000, 200_000, 20_000
	common := trade.Reference{Kind: trade.Shipment, Value: "EXPORT-DEPT-7"}
	for b.Loop() {
		store := &counted{Memory: linkage.Memory{}}
		linker := linkage.New(store, 0)
		inputs := make([]linkage.Input, 0, batch)
		wrote := 0
		began, _ := process()
		for i := 1; i <= all; i++ {
			at := time.Unix(int64(i), 0)
			in := linkage.Input{Sequence: uint64(i), Received: at, Event: &trade.Event{
				SpecVersion: "1.0", ID: fmt.Sprint("event-", i), Source: "urn:oneorder:org:sitc", Type: trade.TitleIssued, Time: at,
				Data: &trade.Data{References: []trade.Reference{{Kind: trade.BL, Value: fmt.Sprint("BILL", i), Issuer: "SITC"}, common}},
			}}
			binary.BigEndian.PutUint64(in.Digest[:], in.Sequence)
			if inputs = append(inputs, in); i%batch > 0 {
				continue
			}
			if _, err := linker.Apply(inputs); err != nil {
				b.Fatal(err)
			}
			if err := linker.Flush(store); err != nil {
				b.Fatal(err)
			}
			inputs = inputs[:0]
			if i%tenth > 0 {
				continue
			}
			spent, _ := process()
			if i == tenth || i == all {
				b.ReportMetric(float64((spent-began).Nanoseconds())/tenth, fmt.Sprintf("cpu-ns/event-of-%d", i))
				b.ReportMetric(float64(store.bytes-wrote)/tenth, fmt.Sprintf("B/event-of-%d", i))
			}
			began, wrote = spent, store.bytes
		}
	}
}
