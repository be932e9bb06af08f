package authority

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"oneorder/internal/trade"
)

// Organisation is one entry of the register.
type Organisation struct {
	Org     string    `json:"org"`
	Token   string    `json:"token_sha256"`  // what HTTP compares
	Broker  string    `json:"broker_bcrypt"` // what the broker compares: it knows bcrypt only
	Added   time.Time `json:"added"`
	Rotated time.Time `json:"rotated,omitzero"`
	Notices bool      `json:"notices,omitempty"` // it asked for notices of its chains
}

// Register is the organisations that may send, sorted by name.
type Register struct {
	Organisations []Organisation `json:"organisations"`
	// Notices says that operators asked for notices of every chain, on chains.all.
	Notices bool `json:"notices,omitempty"`
}

// What Add, Rotate and Remove may answer.
var (
	ErrKnown    = errors.New("is registered already: rotate gives it a new token")
	ErrUnknown  = errors.New("is not registered")
	ErrOrg      = errors.New("is not of the form [a-z0-9][a-z0-9-]{1,30}")
	ErrReserved = errors.New("is a name of OneOrder's own: choose another")
)

// reserved are the users of the broker that are no organisations, and the tokens of subjects that mean
// something else.
var reserved = []string{
	All, "unknown", OperatorUser, anonymousUser, "services", trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance,
}

// Add registers an organisation and gives its token, which is kept nowhere.
func (r *Register) Add(org string, now time.Time) (token string, err error) {
	if !trade.ValidOrg(org) {
		return "", fmt.Errorf("organisation %q %w", org, ErrOrg)
	}
	if Reserved(org) {
		return "", fmt.Errorf("organisation %q %w", org, ErrReserved)
	}
	at, known := r.find(org)
	if known {
		return "", fmt.Errorf("organisation %q %w", org, ErrKnown)
	}
	token, tokenHash, brokerHash, err := newToken()
	if err != nil {
		return "", err
	}
	r.Organisations = slices.Insert(r.Organisations, at, Organisation{Org: org, Token: tokenHash, Broker: brokerHash, Added: now.UTC().Truncate(time.Second)})
	return token, nil
}

// Rotate gives the organisation a new token; the old one ends.
func (r *Register) Rotate(org string, now time.Time) (token string, err error) {
	at, known := r.find(org)
	if !known {
		return "", fmt.Errorf("organisation %q %w", org, ErrUnknown)
	}
	token, tokenHash, brokerHash, err := newToken()
	if err != nil {
		return "", err
	}
	o := &r.Organisations[at]
	o.Token, o.Broker, o.Rotated = tokenHash, brokerHash, now.UTC().Truncate(time.Second)
	return token, nil
}

// All stands for the operators where notices are asked for, as in the subject chains.all.
const All = "all"

// SetNotices says whether the organisation, or for [All] whether operators, asked for notices.
func (r *Register) SetNotices(org string, asked bool) error {
	if org == All {
		r.Notices = asked
		return nil
	}
	at, known := r.find(org)
	if !known {
		return fmt.Errorf("organisation %q %w", org, ErrUnknown)
	}
	r.Organisations[at].Notices = asked
	return nil
}

// Asked gives who asked for notices: organisations, and [All].
func (r *Register) Asked() map[string]bool {
	asked := map[string]bool{}
	for _, o := range r.Organisations {
		if o.Notices {
			asked[o.Org] = true
		}
	}
	if r.Notices {
		asked[All] = true
	}
	return asked
}

// Remove takes the organisation out. What it sent stays.
func (r *Register) Remove(org string) error {
	at, known := r.find(org)
	if !known {
		return fmt.Errorf("organisation %q %w", org, ErrUnknown)
	}
	r.Organisations = slices.Delete(r.Organisations, at, at+1)
	return nil
}

func (r *Register) find(org string) (int, bool) {
	return slices.BinarySearchFunc(r.Organisations, org, func(o Organisation, org string) int { return strings.Compare(o.Org, org) })
}

// newToken makes a token of 256 random bits. Nothing can guess such a token, so its hashes need no slowness:
// bcrypt at its least cost keeps a thousand clients that come back at once from stalling the broker.
func newToken() (token, tokenHash, brokerHash string, err error) {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	token = "oo_" + base64.RawURLEncoding.EncodeToString(secret[:])
	hashed, err := bcrypt.GenerateFromPassword([]byte(token), bcrypt.MinCost)
	if err != nil {
		return "", "", "", fmt.Errorf("hash a token: %w", err)
	}
	return token, hash(token), string(hashed), nil
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Read reads the register. A file that is not there is a register without organisations.
func Read(path string) (Register, error) {
	var r Register
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("register of organisations: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("register of organisations %s: %w", path, err)
	}
	for i := range r.Organisations {
		o := &r.Organisations[i]
		if !trade.ValidOrg(o.Org) || len(o.Token) != 2*sha256.Size || !strings.HasPrefix(o.Broker, "$2") || i > 0 && r.Organisations[i-1].Org >= o.Org {
			return Register{}, fmt.Errorf("register of organisations %s: entry %d (%q) is damaged: it is written by `oneorder org` only", path, i+1, o.Org)
		}
	}
	return r, nil
}

// write replaces the file at once, readable by its owner only.
func (r *Register) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return replace(path, append(text, '\n'), 0o600)
}

// replace writes a file so that readers see the old content or the new.
func replace(path string, content []byte, mode fs.FileMode) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temporary.Name()))
		}
	}()
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
