package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// shown are the names of the metrics that `up` shows, also of those that have counted nothing yet.
func shown(t *testing.T) []string {
	t.Helper()
	config := service.Default()
	config.Data = t.TempDir()
	config.Orgs = filepath.Join(config.Data, "orgs.json")
	in := &instance{config: config, logger: slog.New(slog.DiscardHandler), conn: new(stream.Conn), warehouse: new(warehouse.Warehouse)}
	if err := in.makeServices(place{}); err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`fqName: "([^"]*)"`)
	names := []string{"oneorder_http_requests_total", "oneorder_http_request_seconds"} // of the shell
	for _, c := range slices.Concat(in.shell.Intake, in.shell.Readers) {
		measured, ok := c.(service.Measured)
		if !ok {
			continue
		}
		for _, collector := range measured.Collectors() {
			described := make(chan *prometheus.Desc, 100)
			collector.Describe(described)
			close(described)
			for d := range described {
				names = append(names, name.FindStringSubmatch(d.String())[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestTheMetricsTableOfTheDocumentationIsThatOfTheProgram(t *testing.T) {
	page, err := os.ReadFile("../../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n## Metrics\n")
	table, _, _ = strings.Cut(table, "\n## ")
	// The second of a pair is written as oneorder_chain_…: it has the name of the first.
	documented := map[string]bool{}
	names := regexp.MustCompile("`(oneorder_[a-z_]+)(…?)`")
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cell, _, _ := strings.Cut(line[2:], "|")
		first := ""
		for _, m := range names.FindAllStringSubmatch(cell, -1) {
			if m[2] == "" {
				first = m[1]
				documented[first] = true
				continue
			}
			// oneorder_chain_ of oneorder_archive_lag_messages
			_, rest, _ := strings.Cut(strings.TrimPrefix(first, "oneorder_"), "_")
			documented[m[1]+rest] = true
		}
	}
	all := shown(t)
	if len(all) < 40 {
		t.Fatalf("only %d metrics are found: %q", len(all), all)
	}
	for _, name := range all {
		if !documented[name] {
			t.Errorf("docs/operator.md does not tell of %s", name)
		}
		delete(documented, name)
	}
	for name := range documented {
		t.Errorf("docs/operator.md tells of %s, which nobody shows", name)
	}
}
