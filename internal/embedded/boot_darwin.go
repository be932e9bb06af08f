package embedded

import "golang.org/x/sys/unix"

// booted is when this machine did, in seconds since 1970; 0: not known.
func booted() int64 {
	at, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return 0
	}
	return at.Sec
}
