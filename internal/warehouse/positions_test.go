package warehouse

import "testing"

func TestPositions(t *testing.T) {
	w := migrated(t)
	position := func(want uint64, wantKnown bool) {
		t.Helper()
		got, known, err := w.Position(t.Context(), "archive")
		if err != nil || got != want || known != wantKnown {
			t.Errorf("position %d, known %t, %v; want %d, %t", got, known, err, want, wantKnown)
		}
	}
	last := func(want uint64) {
		t.Helper()
		if got, err := w.LastVersion(t.Context()); err != nil || got != want {
			t.Errorf("last version %d, %v; want %d", got, err, want)
		}
	}
	position(0, true) // an empty database has nothing, and that is known
	last(0)
	insert(t, w, "a", eventsOf(40, 3))
	position(0, false) // filled by a program that kept no positions
	last(42)
	b := NewPositions()
	b.Append("archive", 2<<48|7, 1)
	b.Append("archive", 1<<48|900, 1)
	b.Append("chain", 3<<48|1, 1)
	insert(t, w, "p", b)
	position(2<<48|7, true)
	last(3<<48 | 1)
}
