package service_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"oneorder/internal/service"
)

func environment(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := pairs[name]; return v, ok }
}

func TestDefaultIsValidAndOnLoopback(t *testing.T) {
	c, err := service.FromEnvironment(environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(service.Default(), c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if !service.Loopback(c.HTTP) {
		t.Errorf("%s is not loopback", c.HTTP)
	}
}

func TestFlagsWinOverVariablesWinOverDefaults(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := service.FromEnvironment(environment(map[string]string{
		"ONEORDER_NATS":               "tls://nats.example:4222",
		"ONEORDER_HTTP":               "127.0.0.1:9999",
		"ONEORDER_LOG":                "debug",
		"ONEORDER_NATS_PASSWORD_FILE": secret,
	}))
	if err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	c.Bind(flags, "http", "log")
	if err := flags.Parse([]string{"--http", "[::1]:7000"}); err != nil {
		t.Fatal(err)
	}
	want := service.Default()
	want.NATS, want.HTTP, want.Log, want.NATSPassword = "tls://nats.example:4222", "[::1]:7000", slog.LevelDebug, "from a file"
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEnvironmentJoinsItsFaults(t *testing.T) {
	_, err := service.FromEnvironment(environment(map[string]string{
		"ONEORDER_LOG":                      "loud",
		"ONEORDER_NATS_PASSWORD":            "a",
		"ONEORDER_NATS_PASSWORD_FILE":       "/b",
		"ONEORDER_CLICKHOUSE_PASSWORD_FILE": "/does/not/exist",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"ONEORDER_LOG:", "ONEORDER_NATS_PASSWORD_FILE are both set", "ONEORDER_CLICKHOUSE_PASSWORD_FILE:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestValidateJoinsAllFaults(t *testing.T) {
	c := service.Config{NATS: "http://x:1, broken", ClickHouse: "nowhere", ClickHouseHTTP: "h:1", HTTP: "8080", Org: "Nobody!", LogFormat: "xml", Token: "short"}
	err := c.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		`ONEORDER_NATS: "http://x:1" has the scheme "http": use nats, tls, ws or wss`,
		`ONEORDER_NATS: "broken" is not a URL: nats://host:4222`,
		`ONEORDER_CLICKHOUSE: "nowhere" is not host:port`,
		`ONEORDER_HTTP: "8080" is not host:port`,
		`ONEORDER_ORG: "Nobody!" is not of the form [a-z0-9][a-z0-9-]{1,30}`,
		`ONEORDER_DATA: is empty: name a folder`,
		`ONEORDER_LOG_FORMAT: "xml" is neither text nor json`,
		`ONEORDER_HTTP_TOKEN: has 5 characters: use 16 or more`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "localhost:80": true, "127.9.9.9:1": true, "localhost": true, "::1": true,
		"0.0.0.0:80": false, ":80": false, "[::]:80": false, "example.org:80": false, "10.0.0.1:1": false, "": false,
	} {
		if got := service.Loopback(address); got != want {
			t.Errorf("Loopback(%q) = %v", address, got)
		}
	}
}

func TestLoggerKeepsLevelAndForm(t *testing.T) {
	c := service.Default()
	c.LogFormat, c.Log = "json", slog.LevelWarn
	var out bytes.Buffer
	log := c.Logger(&out)
	log.Info("quiet")
	log.Warn("loud", "lag", 3)
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, `"msg":"loud","lag":3`) {
		t.Errorf("logged %q", got)
	}
}
