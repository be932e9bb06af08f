// Package embeddedtest gives tests a real broker and a real engine, each in a
// folder of its own and gone when the test ends.
package embeddedtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oneorder/internal/embedded"
)

// BinaryVariable names the environment variable with the path of a built
// oneorder binary, to run the engine in. Without it, tests build what they need.
const BinaryVariable = "ONEORDER_BIN"

const stopWithin = 30 * time.Second

// Broker starts a broker and returns its URL.
func Broker(t testing.TB) string {
	t.Helper()
	b, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	return b.URL()
}

// Engine starts an engine and returns its addresses, HOST:PORT each.
func Engine(t testing.TB) (native, http string) {
	t.Helper()
	e := StartEngine(t, embedded.EngineConfig{})
	return e.NativeAddr(), e.HTTPAddr()
}

// StartEngine starts an engine as configured. An empty Dir is a folder of
// the test's own, an empty Executable is [Binary].
func StartEngine(t testing.TB, cfg embedded.EngineConfig) *embedded.Engine {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	if cfg.Executable == "" {
		cfg.Executable = Binary(t)
	}
	e, err := embedded.StartEngine(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return e
}

var build = sync.OnceValues(buildHost)

// Binary is the path of the binary that runs the engine: what ONEORDER_BIN
// names, else one built for the tests, without cgo as the shipped one is, and
// kept between runs.
func Binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(BinaryVariable); path != "" {
		return path
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func buildHost() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "oneorder")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("build the engine's host: %w", err)
	}
	// Several packages' tests build at once: each into a file of its own, the last rename stays.
	own, err := os.MkdirTemp(dir, "build")
	if err != nil {
		return "", fmt.Errorf("build the engine's host: %w", err)
	}
	defer os.RemoveAll(own) //nolint:errcheck // a leftover in the cache
	built, kept := filepath.Join(own, "enginehost"), filepath.Join(dir, "enginehost")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", // #nosec G204 -- the path is our own
		"-trimpath", "-o", built, "oneorder/internal/embedded/embeddedtest/enginehost")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the engine's host: %w\n%s", err, out)
	}
	if err := os.Rename(built, kept); err != nil {
		return "", fmt.Errorf("build the engine's host: %w", err)
	}
	return kept, nil
}
