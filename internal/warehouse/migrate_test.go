package warehouse

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"oneorder/schemas"
)

func TestMigrate(t *testing.T) {
	w := empty(t, address(t))
	has, wants, err := w.SchemaVersion(t.Context())
	if err != nil || has != 0 || wants < 11 {
		t.Fatalf("before: got version %d of %d, %v; want 0 and no error", has, wants, err)
	}
	for range 2 {
		if err := w.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if has, wants, err = w.SchemaVersion(t.Context()); err != nil || has != wants {
		t.Errorf("after: got version %d of %d, %v", has, wants, err)
	}
	if err := w.AwaitSchema(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAwaitSchemaSaysWhatToDo(t *testing.T) {
	w := empty(t, address(t))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := w.AwaitSchema(ctx); err == nil || !strings.Contains(err.Error(), "oneorder migrate") {
		t.Errorf("got %v, want an error that names the command", err)
	}
}

func TestTablesThatForgetTokensAreRefused(t *testing.T) {
	w := migrated(t)
	// What a refreshing view drops may be seen without its settings: it is no table that anybody inserts into.
	for _, passing := range []string{".tmp.inner_id.1", "_tmp_replace_1"} {
		if err := w.Exec(t.Context(), "CREATE TABLE `"+passing+"` (n UInt8) ENGINE = MergeTree ORDER BY n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AwaitSchema(t.Context()); err != nil {
		t.Error(err)
	}
	if err := w.Exec(t.Context(), "ALTER TABLE chains MODIFY SETTING non_replicated_deduplication_window = 0"); err != nil {
		t.Fatal(err)
	}
	if err := w.AwaitSchema(t.Context()); err == nil || !strings.Contains(err.Error(), "tables chains of") {
		t.Errorf("got %v, want an error that names chains", err)
	}
}

func TestMigrationsAreSafeToRepeat(t *testing.T) {
	w := migrated(t)
	files, err := fs.Glob(schemas.ClickHouse, "clickhouse/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(schemas.ClickHouse, file)
		if err != nil {
			t.Fatal(err)
		}
		_, up, found := strings.Cut(string(text), "-- +goose Up\n")
		up, rest, _ := strings.Cut(up, ";\n")
		if !found || rest != "" || strings.Contains(up, "+goose Down") {
			t.Errorf("%s: not one forward statement", file)
		}
		if err := w.Exec(t.Context(), up); err != nil {
			t.Errorf("%s a second time: %v", file, err)
		}
	}
}

func TestSchemaExplainsItself(t *testing.T) {
	w := migrated(t)
	const ours = "database = currentDatabase() AND %s NOT LIKE 'goose%%' AND NOT startsWith(%s, '_tmp_replace_')"
	of := func(column string) string {
		return strings.NewReplacer("%s", column, "%%", "%").Replace(ours)
	}
	// What a materialized view stores lies in a table of no name of its own; the view has the comment.
	silent := all[string](t, w, "SELECT name FROM system.tables WHERE comment = '' AND "+lasting+" AND "+of("name"))
	// An attribute of a dictionary can have none: it is the column of that name of its table.
	silent = append(silent, all[string](t, w,
		"SELECT concat(table, '.', name) FROM system.columns WHERE comment = '' AND "+of("table")+" AND table NOT IN (SELECT name FROM system.dictionaries WHERE database = currentDatabase())")...)
	for _, d := range dictionaries {
		silent = append(silent, all[string](t, w, "SELECT concat('"+d.Name+".', name) FROM system.columns WHERE database = currentDatabase() AND table = '"+d.Name+
			"' AND name NOT IN (SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '"+d.Table+"')")...)
	}
	if len(silent) > 0 {
		t.Errorf("no comment on %s", strings.Join(silent, ", "))
	}
	got := all[string](t, w, "SELECT name FROM system.tables WHERE engine LIKE '%MergeTree' AND "+
		"create_table_query LIKE '%non_replicated_deduplication_window = 10000%' AND "+lasting+" AND "+of("name")+" ORDER BY name")
	want := []string{
		"apart_event_changes", "apart_events", "chain_aliases", "chain_changes", "chain_event_changes", "chain_events", "chain_references", "chain_stay_changes", "chain_stays", "chains", "corridor_daily", "corridor_rollup", "discrepancies_stored", "erasures", "event_flags", "event_heads", "events_all", "export_boxes_stored", "findings", "import_boxes_stored", "open_chains_stored", "overdue_notices", "reader_positions", "reference_corridors", "reference_free_time", "reference_hs", "reference_places", "rejected_events",
		"unattributed_events",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables with a deduplication window (-want +got):\n%s", diff)
	}
}

// A database that an earlier version of the program made, with data in it, is brought to this version's schema and keeps what it
// has; until then no service starts on it.
func TestUpgrade(t *testing.T) {
	for _, version := range []int64{11, 32, 40, 50, 94, 134, 200, 253} {
		t.Run(fmt.Sprint("from ", version), func(t *testing.T) {
			w := empty(t, address(t))
			if err := w.admin.Exec(t.Context(), "CREATE DATABASE `"+w.cfg.Database+"` ENGINE = Atomic"); err != nil {
				t.Fatal(err)
			}
			err := w.withMigrations(func(p *goose.Provider) error {
				_, err := p.UpTo(t.Context(), version)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			events := eventsOf(1, 300)
			insert(t, w, "before", events)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if err := w.AwaitSchema(ctx); err == nil || !strings.Contains(err.Error(), "oneorder migrate") {
				t.Errorf("on a schema of before: %v", err)
			}
			if err := w.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := w.AwaitSchema(t.Context()); err != nil {
				t.Error(err)
			}
			insert(t, w, "before", events) // its token is still known
			if n := one[uint64](t, w, "SELECT count() FROM events_all"); n != 300 {
				t.Errorf("%d events, want 300", n)
			}
			if version, err := w.LastVersion(t.Context()); err != nil || version == 0 {
				t.Errorf("last version %d, %v", version, err)
			}
		})
	}
}
