//go:build !(linux || darwin) || noengine

package embedded

import (
	"fmt"
	"os"
)

const engineBuilt = false

// EngineMain says that this binary has no engine, and returns 1.
func EngineMain([]string) int {
	fmt.Fprintln(os.Stderr, ErrNoEngine)
	return 1
}
