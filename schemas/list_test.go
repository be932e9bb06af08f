package schemas_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/schemas"
)

// listed is what a schema has of closed lists.
type listed struct {
	Enum        []any             `json:"enum"`
	Description string            `json:"description"`
	Properties  map[string]listed `json:"properties"`
}

func readListed(t *testing.T, name string) listed {
	t.Helper()
	text, err := schemas.Events.ReadFile("events/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var s listed
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// The comparison of decoder and schemas would find a difference one day; here it is found at once, and by name.
func TestListsAreThoseOfTheDecoder(t *testing.T) {
	orNothing := func(list []string) []any {
		var all []any
		for _, s := range list {
			all = append(all, s)
		}
		return append(all, "", nil)
	}
	var types []any
	for _, typ := range trade.Types() {
		types = append(types, string(typ))
	}
	for name, c := range map[string]struct{ want, got []any }{
		"type.json":               {types, readListed(t, "type.json").Enum},
		"document.json, its kind": {orNothing(trade.DocumentKinds()), readListed(t, "document.json").Properties["kind"].Enum},
		"party-id.json, its kind": {orNothing(trade.PartyIDKinds()), readListed(t, "party-id.json").Properties["kind"].Enum},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var kinds []string
	for _, kind := range trade.Kinds() {
		kinds = append(kinds, string(kind))
	}
	if kind := readListed(t, "reference.json").Properties["kind"]; !strings.Contains(kind.Description, strings.Join(kinds, ", ")) {
		t.Errorf("reference.json tells of other kinds than %s", kinds)
	}
}
