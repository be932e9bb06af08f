//go:build !linux

package embedded

import (
	"errors"
	"os"
)

func openTerminal() (held, given *os.File, err error) {
	return nil, nil, errors.ErrUnsupported
}
