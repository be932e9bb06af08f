//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf gives the peak resident memory of an ended process, in MiB.
func peakOf(state *os.ProcessState) float64 {
	r, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(r.Maxrss) / (1 << 20) // bytes there, KiB elsewhere
	}
	return float64(r.Maxrss) / 1024
}
