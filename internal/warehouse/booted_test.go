package warehouse

import (
	"testing"
	"time"
)

func TestBooted(t *testing.T) {
	w := migrated(t)
	at, err := w.Booted(t.Context())
	if err != nil || at.Before(time.Unix(0, 0)) || at.After(time.Now()) {
		t.Errorf("booted at %s, %v", at, err)
	}
	if seconds, err := w.measured(t.Context()); seconds != 0 || err != nil {
		t.Errorf("of a server that measures nothing it is said %d, %v", seconds, err)
	}
	// What the embedded engine lacks, and any server has.
	for _, statement := range []string{
		"CREATE TABLE system.asynchronous_metrics (metric String, value Float64) ENGINE = Memory",
		"INSERT INTO system.asynchronous_metrics VALUES ('OSUptime', 86400.25), ('OSIdleTime', 3)",
	} {
		if err := w.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if err := w.Exec(t.Context(), "DROP TABLE system.asynchronous_metrics"); err != nil {
			t.Error(err)
		}
	}()
	seconds, err := w.measured(t.Context())
	if off := time.Until(time.Unix(seconds, 0).Add(24 * time.Hour)); err != nil || off.Abs() > 10*time.Second {
		t.Errorf("up for a day, it is said that it booted at %s, %v", time.Unix(seconds, 0), err)
	}
}
