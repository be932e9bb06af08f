package warehouse

import (
	"encoding/xml"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The profiles of analysts and organisations are the same on the embedded engine and in a deployment.
func TestProfilesAreTheSameEverywhere(t *testing.T) {
	type element struct {
		XMLName xml.Name
		Text    string    `xml:",chardata"`
		Inner   []element `xml:",any"`
	}
	var flat func(prefix string, e element, into map[string]string)
	flat = func(prefix string, e element, into map[string]string) {
		path := prefix + "/" + e.XMLName.Local
		if len(e.Inner) == 0 {
			into[path] += strings.TrimSpace(e.Text) + ";"
		}
		for _, inner := range e.Inner {
			flat(path, inner, into)
		}
	}
	profiles := func(file string) map[string]string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all := make(map[string]string)
		for _, name := range []string{"analyst", "restricted"} {
			found := regexp.MustCompile(`(?s)<profiles>.*?(<` + name + `>.*?</` + name + `>)`).FindSubmatch(text)
			if found == nil {
				t.Fatalf("%s has no profile %s", file, name)
			}
			var e element
			if err := xml.Unmarshal(found[1], &e); err != nil {
				t.Fatal(err)
			}
			flat("", e, all)
		}
		return all
	}
	if diff := cmp.Diff(profiles("../embedded/users.xml.tmpl"), profiles("../../deploy/clickhouse/users.d/oneorder.xml")); diff != "" {
		t.Errorf("(-embedded +deploy):\n%s", diff)
	}
}
