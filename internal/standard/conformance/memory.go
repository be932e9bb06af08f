package conformance

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"oneorder/internal/standard"
)

// mostHeld is how many times the size of a document its conversion may hold.
const mostHeld = 20

// Bounded converts a document of a megabyte in which unit is repeated as often as fits, and holds the memory that this
// takes against mostHeld. Whether the document is taken or refused does not matter.
func Bounded(t *testing.T, format standard.Format, head, unit, tail string) {
	t.Helper()
	const size = 1 << 20
	document := []byte(head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail)
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that hardly any garbage counts
	runtime.GC()
	before := live()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			most = max(most, live())
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	events, err := format.Convert(document, Options)
	runtime.GC()
	close(stop)
	most := <-peak
	runtime.KeepAlive(events)
	runtime.KeepAlive(err)
	if most > before && most-before > mostHeld*size {
		t.Errorf("%s holds %d times the size of %.60s… repeated", format.Name, (most-before)/size, unit)
	}
}

// live is how much memory was in use when garbage was last collected.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
