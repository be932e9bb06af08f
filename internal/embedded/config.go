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
	Name     string // a letter or _, then letters, digits, _ and -
	Password string // empty: none asked for, which only loopback addresses allow
	ReadOnly bool   // may read and set settings, not write
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
		if u.Name == defaultUser && (u.Password != "" || u.ReadOnly) {
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
			if u.Password == "" {
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
}

type configValues struct {
	Users                    []configUser
	ProbeUser, ProbeHash     string
	MaxMemory                int64
	Instance, Data, UsersXML string
	HasDefault, OnPipe       bool
}

// write writes the engine's configuration into the folder, readable by its owner
// only, and returns the path of the file to start from.
func (c EngineConfig) write(dir string, p probe, onPipe bool) (string, error) {
	v := configValues{
		ProbeUser: p.User, ProbeHash: passwordHash(p.Password), Instance: p.Instance,
		MaxMemory: c.MaxMemory, Data: filepath.Join(dir, "data"), UsersXML: filepath.Join(dir, "users.xml"),
		OnPipe: onPipe,
	}
	for _, u := range c.Users {
		profile := "default"
		if u.ReadOnly {
			profile = "reader"
		}
		v.Users = append(v.Users, configUser{Name: u.Name, PasswordHash: passwordHash(u.Password), Profile: profile})
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

func passwordHash(password string) string {
	if password == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}
