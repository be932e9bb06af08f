package deploy

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type rules struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr, For    string
			Labels, Annotations map[string]string
		}
	}
}

func TestEveryAlertNamesMetricsThatThereAreAndAPageThatSaysWhatToDo(t *testing.T) {
	text, err := os.ReadFile("prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	var all rules
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	if len(all.Groups) != 1 || len(all.Groups[0].Rules) < 10 {
		t.Fatalf("%+v", all)
	}
	metric := regexp.MustCompile(`oneorder_[a-z_]+`)
	// The table of metrics writes the second of a pair as oneorder_chain_…: it has the name of the first.
	documented := func(name string) bool {
		pair := strings.Replace(name, "oneorder_chain_", "oneorder_archive_", 1)
		return strings.Contains(string(guide), "`"+name+"`") || strings.Contains(string(guide), "`"+pair+"`, `oneorder_chain_")
	}
	durations, seen := regexp.MustCompile(`^\d+[smh]$`), map[string]bool{}
	for _, r := range all.Groups[0].Rules {
		if seen[r.Alert] {
			t.Errorf("%s stands twice", r.Alert)
		}
		seen[r.Alert] = true
		if r.For != "" && !durations.MatchString(r.For) {
			t.Errorf("%s waits for %q", r.Alert, r.For)
		}
		if s := r.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s is of severity %q", r.Alert, s)
		}
		if strings.Count(r.Expr, "(") != strings.Count(r.Expr, ")") || strings.Count(r.Expr, "{") != strings.Count(r.Expr, "}") {
			t.Errorf("%s: brackets of %s", r.Alert, r.Expr)
		}
		names := metric.FindAllString(r.Expr, -1)
		if len(names) == 0 && !strings.HasPrefix(r.Expr, "up{") {
			t.Errorf("%s looks at nothing: %s", r.Alert, r.Expr)
		}
		for _, name := range names {
			if !documented(name) {
				t.Errorf("%s: %s is none of the metrics of docs/operator.md", r.Alert, name)
			}
		}
		anchor := strings.ToLower(r.Alert)
		if r.Annotations["runbook"] != "docs/operator.md#"+anchor || !strings.Contains(string(guide), "\n#### "+r.Alert+"\n") {
			t.Errorf("%s has no page at %q", r.Alert, r.Annotations["runbook"])
		}
		if r.Annotations["summary"] == "" {
			t.Errorf("%s says nothing", r.Alert)
		}
	}
	for _, heading := range regexp.MustCompile(`(?m)^#### (OneOrder\w+)$`).FindAllStringSubmatch(string(guide), -1) {
		if !seen[heading[1]] {
			t.Errorf("the page of %s is of no alert", heading[1])
		}
	}
	config, err := os.ReadFile("prometheus/prometheus.yml")
	if err != nil || !strings.Contains(string(config), "rule_files:\n  - alerts.yml\n") {
		t.Errorf("prometheus.yml does not load the rules: %v", err)
	}
}
