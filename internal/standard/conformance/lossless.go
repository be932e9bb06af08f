package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Lost gives the texts of an XML document that stand in none of its events as they were written, each with its path.
func Lost(t testing.TB, document string, events []*trade.Event) []string {
	t.Helper()
	root, fault := xmldoc.Read([]byte(document), len(document))
	if fault != nil {
		t.Fatal(fault)
	}
	kept := make(map[string]bool)
	var gather func(any)
	gather = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, member := range v {
				gather(member)
			}
		case []any:
			for _, element := range v {
				gather(element)
			}
		case string:
			kept[v] = true
		case json.Number:
			kept[v.String()] = true
		}
	}
	for _, e := range events {
		decoder := json.NewDecoder(strings.NewReader(string(wire.Append(nil, e))))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		gather(value)
	}
	var lost []string
	var walk func(xmldoc.Element)
	walk = func(e xmldoc.Element) {
		if text := e.Text(); text != "" && !kept[text] {
			lost = append(lost, e.Path()+" "+text)
		}
		for c := range e.Children {
			walk(c)
		}
	}
	walk(root)
	return lost
}
