package deploy_test

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"
	"go.yaml.in/yaml/v3"

	"oneorder/deploy/compose"
	"oneorder/internal/authority"
	"oneorder/internal/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// required are the variables of .env.example: what an installation must choose for itself.
var required = map[string]string{
	"ONEORDER_NATS_PASSWORD":       "7e41aa0f7e41aa0f7e41aa0f",
	"ONEORDER_CLICKHOUSE_PASSWORD": "0b5c0b5c0b5c0b5c0b5c0b5c",
	"ONEORDER_ANALYST_PASSWORD":    "52e152e152e152e152e152e1",
	"ONEORDER_HTTP_TOKEN":          "9d3f9d3f9d3f9d3f9d3f9d3f",
	"ONEORDER_GRAFANA_PASSWORD":    "c0dec0dec0dec0dec0dec0de",
}

func load(t *testing.T) *types.Project {
	t.Helper()
	project, err := compose.Load(t.Context(), "..", required)
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestServices(t *testing.T) {
	want := []string{
		"archive", "chain", "clickhouse", "console", "customs", "finance", "grafana", "logistics", "migrate",
		"nats", "org", "prometheus", "trade",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(load(t).Services))); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
}

func TestRequiredVariables(t *testing.T) {
	for name := range required {
		t.Run("start is refused without "+name, func(t *testing.T) {
			rest := maps.Clone(required)
			delete(rest, name)
			_, err := compose.Load(t.Context(), "..", rest)
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("error %v does not name %s", err, name)
			}
		})
	}
	t.Run(".env.example lists them all, with no value", func(t *testing.T) {
		body, err := os.ReadFile("../.env.example")
		if err != nil {
			t.Fatal(err)
		}
		var listed []string
		for line := range strings.Lines(string(body)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			name, value, _ := strings.Cut(line, "=")
			if value != "" {
				t.Errorf("%s has the value %q", name, value)
			}
			listed = append(listed, name)
		}
		slices.Sort(listed)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(required)), listed); diff != "" {
			t.Errorf("variables (-required +listed):\n%s", diff)
		}
	})
}

// pinned is a tag that names one release: at least major, minor and patch.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+:v?\d+\.\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$`)

func TestImagesArePinned(t *testing.T) {
	for name, s := range load(t).Services {
		switch {
		case s.Build != nil && strings.HasPrefix(s.Image, compose.Image+":"):
			if s.Build.Dockerfile != "deploy/Dockerfile" {
				t.Errorf("%s is built from %s", name, s.Build.Dockerfile)
			}
		case !pinned.MatchString(s.Image):
			t.Errorf("%s: the image %s is not pinned to a release", name, s.Image)
		}
	}
	body, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(string(body), -1) {
		if from[1] != "scratch" && !pinned.MatchString(from[1]) {
			t.Errorf("Dockerfile: the image %s is not pinned to a release", from[1])
		}
	}
	for _, line := range []string{"CGO_ENABLED=0", "-tags noengine", "USER 65532:65532", "HEALTHCHECK"} {
		if !strings.Contains(string(body), line) {
			t.Errorf("Dockerfile has no %s", line)
		}
	}
}

func TestHealthChecks(t *testing.T) {
	project := load(t)
	for name, s := range project.Services {
		if compose.OneShot(project, name) {
			continue
		}
		if s.HealthCheck == nil || s.HealthCheck.Disable || len(s.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		if s.Build != nil {
			if diff := cmp.Diff(types.HealthCheckTest{"CMD", "/oneorder", "health", "http://127.0.0.1:8080/healthz"}, s.HealthCheck.Test); diff != "" {
				t.Errorf("%s: health check (-want +got):\n%s", name, diff)
			}
		}
		if s.Restart == "" {
			t.Errorf("%s is not started again when it dies", name)
		}
	}
}

func TestNothingIsOpen(t *testing.T) {
	for name, s := range load(t).Services {
		for _, port := range s.Ports {
			if ip := net.ParseIP(port.HostIP); ip == nil || !ip.IsLoopback() {
				t.Errorf("%s publishes %s beyond this machine (host address %q)", name, port.Published, port.HostIP)
			}
		}
		if s.Privileged || s.NetworkMode == "host" {
			t.Errorf("%s is privileged or in the host's network", name)
		}
		for variable, value := range s.Environment {
			secret := strings.Contains(variable, "PASSWORD") || strings.Contains(variable, "TOKEN") || strings.Contains(variable, "SECRET") || strings.HasSuffix(variable, "_KEY")
			if !secret || value == nil {
				continue
			}
			if *value != "" && !slices.Contains(slices.Collect(maps.Values(required)), strings.Trim(*value, `"`)) {
				t.Errorf("%s: %s has a value that does not come from a required variable", name, variable)
			}
		}
	}
}

func TestVolumesExist(t *testing.T) {
	project := load(t)
	used := map[string]bool{}
	for name, s := range project.Services {
		for _, v := range s.Volumes {
			switch v.Type {
			case types.VolumeTypeVolume:
				used[v.Source] = true
			case types.VolumeTypeBind:
				if _, err := os.Stat(v.Source); err != nil {
					t.Errorf("%s mounts what is not there: %v", name, err)
				}
				if !v.ReadOnly {
					t.Errorf("%s may write to %s", name, v.Source)
				}
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(project.Volumes)), slices.Sorted(maps.Keys(used))); diff != "" {
		t.Errorf("volumes (-declared +used):\n%s", diff)
	}
}

// The binary understands every command and every variable that the file gives it, and the configuration
// that they make is valid.
func TestProcesses(t *testing.T) {
	processes := compose.Processes(load(t))
	binary := build(t)
	knows(t, binary, "health") // the containers' health check
	for i, p := range processes {
		t.Run(p.Name, func(t *testing.T) {
			if p.OneShot != (p.Name == "migrate" || p.Name == "org") || p.OneShot != (i < 2) {
				t.Errorf("one shot = %v at place %d", p.OneShot, i)
			}
			want := []string{p.Name}
			if p.Name == "org" {
				want = append(want, "list")
			}
			if diff := cmp.Diff(want, p.Arguments); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
			knows(t, binary, p.Arguments[0])

			asked := map[string]bool{}
			config, err := service.FromEnvironment(func(name string) (string, bool) {
				asked[name] = true
				value, ok := p.Environment[name]
				return value, ok
			})
			if err := errors.Join(err, config.Validate()); err != nil {
				t.Error(err)
			}
			for variable := range p.Environment {
				if !asked[variable] {
					t.Errorf("no service knows %s", variable)
				}
			}
			if service.Loopback(config.HTTP) || config.Token == "" {
				t.Errorf("HTTP %s, token %q: it must answer the other containers, to those who show the token", config.HTTP, config.Token)
			}
		})
	}
}

func knows(t *testing.T, binary, verb string) {
	t.Helper()
	help, err := exec.CommandContext(t.Context(), binary, verb, "--help").CombinedOutput()
	if err != nil || !strings.Contains(string(help), "oneorder "+verb) {
		t.Errorf("the binary does not know %s: %v\n%s", verb, err, help)
	}
}

func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "oneorder")
	command := exec.CommandContext(t.Context(), "go", "build", "-tags", "noengine", "-o", binary, "../cmd/oneorder")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build as the Dockerfile does: %v\n%s", err, out)
	}
	return binary
}

// The broker starts with its file, and lets in who shows the password and nobody else.
func TestBrokerConfiguration(t *testing.T) {
	project := load(t)
	password := project.Services["nats"].Environment["ONEORDER_NATS_PASSWORD"]
	t.Setenv("ONEORDER_NATS_PASSWORD", *password)
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("nats")); err != nil {
		t.Fatal(err)
	}
	var token string
	err := authority.Update(filepath.Join(folder, "orgs", "orgs.json"), func(r *authority.Register) (err error) {
		token, err = r.Add("sitc", time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	options, err := server.ProcessConfigFile(filepath.Join(folder, "nats.conf"))
	if err != nil {
		t.Fatal(err)
	}
	if !options.JetStream || !options.SyncAlways {
		t.Errorf("JetStream %v, sync always %v: both are needed", options.JetStream, options.SyncAlways)
	}
	users := make(map[string]string)
	for _, u := range options.Users {
		users[u.Username] = u.Account.Name
	}
	if diff := cmp.Diff(map[string]string{"services": "ONEORDER", "sitc": "ORG_sitc"}, users); diff != "" {
		t.Errorf("users and their accounts (-want +got):\n%s", diff)
	}
	if options.NoAuthUser != "" {
		t.Errorf("whoever shows nothing is %q", options.NoAuthUser)
	}
	options.Host, options.Port, options.HTTPHost, options.HTTPPort = "127.0.0.1", server.RANDOM_PORT, "127.0.0.1", server.RANDOM_PORT
	options.StoreDir, options.NoSigs, options.NoLog = t.TempDir(), true, true
	options.JetStreamMaxStore = 1 << 30 // the file's limit is that of a server's disk
	broker, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	broker.Start()
	t.Cleanup(func() {
		broker.Shutdown()
		broker.WaitForShutdown()
	})
	if !broker.ReadyForConnections(10 * time.Second) {
		t.Fatal("the broker did not start")
	}
	for shown, want := range map[string]string{
		`"user":"services","pass":"` + required["ONEORDER_NATS_PASSWORD"] + `"`: "PONG",
		`"user":"services","pass":"services"`:                                   "Authorization Violation",
		`"user":"sitc","pass":"` + token + `"`:                                  "PONG",
		`"user":"sitc","pass":"sitc"`:                                           "Authorization Violation",
		``:                                                                      "Authorization Violation",
	} {
		if got := knock(t, broker.ClientURL(), shown); !strings.Contains(got, want) {
			t.Errorf("with {%s} the broker said %q, want %q", shown, got, want)
		}
	}
}

// knock connects to the broker with these members of CONNECT and gives all it says until PONG or the end.
func knock(t *testing.T, url, members string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if members != "" {
		members = "," + members
	}
	if _, err := io.WriteString(conn, `CONNECT {"verbose":false`+members+"}\r\nPING\r\n"); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(said.String(), "PONG") {
		n, err := conn.Read(buffer)
		said.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	return said.String()
}

func TestWarehouseConfiguration(t *testing.T) {
	type user struct {
		Password struct {
			FromEnv string `xml:"from_env,attr"`
			Text    string `xml:",chardata"`
		} `xml:"password"`
		Networks []string `xml:"networks>ip"`
		Profile  string   `xml:"profile"`
		Grants   []string `xml:"grants>query"`
	}
	var users struct {
		Services struct {
			AsyncInsert string `xml:"async_insert"`
		} `xml:"profiles>services"`
		Analyst struct {
			ReadOnly string `xml:"readonly"`
		} `xml:"profiles>analyst"`
		Users struct {
			Default *struct {
				Remove string `xml:"remove,attr"`
			} `xml:"default"`
			OneOrder     user `xml:"oneorder"`
			Analyst      user `xml:"analyst"`
			Dictionaries user `xml:"dictionaries"`
		} `xml:"users"`
	}
	decode(t, "clickhouse/users.d/oneorder.xml", &users)
	if users.Users.Default == nil || users.Users.Default.Remove == "" {
		t.Error("the user default, who has no password, is not removed")
	}
	environment := load(t).Services["clickhouse"].Environment
	for name, u := range map[string]user{"oneorder": users.Users.OneOrder, "analyst": users.Users.Analyst} {
		if _, given := environment[u.Password.FromEnv]; !given || strings.TrimSpace(u.Password.Text) != "" {
			t.Errorf("the password of %s does not come from the container's environment (%q)", name, u.Password.FromEnv)
		}
	}
	if users.Services.AsyncInsert != "0" || users.Users.OneOrder.Profile != "services" {
		t.Error("the services' inserts may be gathered by the server: deduplication tokens would not hold")
	}
	if diff := cmp.Diff([]string{"GRANT SELECT ON oneorder.*", "GRANT dictGet ON oneorder.*"}, users.Users.Analyst.Grants); diff != "" || users.Analyst.ReadOnly == "0" {
		t.Errorf("readonly %s, grants of analyst (-want +got):\n%s", users.Analyst.ReadOnly, diff)
	}

	// Who has no password comes from the server itself, only reads, and only what the dictionaries have.
	dictionaries := users.Users.Dictionaries
	if diff := cmp.Diff([]string{"127.0.0.1", "::1"}, dictionaries.Networks); diff != "" || dictionaries.Profile != "analyst" {
		t.Errorf("dictionaries, of profile %s, come from (-want +got):\n%s", dictionaries.Profile, diff)
	}
	want := []string{
		"GRANT SELECT ON oneorder.reference_places", "GRANT SELECT ON oneorder.reference_corridors", "GRANT SELECT ON oneorder.reference_hs", "GRANT SELECT ON oneorder.party_names",
	}
	if diff := cmp.Diff(want, dictionaries.Grants); diff != "" {
		t.Errorf("grants of dictionaries (-want +got):\n%s", diff)
	}

	var config struct {
		Window string `xml:"merge_tree>non_replicated_deduplication_window"`
	}
	decode(t, "clickhouse/config.d/oneorder.xml", &config)
	if config.Window != "10000" {
		t.Errorf("deduplication window %q, want 10000", config.Window)
	}
}

func decode(t *testing.T, file string, to any) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(body, to); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// Prometheus asks every service of ours that stays up, and nothing that is not there.
func TestPrometheusAsksEveryService(t *testing.T) {
	var config struct {
		ScrapeConfigs []struct {
			JobName       string `yaml:"job_name"`
			StaticConfigs []struct {
				Targets []string `yaml:"targets"`
			} `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	body, err := os.ReadFile("prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(body, &config); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, job := range config.ScrapeConfigs {
		if job.JobName != "oneorder" {
			continue
		}
		for _, static := range job.StaticConfigs {
			got = append(got, static.Targets...)
		}
	}
	for _, p := range compose.Processes(load(t)) {
		if !p.OneShot {
			want = append(want, p.Name+":8080")
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("targets (-services +scraped):\n%s", diff)
	}
}
