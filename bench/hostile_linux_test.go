package bench

import (
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
	"oneorder/internal/wire/wiretest"
)

// cost is what some work took.
type cost struct {
	cpu   time.Duration // of all threads: what else the machine does falls on none
	bytes uint64        // allocated
}

// costOf measures the work, done as often as is needed for the clock, and gives what once took.
func costOf(work func()) cost {
	for times := 1; ; times *= 4 {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := cpuTime()
		for range times {
			work()
		}
		cpu := cpuTime() - began
		runtime.ReadMemStats(&after)
		if cpu > 20*time.Millisecond {
			return cost{cpu / time.Duration(times), (after.TotalAlloc - before.TotalAlloc) / uint64(times)}
		}
	}
}

// cpuTime is what this process has used of the processors.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// against measures ours and theirs by turns, and reports the middle of the ratios.
func against(b *testing.B, bytes int, ours, theirs func()) {
	b.Helper()
	var ratios []float64
	var memory float64
	for b.Loop() {
		we, they := costOf(ours), costOf(theirs)
		ratios = append(ratios, float64(we.cpu)/float64(they.cpu))
		memory = float64(we.bytes) / float64(bytes)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "time-ratio")
	b.ReportMetric(memory, "memory-ratio")
	b.ReportMetric(float64(bytes), "bytes")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkHostile refuses texts that are made to cost more than they weigh. The time is held against that of
// json.Valid, which reads a text as any reader of JSON must before it can say anything about it, and keeps nothing;
// where the text is no JSON and json.Valid would leave early, it reads as many bytes of sound events. The memory is held
// against the bytes of the text, which who reads it must have.
func BenchmarkHostile(b *testing.B) {
	for _, hostile := range wiretest.HostileTexts() {
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			var d wire.Decoder
			var e trade.Event
			text, sound := []byte(hostile.Text), soundText(hostile.Text)
			against(b, len(text), func() {
				if d.Decode(text, &e) == nil {
					b.Fatal("taken")
				}
			}, func() {
				if !json.Valid(sound) {
					b.Fatal("the text to compare with is not sound")
				}
			})
		})
	}
}

// BenchmarkHostileSmall refuses faults in events of a usual size, where the telling weighs more than the reading. They
// are held against what encoding/json takes to decode a usual event of as many bytes, unchecked.
func BenchmarkHostileSmall(b *testing.B) {
	for _, hostile := range wiretest.SmallHostileTexts() {
		b.Run(strings.ReplaceAll(hostile.Name, " ", "_"), func(b *testing.B) {
			var d wire.Decoder
			var e trade.Event
			text := []byte(hostile.Text)
			sound := []byte(strings.Repeat(" ", max(0, len(text)-len(wiretest.Sound))) + wiretest.Sound)
			against(b, len(text), func() {
				if d.Decode(text, &e) == nil {
					b.Fatal("taken")
				}
			}, func() {
				var e trade.Event
				if err := json.Unmarshal(sound, &e); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// soundText is the text if it is JSON, else a list of sound events that is as long.
func soundText(text string) []byte {
	if json.Valid([]byte(text)) {
		return []byte(text)
	}
	list := "[" + wiretest.Sound + strings.Repeat(","+wiretest.Sound, len(text)/(len(wiretest.Sound)+1)) + "]"
	return []byte(list)
}
