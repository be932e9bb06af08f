package wire_test

import (
	"errors"
	"runtime"
	"testing"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
	"oneorder/internal/wire/wiretest"
)

// What a hostile text takes is held against its own size and not against a clock, so that no machine is too slow for
// the test: refusing may allocate no more than twice what there is to read, and a little for the telling.
func TestHostileTextIsRefusedInTwiceItsMemory(t *testing.T) {
	for _, hostile := range append(wiretest.HostileTexts(), wiretest.SmallHostileTexts()...) {
		t.Run(hostile.Name, func(t *testing.T) {
			text := []byte(hostile.Text)
			var d wire.Decoder
			var e trade.Event
			var err error
			took := allocated(func() { err = d.Decode(text, &e) })
			t.Logf("%d bytes: %d allocated; %.100v", len(text), took, err)
			var faults trade.Faults
			if !errors.As(err, &faults) || faults[0].Code != hostile.Code {
				t.Errorf("want %s, got %.200v", hostile.Code, err)
			}
			const telling = 64 << 10
			if most := uint64(2*len(text) + telling); took > most {
				t.Errorf("%d bytes allocated for a text of %d, want at most %d", took, len(text), most)
			}
		})
	}
}

// allocated gives how many bytes f allocates. The test must not be parallel.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
