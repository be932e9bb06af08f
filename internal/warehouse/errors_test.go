package warehouse

import (
	"errors"
	"fmt"
	"testing"

	"oneorder/internal/failure"
)

// Every row of the failure table, thrown by the server itself.
func TestEveryFailureOfClickHouse(t *testing.T) {
	w := migrated(t)
	for _, row := range failure.ClickHouseRows {
		t.Run(fmt.Sprint(row.Code, " ", row.Name, " ", row.Says), func(t *testing.T) {
			thrown := fmt.Sprintf("throwIf(1, 'provoked: %s', toInt16(%d))", row.Says, row.Code)
			const allowed = " SETTINGS allow_custom_error_code_in_throwif = 1"
			var got *failure.Error
			if err := w.Exec(t.Context(), "SELECT "+thrown+allowed); !errors.As(err, &got) || got.Row != row {
				t.Errorf("got %v, want %+v", err, row)
			}
		})
	}
}

// An insert's own errors come through the other client.
func TestFailuresOfAnInsert(t *testing.T) {
	w := migrated(t)
	run(t, w, "ALTER TABLE unattributed_events ADD CONSTRAINT named CHECK org != 'poison'")
	b := NewUnattributedEvents()
	b.Append(&UnattributedRow{Org: "poison"})
	err := w.Insert(t.Context(), "t", b)
	if failure.Of(err) != failure.Permanent {
		t.Errorf("a violated constraint: %v is %s", err, failure.Of(err))
	}
	run(t, w, "DROP TABLE unattributed_events SYNC")
	if err := w.Insert(t.Context(), "u", b); failure.Of(err) != failure.Fatal {
		t.Errorf("a missing table: %v is %s", err, failure.Of(err))
	}
}

func run(t *testing.T, w *Warehouse, statement string) {
	t.Helper()
	if err := w.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
