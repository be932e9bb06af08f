package embeddedtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// SmallDisk is a folder on a file system of its own of so many MiB: a mount where the test may make one, else what a container has
// for shared memory, if that is small. Where there is neither, the test is skipped.
func SmallDisk(t testing.TB, mebibytes int) string {
	t.Helper()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mebibytes))
	if err == nil {
		t.Cleanup(func() {
			if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
				t.Error(err)
			}
		})
		return dir
	}
	const shared, most = "/dev/shm", 256 << 20
	var s unix.Statfs_t
	if unix.Statfs(shared, &s) != nil || s.Blocks*uint64(s.Bsize) > most {
		t.Skipf("no small disk: mount: %v, and %s is none", err, shared)
	}
	if dir, err = os.MkdirTemp(shared, "oneorder"); err != nil { //nolint:usetesting // on another disk than the others
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Fill fills the disk of a folder to the last byte, and gives what makes room again.
func Fill(t testing.TB, dir string) (release func()) {
	t.Helper()
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name) //nolint:gosec // in a folder of the test
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; {
		n, err := f.Write(make([]byte, size))
		switch {
		case err == nil:
		case !errors.Is(err, unix.ENOSPC):
			t.Fatal(err)
		case n == 0:
			size /= 2
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}
