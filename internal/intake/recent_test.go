package intake_test

import (
	"testing"

	"oneorder/internal/intake"
)

func TestTheOldestIsForgottenOnceThereAreMoreThanMost(t *testing.T) {
	r := intake.NewRecent[int](2)
	holds := func(want map[string]int) {
		t.Helper()
		for _, key := range []string{"a", "b", "c"} {
			got, ok := r.Value(key)
			if value, known := want[key]; ok != known || got != value {
				t.Errorf("%s: %d %v, want %d %v", key, got, ok, value, known)
			}
		}
	}
	r.Remember("a", 1)
	r.Remember("b", 2)
	r.Remember("a", 3) // is still the oldest
	holds(map[string]int{"a": 3, "b": 2})
	r.Remember("c", 4)
	holds(map[string]int{"b": 2, "c": 4})
	r.Forget("b")
	r.Forget("a")
	r.Remember("a", 5)
	holds(map[string]int{"a": 5, "c": 4})
}
