package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	_ "embed"
)

// User is somebody who may use the engine.
type User struct {
	Name         string  // a letter or _, then letters, digits, _ and -
	Password     string  // empty: none asked for, which only loopback addresses allow
	PasswordHash string  // SHA-256 of the password in hexadecimal digits, in place of the password
	ReadOnly     bool    // may read and set settings, not write, and a query ends at its limits of time and memory
	Tables       []Table // all that a reader may read; none: everything
}

// Table is a table or view that a user may read.
type Table struct {
	Database, Name string
	Rows           string // condition for the rows that are there for the user; empty: all are
	Dictionary     bool   // it is a dictionary, which the user may look up in
}

// EngineConfig says how to run the engine.
type EngineConfig struct {
	// Dir is the engine's folder, created where missing: its data, its
	// configuration, and the lock that keeps a second engine out.
	Dir string
	// Library is the path of the engine's library; empty: [FindLibrary].
	Library string
	// Executable is the oneorder binary to run as the child; empty: this one.
	Executable string
	// NativeAddr and HTTPAddr are where clients reach the engine. Empty is
	// 127.0.0.1:0, and port 0 is any free one.
	NativeAddr, HTTPAddr string
	// MaxMemory caps the engine, in bytes; 0 is 4 GiB. Half of the machine's
	// memory is the cap in any case.
	MaxMemory int64
	// Users are all who may use the engine; none: a user named default,
	// without a password.
	Users []User
	// Backups is the folder that BACKUP … TO File(…) may write to and RESTORE read from; empty: none.
	Backups string
	// Booted is when this machine did, in seconds since 1970, for who asks the engine what it may have lost in a power cut;
	// 0: ask the system.
	Booted int64
	// Logger tells of restarts; nil: nobody.
	Logger *slog.Logger
	// Stderr gets what the engine writes to its standard error; nil: only the
	// last lines are kept, for errors.
	Stderr io.Writer

	onPipe bool // standard input is a pipe even where there are terminals
}

const (
	anyLoopback      = "127.0.0.1:0"
	defaultMaxMemory = 4 << 30
	defaultUser      = "default"
	probeUser        = "oneorder_probe" // asks whether the engine answers
)

var userName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func (c EngineConfig) withDefaults() (EngineConfig, error) {
	if !engineBuilt {
		return c, fmt.Errorf("%w: use a binary built without -tags noengine, or set ONEORDER_CLICKHOUSE to a server", ErrNoEngine)
	}
	if c.NativeAddr == "" {
		c.NativeAddr = anyLoopback
	}
	if c.HTTPAddr == "" {
		c.HTTPAddr = anyLoopback
	}
	if c.MaxMemory == 0 {
		c.MaxMemory = defaultMaxMemory
	}
	if len(c.Users) == 0 {
		c.Users = []User{{Name: defaultUser}}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if err := c.validate(); err != nil {
		return c, err
	}
	var err error
	if c.Executable == "" {
		if c.Executable, err = os.Executable(); err != nil {
			return c, fmt.Errorf("find own binary: %w", err)
		}
	}
	if c.Library == "" {
		c.Library, err = FindLibrary()
	} else {
		err = checkLibrary(c.Library)
	}
	return c, err
}

func (c EngineConfig) validate() error {
	var faults []error
	if c.Dir == "" {
		faults = append(faults, errors.New("engine: no data folder given"))
	}
	if c.MaxMemory < 0 {
		faults = append(faults, fmt.Errorf("engine: memory cap %d is below 0", c.MaxMemory))
	}
	seen := map[string]bool{probeUser: true}
	for _, u := range c.Users {
		if !userName.MatchString(u.Name) || seen[u.Name] {
			faults = append(faults, fmt.Errorf("engine: user name %q is taken or not of letters, digits, _ and -", u.Name))
		}
		seen[u.Name] = true
		if len(u.Tables) > 0 && !u.ReadOnly {
			faults = append(faults, fmt.Errorf("engine: user %q may read some tables and write all of them: make it read only", u.Name))
		}
		if u.Name == defaultUser && (u.hash() != "" || u.ReadOnly) {
			faults = append(faults, errors.New("engine: the user default opens the ports, without a password: give yours another name"))
		}
	}
	for _, addr := range []string{c.NativeAddr, c.HTTPAddr} {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			faults = append(faults, fmt.Errorf("engine: address %q: want HOST:PORT: %w", addr, err))
			continue
		}
		if loopback(host) {
			continue
		}
		for _, u := range c.Users {
			if u.hash() == "" {
				faults = append(faults, fmt.Errorf("%w: %q on %s; give the user a password, or listen on 127.0.0.1", ErrOpenToAll, u.Name, addr))
			}
		}
	}
	return errors.Join(faults...)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

//go:embed engine.xml.tmpl
var configText string

//go:embed users.xml.tmpl
var usersText string

var configTemplates = template.Must(template.Must(template.New("engine.xml").Parse(configText)).New("users.xml").Parse(usersText))

type configUser struct {
	Name, PasswordHash, Profile string
	Networks                    []string // from which it may come
	Quota                       string
	Grants                      []string
	Filters                     map[string][]Table // by database
}

// configured is the user as the template has it. Its profiles are those of users.xml.tmpl.
func (u *User) configured() configUser {
	c := configUser{
		Name: u.Name, PasswordHash: u.hash(), Profile: "default", Quota: "default",
		Networks: []string{"127.0.0.1", "::1"}, Filters: make(map[string][]Table),
	}
	switch {
	case len(u.Tables) > 0:
		c.Profile = "restricted"
	case u.ReadOnly:
		c.Profile, c.Grants = "analyst", []string{"SELECT ON *.*", "dictGet ON *.*"}
	}
	for _, table := range u.Tables {
		c.Grants = append(c.Grants, "SELECT ON "+table.Database+"."+table.Name)
		if table.Dictionary {
			c.Grants = append(c.Grants, "dictGet ON "+table.Database+"."+table.Name)
		}
		if table.Rows != "" {
			c.Filters[table.Database] = append(c.Filters[table.Database], table)
		}
	}
	return c
}

// WriteUsers writes the users as a file for the folder users.d of a ClickHouse server that has the profiles analyst and
// restricted, as deploy/clickhouse has.
func WriteUsers(w io.Writer, users []User) error {
	configured := make([]configUser, len(users))
	for i := range users {
		configured[i] = users[i].configured()
		configured[i].Networks, configured[i].Quota = []string{"::/0"}, "analyst"
	}
	return configTemplates.ExecuteTemplate(w, "users.d", configured)
}

type configValues struct {
	Users                    []configUser
	ProbeUser, ProbeHash     string
	MaxMemory, Booted        int64
	Instance, Data, UsersXML string
	Backups                  string // where BACKUP may write to; empty: nowhere
	HasDefault, OnPipe       bool
}

// write writes the engine's configuration into the folder, readable by its owner
// only, and returns the path of the file to start from.
func (c EngineConfig) write(dir string, p probe, onPipe bool) (string, error) {
	v := configValues{
		ProbeUser: p.User, ProbeHash: passwordHash(p.Password), Instance: p.Instance,
		MaxMemory: c.MaxMemory, Data: filepath.Join(dir, "data"), UsersXML: filepath.Join(dir, "users.xml"),
		OnPipe: onPipe, Booted: c.Booted, Backups: c.Backups,
	}
	if v.Booted == 0 {
		v.Booted = booted()
	}
	for _, u := range c.Users {
		v.Users = append(v.Users, u.configured())
		v.HasDefault = v.HasDefault || u.Name == defaultUser
	}
	for _, name := range []string{"users.xml", "engine.xml"} {
		var text strings.Builder
		if err := configTemplates.ExecuteTemplate(&text, name, v); err != nil {
			return "", fmt.Errorf("engine configuration %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o600); err != nil {
			return "", fmt.Errorf("engine configuration: %w", err)
		}
	}
	return filepath.Join(dir, "engine.xml"), nil
}

func (u *User) hash() string {
	if u.PasswordHash != "" {
		return u.PasswordHash
	}
	return passwordHash(u.Password)
}

func passwordHash(password string) string {
	if password == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}
