package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A process that was killed leaves an engine that takes a moment to leave.
const (
	folderWithin = 30 * time.Second
	folderPoll   = 20 * time.Millisecond
)

// folder is a data folder held by this process. A child that inherits its file
// holds it too, so that the folder is free only once both have gone.
type folder struct {
	path string
	file *os.File
}

// holdFolder creates the folder where it is missing, and holds it. It waits for
// what a dead process left running there, never for a living one.
func holdFolder(path string, done <-chan struct{}) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- the folder is the caller's choice
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	f := &folder{path: path, file: file}
	if err := f.lock(done); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// Hold keeps every broker and engine from working in the folder until it is closed. It makes the folder where it is missing, waits for what
// a dead process left running there, and fails with ErrFolderInUse while a living one works in it.
func Hold(ctx context.Context, path string) (io.Closer, error) {
	f, err := holdFolder(path, ctx.Done())
	if err != nil {
		return nil, err
	}
	return f.file, nil
}

func (f *folder) lock(done <-chan struct{}) error {
	tick := time.NewTicker(folderPoll)
	defer tick.Stop()
	late := time.NewTimer(folderWithin)
	defer late.Stop()
	for {
		free, err := tryLock(f.file)
		if err != nil {
			return fmt.Errorf("lock data folder %s: %w", f.path, err)
		}
		if free {
			return f.sign()
		}
		holder, err := f.holder()
		if err != nil {
			return err
		}
		if running(holder) {
			return fmt.Errorf("%w: %s is held by process %d; stop it, or choose another folder", ErrFolderInUse, f.path, holder)
		}
		select {
		case <-tick.C:
		case <-late.C:
			return fmt.Errorf("%w: %s is held by what process %d left behind", ErrFolderInUse, f.path, holder)
		case <-done:
			return fmt.Errorf("%w: %s is held by what process %d left behind", ErrFolderInUse, f.path, holder)
		}
	}
}

func (f *folder) holder() (int, error) {
	text, err := io.ReadAll(io.NewSectionReader(f.file, 0, 32))
	if err != nil {
		return 0, fmt.Errorf("lock data folder %s: %w", f.path, err)
	}
	// Empty while the holder has not signed yet.
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, nil //nolint:nilerr // nobody known holds it, which is no reason not to wait
	}
	return pid, nil
}

func (f *folder) sign() error {
	if err := f.file.Truncate(0); err != nil {
		return fmt.Errorf("lock data folder %s: %w", f.path, err)
	}
	if _, err := f.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("lock data folder %s: %w", f.path, err)
	}
	return nil
}

func (f *folder) free() error { return f.file.Close() }

func alreadyClosed(err error) bool { return errors.Is(err, os.ErrClosed) }
