//go:build !unix

package embedded

import (
	"errors"
	"os"
	"syscall"
)

// Without file locks, a data folder is not guarded against a second process.
func tryLock(*os.File) (bool, error) { return true, nil }

func running(int) bool { return false }

func ownSession() *syscall.SysProcAttr { return nil }

func taken(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
