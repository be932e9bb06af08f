// Package e2e runs the whole of OneOrder as its users do: the real binary, with the real broker and the
// real engine, on free loopback ports, and compares what comes out with what is known to be true.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"oneorder/internal/embedded/embeddedtest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if built.folder != "" {
			_ = os.RemoveAll(built.folder)
		}
		os.Exit(code)
	}))
}

// built is the binary that the tests run, when nobody named one.
var built struct {
	once   sync.Once
	folder string
	path   string
	err    error
}

// binary is the path of the oneorder binary: what ONEORDER_BIN names, else one built from this tree, once.
func binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(embeddedtest.BinaryVariable); path != "" {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	built.once.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "oneorder-e2e-"); built.err != nil { //nolint:usetesting // it outlives the test that needs it first
			return
		}
		built.path = filepath.Join(built.folder, "oneorder")
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", built.path, "oneorder/cmd/oneorder")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build the binary: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}
