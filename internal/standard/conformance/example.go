package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Variant is a document that was made of an example by one change.
type Variant struct {
	Change   string // "without /a/0/b", "/a/0/b is null"
	Document []byte
	Valid    bool // as the definition has it
}

// Variants makes a document with every member of a schema out of the definition's own examples, and one variant of it for
// each member that is left out, null, or of another type. The first is the document itself.
func (a API) Variants(t *testing.T, schema string) []Variant {
	t.Helper()
	s, ok := a.find([]string{"components", "schemas", schema})
	if !ok {
		t.Fatalf("%s has no %s", a.file, schema)
	}
	compiled, err := a.compiler.Compile(a.file + "#/components/schemas/" + schema)
	if err != nil {
		t.Fatal(err)
	}
	whole := a.example(s, 0)
	var all []Variant
	add := func(change string) {
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		err = compiled.Validate(value)
		if change == "" && err != nil {
			t.Errorf("the example of %s is not of it: %v", schema, err)
		}
		all = append(all, Variant{change, text, err == nil})
	}
	add("")
	seen := map[string]bool{} // members of objects by the name of these: what stands at many places is tried at one
	var walk func(value any, at, in string)
	walk = func(value any, at, in string) {
		switch v := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				was, where := v[name], at+"/"+name
				if seen[in+"/"+name] {
					continue
				}
				seen[in+"/"+name] = true
				delete(v, name)
				add("without " + where)
				v[name] = nil
				add(where + " is null")
				v[name] = otherType(was)
				add(where + " is of another type")
				v[name] = was
				walk(was, where, name)
			}
		case []any:
			if len(v) > 0 {
				was := v[0]
				v[0] = otherType(was)
				add(at + "/0 is of another type")
				v[0] = was
				walk(was, at+"/0", in)
			}
		}
	}
	walk(whole, "", "")
	return all
}

func otherType(v any) any {
	switch v.(type) {
	case string:
		return 17
	case []any:
		return map[string]any{}
	default:
		return []any{"x"}
	}
}

// deepest is how many levels of arrays an example has.
const deepest = 12

// anyText is what stands for a text of which nothing more is known.
const anyText = "x"

// resolved is the schema that one refers to, or itself.
func (a API) resolved(s map[string]any) map[string]any {
	ref, ok := s["$ref"].(string)
	for ; ok; ref, ok = s["$ref"].(string) {
		s, _ = a.find([]string{"components", "schemas", strings.TrimPrefix(ref, "#/components/schemas/")})
	}
	return s
}

// example makes a value of a schema: its example, else one of each of its members.
func (a API) example(s map[string]any, depth int) any {
	s = a.resolved(s)
	o := map[string]any{}
	a.members(s, o, depth)
	if _, object := s["properties"]; len(o) > 0 || object {
		return o
	}
	for _, choice := range []string{"oneOf", "anyOf", "allOf"} {
		for _, part := range asList(s[choice]) {
			if v := a.example(part, depth); v != anyText {
				return v
			}
		}
	}
	if list, ok := s["enum"].([]any); ok && len(list) > 0 {
		return list[0]
	}
	if example, ok := s["example"]; ok && s["type"] != "array" {
		return example
	}
	switch s["format"] {
	case "date-time":
		return "2026-09-11T08:15:00Z"
	case "uuid":
		return "3cecb101-7a1a-43a4-9d62-e88a131651e2"
	}
	switch s["type"] {
	case "array":
		items, _ := s["items"].(map[string]any)
		if depth > deepest {
			return []any{}
		}
		return []any{a.example(items, depth+1)}
	case "integer":
		return 1
	case "number":
		return 1.5
	case "boolean":
		return true
	}
	return anyText
}

// members adds the members of a schema, and those of what it is composed of.
func (a API) members(s, o map[string]any, depth int) {
	s = a.resolved(s)
	properties, _ := s["properties"].(map[string]any)
	for name, property := range properties {
		p, _ := property.(map[string]any)
		if v := a.example(p, depth+1); v != anyText || o[name] == nil {
			o[name] = v
		}
	}
	for _, part := range asList(s["allOf"]) {
		a.members(part, o, depth)
	}
	for _, choice := range []string{"oneOf", "anyOf"} {
		if list := asList(s[choice]); len(list) > 0 {
			a.members(list[0], o, depth)
		}
	}
}

func asList(v any) []map[string]any {
	var all []map[string]any
	list, _ := v.([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}
