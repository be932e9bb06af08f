//go:build (linux || darwin) && !noengine

package embedded

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
)

const engineBuilt = true

// leaveWithin bounds how long an engine may go on after its parent has gone.
const leaveWithin = 20 * time.Second

// EngineMain is the child's side of [StartEngine], run by the hidden verb
// `oneorder engine LIBRARY ARGUMENT…`: it loads the library and hands it the
// arguments. It returns the exit code once the engine has left, which is when
// its standard input ends.
func EngineMain(args []string) int {
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: oneorder engine LIBRARY ARGUMENT…")
		return 2
	}
	// A peer that has gone is an error of one write, never the end of the engine.
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	go watchParent()
	if err := runLibrary(args[0], args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// watchParent ends the process when the parent has gone and the engine has not
// left by itself. The parent holds the other end of the pipe and never writes.
func watchParent() {
	pipe := os.NewFile(lifelineFD, "lifeline")
	if _, err := io.Copy(io.Discard, pipe); err != nil {
		return // started by hand, without the pipe
	}
	time.Sleep(leaveWithin)
	os.Exit(1)
}

func runLibrary(path string, args []string) error {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return fmt.Errorf("%w: load: %w", ErrLibrary, err)
	}
	if _, err := purego.Dlsym(handle, engineSymbol); err != nil {
		return fmt.Errorf("%w: %s is no engine: %w", ErrLibrary, path, err)
	}
	var (
		run    func(argc int32, argv unsafe.Pointer) unsafe.Pointer
		failed func(result unsafe.Pointer) string
	)
	purego.RegisterLibFunc(&run, handle, engineSymbol)
	purego.RegisterLibFunc(&failed, handle, engineErrorSymbol)

	var pins runtime.Pinner
	defer pins.Unpin()
	argv := make([]*byte, 0, len(args)+2)
	for _, a := range append([]string{"clickhouse"}, args...) {
		first := &append([]byte(a), 0)[0]
		pins.Pin(first)
		argv = append(argv, first)
	}
	argv = append(argv, nil)
	pins.Pin(&argv[0])
	result := run(int32(len(argv)-1), unsafe.Pointer(&argv[0])) // #nosec G103 G115 -- argc and argv of a C main
	if result == nil {
		return fmt.Errorf("%w without a result", ErrEngineDied)
	}
	if message := failed(result); message != "" {
		return fmt.Errorf("engine: %s", message)
	}
	return nil
}
