package warehouse

import (
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	if err := migrated(t).Check(t.Context()); err != nil {
		t.Error(err)
	}
	now := time.Date(2026, 9, 11, 8, 0, 0, 0, time.UTC)
	err := checkMachine(now, now.Add(time.Second), now.Add(-time.Hour), "default", 1<<20)
	for _, reason := range []string{"1h0m0s apart", "disk default", "1 MiB free"} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%v does not say %q", err, reason)
		}
	}
}
