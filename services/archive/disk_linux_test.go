package archive

import (
	"fmt"
	"path/filepath"
	"testing"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
)

// The disk of ClickHouse is full to the last byte: the archive says so, keeps its place and refuses nothing. With room again it goes
// on by itself.
func TestEngineOnAFullDisk(t *testing.T) {
	dir := embeddedtest.SmallDisk(t, 200)
	engine := embeddedtest.StartEngine(t, embedded.EngineConfig{Dir: filepath.Join(dir, "clickhouse")})
	r := startOn(t, engine.NativeAddr(), engine.HTTPAddr())
	r.publish(many(0, 100)...)
	release := embeddedtest.Fill(t, dir)
	if _, err := r.publisher.Publish(t.Context(), many(100, 3000)); err != nil {
		t.Fatal(err)
	}
	r.until("the archive is unhealthy", func() bool { return r.service.Health() != nil && r.service.Progress().Retries > 1 })
	release()
	r.until("the lag is gone", func() bool { return r.service.Progress().Written == 3100 && r.service.Health() == nil })
	if c := r.counts(); c.Stored != 3100 || c.Rejected != 0 {
		t.Errorf("counts %+v", c)
	}
	if stored := r.rows("SELECT count() AS n FROM events_all"); fmt.Sprint(stored[0]["n"]) != "3100" {
		t.Errorf("%v rows, want each event once", stored)
	}
}
