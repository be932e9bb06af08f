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
		for _, p := range []*program{&oneorder, &natsServer} {
			if p.folder != "" {
				_ = os.RemoveAll(p.folder)
			}
		}
		os.Exit(code)
	}))
}

// program is what the tests run in a process of its own, built once from this tree and the modules of go.mod.
type program struct {
	pack   string // the package of its main function
	once   sync.Once
	folder string
	path   string
	err    error
}

var (
	oneorder = program{pack: "oneorder/cmd/oneorder"}
	// natsServer is the broker itself, as a deployment runs it. Inside of the test's process its reload would be a data
	// race with every request that comes meanwhile: stream.getDirectRequest reads the options, setOpts changes them.
	natsServer = program{pack: "github.com/nats-io/nats-server/v2"}
)

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
	return oneorder.build(t)
}

// build is the path of the program.
func (p *program) build(t testing.TB) string {
	t.Helper()
	p.once.Do(func() {
		if p.folder, p.err = os.MkdirTemp("", "oneorder-e2e-"); p.err != nil { //nolint:usetesting // it outlives the test that needs it first
			return
		}
		p.path = filepath.Join(p.folder, "program")
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", p.path, p.pack)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("build %s: %w\n%s", p.pack, err, out)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.path
}
