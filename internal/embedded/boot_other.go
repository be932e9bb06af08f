//go:build !linux && !darwin

package embedded

// booted is when this machine did, in seconds since 1970; 0: not known.
func booted() int64 { return 0 }
