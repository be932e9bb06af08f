package service

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"oneorder/internal/trade"
)

// Config is what a process is told from outside: by ONEORDER_* variables and by flags, which win.
// Secrets have no flags; each may be given in a file instead, named by the variable with the suffix _FILE.
type Config struct {
	NATS               string // URL of the broker: nats:// or tls://, several separated by commas
	NATSUser           string
	NATSPassword       string
	ClickHouse         string // host:port of the native protocol
	ClickHouseHTTP     string // host:port of the HTTP interface
	ClickHouseUser     string
	ClickHousePassword string
	HTTP               string  // address to listen on; loopback unless told otherwise
	Token              string  // what HTTP callers must show; required when HTTP is beyond loopback
	ViewerToken        string  // what those must show who may see the console's pages and change nothing; empty: nobody may
	DCSASecret         string  // of the Track & Trace subscription, Base64; empty: pushes need no signature
	PINTKey            string  // seed of the key that signs answers to transfers of bills, Base64; empty: made at start
	Org                string  // whose documents come over HTTP without a credential
	OrgRate            float64 // events a second that one organisation may send over HTTP, on average
	Sync               string  // of the broker that up runs: always, before each acknowledgement, or interval, every two minutes
	Data               string  // folder of state
	Orgs               string  // file with the register of organisations; empty: orgs.json in Data
	Refdata            string  // folder of reference data beside the built-in; empty: refdata in Data
	Chain              string  // name of this version of chain; "chain" writes the tables that everyone reads
	Log                slog.Level
	LogFormat          string // "text" or "json"
}

// When the broker of `up` syncs its files. A process's death loses nothing either way; a power cut loses what was
// acknowledged since the last sync.
const (
	syncInterval = "interval" // every two minutes
	syncAlways   = "always"   // before each acknowledgement
)

// SyncAlways says whether the broker of `up` syncs before each acknowledgement.
func (c Config) SyncAlways() bool { return c.Sync == syncAlways }

// Default is the configuration of one machine: everything on loopback.
func Default() Config {
	return Config{
		NATS:           "nats://127.0.0.1:4222",
		ClickHouse:     "127.0.0.1:9000",
		ClickHouseHTTP: "127.0.0.1:8123",
		ClickHouseUser: "default",
		HTTP:           "127.0.0.1:8080",
		Org:            "local",
		OrgRate:        5000,
		Data:           "data",
		Sync:           syncInterval,
		Chain:          "chain",
		Log:            slog.LevelInfo,
		LogFormat:      "text",
	}
}

// setting ties one member of Config to its variable and, unless it is a secret, its flag.
type setting struct {
	flag, variable, usage string
	secret                bool
	value                 func(*Config) pflag.Value
}

func text(member func(*Config) *string) func(*Config) pflag.Value {
	return func(c *Config) pflag.Value { return (*textValue)(member(c)) }
}

var settings = []setting{
	{"nats", "ONEORDER_NATS", "`URL` of the broker", false, text(func(c *Config) *string { return &c.NATS })},
	{"nats-user", "ONEORDER_NATS_USER", "`name` of the user at the broker", false, text(func(c *Config) *string { return &c.NATSUser })},
	{"", "ONEORDER_NATS_PASSWORD", "", true, text(func(c *Config) *string { return &c.NATSPassword })},
	{"clickhouse", "ONEORDER_CLICKHOUSE", "`address` of ClickHouse, native protocol", false, text(func(c *Config) *string { return &c.ClickHouse })},
	{"clickhouse-http", "ONEORDER_CLICKHOUSE_HTTP", "`address` of ClickHouse, HTTP", false, text(func(c *Config) *string { return &c.ClickHouseHTTP })},
	{"clickhouse-user", "ONEORDER_CLICKHOUSE_USER", "`name` of the user at ClickHouse", false, text(func(c *Config) *string { return &c.ClickHouseUser })},
	{"", "ONEORDER_CLICKHOUSE_PASSWORD", "", true, text(func(c *Config) *string { return &c.ClickHousePassword })},
	{"http", "ONEORDER_HTTP", "`address` to answer HTTP on", false, text(func(c *Config) *string { return &c.HTTP })},
	{"", "ONEORDER_HTTP_TOKEN", "", true, text(func(c *Config) *string { return &c.Token })},
	{"", "ONEORDER_VIEWER_TOKEN", "", true, text(func(c *Config) *string { return &c.ViewerToken })},
	{"", "ONEORDER_DCSA_SECRET", "", true, text(func(c *Config) *string { return &c.DCSASecret })},
	{"", "ONEORDER_PINT_KEY", "", true, text(func(c *Config) *string { return &c.PINTKey })},
	{"org", "ONEORDER_ORG", "`organisation` of documents that name none", false, text(func(c *Config) *string { return &c.Org })},
	{"org-rate", "ONEORDER_ORG_RATE", "`events` a second that one organisation may send over HTTP, on average", false, func(c *Config) pflag.Value { return (*rateValue)(&c.OrgRate) }},
	{"orgs", "ONEORDER_ORGS", "`file` with the register of organisations; default: orgs.json in the data folder", false, text(func(c *Config) *string { return &c.Orgs })},
	{"nats-sync", "ONEORDER_NATS_SYNC", "when the broker of up syncs its files: `always` or interval", false, text(func(c *Config) *string { return &c.Sync })},
	{"data", "ONEORDER_DATA", "`folder` to keep state in", false, text(func(c *Config) *string { return &c.Data })},
	{"refdata", "ONEORDER_REFDATA", "`folder` of reference data beside the built-in; default: refdata in the data folder", false, text(func(c *Config) *string { return &c.Refdata })},
	{"chain-name", "ONEORDER_CHAIN_NAME", "`name` of a second version of chain, with a reader, tables and a folder of its own", false, text(func(c *Config) *string { return &c.Chain })},
	{"log", "ONEORDER_LOG", "lowest `level` logged: debug, info, warn, error", false, func(c *Config) pflag.Value { return (*levelValue)(&c.Log) }},
	{"log-format", "ONEORDER_LOG_FORMAT", "`form` of the log: text or json", false, text(func(c *Config) *string { return &c.LogFormat })},
}

// FromEnvironment reads the variables over the defaults; lookup is os.LookupEnv outside tests. The error
// joins every variable that could not be read.
func FromEnvironment(lookup func(string) (string, bool)) (Config, error) {
	c := Default()
	var faults []error
	for _, s := range settings {
		value, ok := lookup(s.variable)
		if path, has := lookup(s.variable + "_FILE"); s.secret && has && path != "" {
			if ok && value != "" {
				faults = append(faults, fmt.Errorf("%s and %s_FILE are both set: set one", s.variable, s.variable))
				continue
			}
			body, err := os.ReadFile(path) //nolint:gosec // the operator names the file
			if err != nil {
				faults = append(faults, fmt.Errorf("%s_FILE: %w", s.variable, err))
				continue
			}
			value, ok = strings.TrimRight(string(body), "\r\n"), true
		}
		if !ok || value == "" {
			continue
		}
		if err := s.value(&c).Set(value); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.variable, err))
		}
	}
	return c, errors.Join(faults...)
}

// Bind adds the named flags to the set; their defaults are what c holds now. An unknown name is a mistake
// of the program and panics.
func (c *Config) Bind(fs *pflag.FlagSet, names ...string) {
names:
	for _, name := range names {
		for _, s := range settings {
			if s.flag == name && name != "" {
				fs.Var(s.value(c), name, s.usage+" ("+s.variable+")")
				continue names
			}
		}
		panic("service: no setting has the flag " + name)
	}
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	var faults []error
	fault := func(variable, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", variable, fmt.Sprintf(format, args...)))
	}
	if c.NATS == "" {
		fault("ONEORDER_NATS", "is empty: give a URL such as nats://127.0.0.1:4222")
	}
	for server := range strings.SplitSeq(c.NATS, ",") {
		if server = strings.TrimSpace(server); server == "" {
			continue
		}
		u, err := url.Parse(server)
		switch {
		case err != nil || u.Host == "":
			fault("ONEORDER_NATS", "%q is not a URL: nats://host:4222", server)
		case u.Scheme != "nats" && u.Scheme != "tls" && u.Scheme != "ws" && u.Scheme != "wss":
			fault("ONEORDER_NATS", "%q has the scheme %q: use nats, tls, ws or wss", server, u.Scheme)
		}
	}
	for _, a := range []struct{ variable, address string }{
		{"ONEORDER_CLICKHOUSE", c.ClickHouse},
		{"ONEORDER_CLICKHOUSE_HTTP", c.ClickHouseHTTP},
		{"ONEORDER_HTTP", c.HTTP},
	} {
		if _, port, err := net.SplitHostPort(a.address); err != nil || port == "" {
			fault(a.variable, "%q is not host:port", a.address)
		}
	}
	if !trade.ValidOrg(c.Org) {
		fault("ONEORDER_ORG", "%q is not of the form [a-z0-9][a-z0-9-]{1,30}", c.Org)
	}
	if c.Data == "" {
		fault("ONEORDER_DATA", "is empty: name a folder")
	}
	if c.Sync != "" && c.Sync != syncInterval && c.Sync != syncAlways {
		fault("ONEORDER_NATS_SYNC", "%q is neither %s nor %s", c.Sync, syncAlways, syncInterval)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		fault("ONEORDER_LOG_FORMAT", "%q is neither text nor json", c.LogFormat)
	}
	for _, t := range [...]struct{ variable, token string }{{"ONEORDER_HTTP_TOKEN", c.Token}, {"ONEORDER_VIEWER_TOKEN", c.ViewerToken}} {
		if t.token != "" && len(t.token) < 16 {
			fault(t.variable, "has %d characters: use 16 or more", len(t.token))
		}
	}
	if c.Token != "" && c.Token == c.ViewerToken {
		fault("ONEORDER_VIEWER_TOKEN", "is that of the operator: give viewers another")
	}
	return errors.Join(faults...)
}

// RefdataFolder is the folder of reference data beside the built-in.
func (c Config) RefdataFolder() string {
	if c.Refdata != "" {
		return c.Refdata
	}
	return filepath.Join(c.Data, "refdata")
}

// Register is the path of the register of organisations.
func (c Config) Register() string {
	if c.Orgs != "" {
		return c.Orgs
	}
	return filepath.Join(c.Data, "orgs.json")
}

// Loopback says whether only this machine can reach the address. A name other than localhost could
// resolve to anything, and an empty host is every interface.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

type textValue string

func (v *textValue) Set(s string) error { *v = textValue(s); return nil }
func (v *textValue) String() string     { return string(*v) }
func (v *textValue) Type() string       { return "string" }

type rateValue float64

func (v *rateValue) Set(s string) error {
	rate, err := strconv.ParseFloat(s, 64)
	if err != nil || !(rate > 0) || math.IsInf(rate, 0) {
		return fmt.Errorf("%q is not a number above 0", s)
	}
	*v = rateValue(rate)
	return nil
}
func (v *rateValue) String() string { return strconv.FormatFloat(float64(*v), 'g', -1, 64) }
func (v *rateValue) Type() string   { return "number" }

type levelValue slog.Level

func (v *levelValue) Set(s string) error {
	if err := (*slog.Level)(v).UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("%q is not a level: use debug, info, warn or error", s)
	}
	return nil
}
func (v *levelValue) String() string { return strings.ToLower(slog.Level(*v).String()) }
func (v *levelValue) Type() string   { return "level" }
