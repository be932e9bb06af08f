package embedded

import (
	"fmt"
	"os"
)

// input is the engine's standard input, which it lives by: it leaves when the
// held end is closed, or dies with its holder.
type input struct {
	held, given *os.File
	onPipe      bool
}

// openInput opens a pseudo-terminal where there are such, else a pipe.
//
// On a terminal the engine takes itself for interactive. Then an error of a
// connection ends that connection, and after its queries the engine waits for a
// line that never comes. On a pipe such an error aborts the whole process, so
// that the proxy alone keeps the engine from harm, and the last query reads
// standard input.
func openInput(onPipe bool) (input, error) {
	if !onPipe {
		held, given, err := openTerminal()
		if err == nil {
			return input{held: held, given: given}, nil
		}
	}
	given, held, err := os.Pipe()
	if err != nil {
		return input{}, fmt.Errorf("start engine: %w", err)
	}
	return input{held: held, given: given, onPipe: true}, nil
}

func (i input) args() []string {
	const listen = "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP"
	if i.onPipe {
		return []string{"--input-format", "LineAsString", "--query", listen + "; SELECT count() FROM table"}
	}
	return []string{
		"--interactive", "--disable_suggestion", "--progress", "off", "--history_file", os.DevNull, "--query", listen,
	}
}
