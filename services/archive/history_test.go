package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
)

// ClickHouse is put back to what it was some thousand events ago, while the archive runs: it is given what it lacks.
func TestRestoredFromAnOlderCopy(t *testing.T) {
	folder, copied := t.TempDir(), t.TempDir()
	cfg := embedded.EngineConfig{Dir: folder, Executable: embeddedtest.Binary(t)}
	engine, err := embedded.StartEngine(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.NativeAddr, cfg.HTTPAddr = engine.NativeAddr(), engine.HTTPAddr()
	r := startOn(t, cfg.NativeAddr, cfg.HTTPAddr)
	r.publish(many(0, 500)...)
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(copied+"/older", os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if engine, err = embedded.StartEngine(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	r.publish(many(500, 2000)...)
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(copied+"/older")); err != nil {
		t.Fatal(err)
	}
	embeddedtest.StartEngine(t, cfg)
	if _, err := r.publisher.Publish(t.Context(), many(2500, 10)); err != nil {
		t.Fatal(err)
	}
	r.until("all is written again", func() bool { p := r.service.Progress(); return p.Written == 2510 && p.Generation > 1 })
	if c := r.counts(); c.Stored != 2510 || c.Current != 2510 {
		t.Errorf("counts %+v", c)
	}
	if stored := r.rows("SELECT count() AS n FROM events_all"); stored[0]["n"] != fmt.Sprint(2510) {
		t.Errorf("%v rows, want each event once", stored)
	}
}

// The machine loses power: ClickHouse comes back without the parts that were not on the disk yet, though with the position. What
// went in within the last minutes is written again, and counts once.
func TestWhatThePowerCutTook(t *testing.T) {
	cfg := embedded.EngineConfig{Dir: t.TempDir(), Executable: embeddedtest.Binary(t), Booted: 1_700_000_000}
	engine, err := embedded.StartEngine(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.NativeAddr, cfg.HTTPAddr = engine.NativeAddr(), engine.HTTPAddr()
	r := startOn(t, cfg.NativeAddr, cfg.HTTPAddr)
	r.publish(many(0, 500)...)
	r.publish(many(500, 500)...)
	path := r.rows("SELECT path FROM system.parts WHERE table = 'events_all' AND active ORDER BY name DESC LIMIT 1")[0]["path"]
	if err := engine.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Clean(fmt.Sprint(path))); err != nil {
		t.Fatal(err)
	}
	cfg.Booted += 3600
	embeddedtest.StartEngine(t, cfg)
	if _, err := r.publisher.Publish(t.Context(), many(1000, 10)); err != nil {
		t.Fatal(err)
	}
	r.until("all is written again", func() bool { p := r.service.Progress(); return p.Written == 1010 && p.Generation == 2 })
	if c := r.counts(); c.Stored != 1010 || c.Current != 1010 {
		t.Errorf("counts %+v", c)
	}
}
