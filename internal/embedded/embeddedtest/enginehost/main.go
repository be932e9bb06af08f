// Command enginehost is the part of the oneorder binary that tests run the
// engine in.
package main

import (
	"os"

	"oneorder/internal/embedded"
)

// main takes the arguments that the oneorder binary takes: engine, then those
// of the verb.
func main() {
	if len(os.Args) < 2 || os.Args[1] != "engine" {
		os.Exit(2)
	}
	os.Exit(embedded.EngineMain(os.Args[2:]))
}
