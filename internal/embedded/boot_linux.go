package embedded

import (
	"bytes"
	"os"
	"strconv"
)

// booted is when this machine did, in seconds since 1970; 0: not known.
func booted() int64 {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(stat, []byte("\nbtime "))
	seconds, _, _ := bytes.Cut(after, []byte("\n"))
	n, err := strconv.ParseInt(string(seconds), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
