package authority

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Update changes the register in its file, and the accounts file beside it ([AccountsFile]). Of several processes that
// do so at once each waits for the one before. If change returns an error nothing is written.
func Update(path string, change func(*Register) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("register of organisations: %w", err)
	}
	unlock, err := lockedfile.MutexAt(path + ".lock").Lock()
	if err != nil {
		return fmt.Errorf("register of organisations: %w", err)
	}
	defer unlock()
	r, err := Read(path)
	if err != nil {
		return err
	}
	if err := change(&r); err != nil {
		return err
	}
	// A broker that knows an organisation too many or too few until the next change does less harm than a
	// register that is ahead of what was answered: so the register goes last.
	err = replace(AccountsFile(path), []byte(accountsHead+Accounts(r)), 0o644)
	if err == nil {
		err = r.write(path)
	}
	if err != nil {
		return fmt.Errorf("register of organisations: %w", err)
	}
	return nil
}

const accountsHead = "# Written by `oneorder org`; do not edit. It holds no secret, only hashes of random tokens.\n"

// AccountsFile is the file that a broker of your own includes, beside the register: orgs.conf for orgs.json.
// Everyone may read it, since the broker is often another user; the hashes in it are of random tokens.
func AccountsFile(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".conf" }

// OperatorFile is the file below the data folder with the token of the user [OperatorUser].
func OperatorFile(data string) string { return filepath.Join(data, "operator.token") }

// OperatorToken reads the operator's token, which whoever may read the data folder may use; it is made where missing.
func OperatorToken(data string) (string, error) {
	path := OperatorFile(data)
	if text, err := os.ReadFile(path); err == nil && len(text) > 0 { //nolint:gosec // the operator names the folder
		return strings.TrimSpace(string(text)), nil
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("token of the operator: %w", err)
	}
	token, _, _, err := newToken()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(data, 0o750); err != nil {
		return "", fmt.Errorf("token of the operator: %w", err)
	}
	if err := replace(path, []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("token of the operator: %w", err)
	}
	return token, nil
}
