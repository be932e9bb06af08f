package schemas_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"oneorder/internal/simulator"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
	"oneorder/schemas"
)

// base is what the schemas' ids begin with.
const base = "https://oneorder.example/schemas/events/"

// contract is the event contract in both its forms: as JSON Schemas, and as what the decoder takes.
type contract struct {
	types map[trade.Type]*jsonschema.Schema
	any   *jsonschema.Schema // of an event whose type is none
}

func newContract(t testing.TB) *contract {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat() // as the decoder does
	entries, err := schemas.Events.ReadDir("events")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := schemas.Events.ReadFile(path.Join("events", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", entry.Name(), err)
		}
		if err := compiler.AddResource(base+entry.Name(), document); err != nil {
			t.Fatal(err)
		}
	}
	compile := func(name string) *jsonschema.Schema {
		schema, err := compiler.Compile(base + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
	c := &contract{types: make(map[trade.Type]*jsonschema.Schema), any: compile("event")}
	for _, typ := range trade.Types() {
		c.types[typ] = compile(string(typ))
	}
	return c
}

// compare says what the two forms of the contract say of a text; a difference that JSON Schema cannot help is none.
func (c *contract) compare(decoder *wire.Decoder, text []byte) (sound bool, difference error) {
	var e trade.Event
	var faults trade.Faults
	if err := decoder.Decode(text, &e); err != nil && !errors.As(err, &faults) {
		return false, fmt.Errorf("%w is no trade.Faults", err)
	}
	for _, f := range faults {
		if ofText[f.Code] {
			return false, nil
		}
	}
	// As in every reader but a few, numbers are doubles.
	var instance any
	if err := json.Unmarshal(text, &instance); err != nil {
		if faults == nil {
			return true, fmt.Errorf("taken, and not readable: %w", err)
		}
		return false, nil
	}
	err := c.schemaOf(instance).Validate(instance)
	switch {
	case (err == nil) == (faults == nil):
		return faults == nil, nil
	case err == nil:
		for _, f := range faults {
			if !unsayable(f, instance) && (f.Code != "too_many_members" || !repeats(text)) {
				return false, fmt.Errorf("the schema takes what the decoder does not: %w", faults)
			}
		}
		return false, nil
	case otherYear(instance):
		return true, nil
	}
	return true, fmt.Errorf("the decoder takes what the schema does not: %w", err)
}

func (c *contract) schemaOf(instance any) *jsonschema.Schema {
	if object, ok := instance.(map[string]any); ok {
		if typ, ok := object["type"].(string); ok && c.types[trade.Type(typ)] != nil {
			return c.types[trade.Type(typ)]
		}
	}
	return c.any
}

// ofText are the faults of a text before it is a JSON value, of which JSON Schema knows nothing: its size and depth,
// its encoding and syntax, a name twice in one object.
var ofText = map[string]bool{"too_large": true, "too_deep": true, "not_utf8": true, "json_syntax": true, "duplicate_member": true}

// unsayable says whether JSON Schema cannot say what the fault says of the value.
func unsayable(f trade.Fault, instance any) bool {
	value, _ := at(instance, f.Pointer)
	switch f.Code {
	case "too_long": // bytes, where JSON Schema counts characters; how a number is written
		if _, number := value.(float64); number {
			return true
		}
		s, ok := value.(string)
		return ok && len(s) > 512 && utf8.RuneCountInString(s) <= 512
	case "mistyped": // 1.0 and 1e2 are whole numbers to JSON Schema
		n, ok := value.(float64)
		return ok && n == math.Trunc(n) && n >= 0 && n <= math.MaxUint32
	case "time_implausible": // the year in UTC, where a pattern sees the written one
		return otherYear(instance)
	}
	return false
}

// repeats says whether a name stands twice in one object: of what the decoder counts twice, a schema sees one.
func repeats(text []byte) bool {
	var instance any
	if json.Unmarshal(text, &instance) != nil {
		return false
	}
	written, err := json.Marshal(instance)
	return err == nil && membersOf(text) > membersOf(written)
}

// membersOf counts the members of all objects of a JSON text.
func membersOf(text []byte) int {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var objects []bool // of the brackets that are open, which are braces
	count, name := 0, false
	for {
		token, err := decoder.Token()
		if err != nil {
			return count
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			objects = append(objects, token == json.Delim('{'))
		case json.Delim('}'), json.Delim(']'):
			objects = objects[:len(objects)-1]
		default:
			if _, text := token.(string); text && name {
				count++
				name = false
				continue
			}
		}
		name = len(objects) > 0 && objects[len(objects)-1]
	}
}

// otherYear says whether one of the event's times is of another year in UTC than where it was written.
func otherYear(instance any) bool {
	for _, pointer := range []string{"/time", "/recorded"} {
		if value, ok := at(instance, pointer); ok {
			text, _ := value.(string)
			if t, err := time.Parse(time.RFC3339, text); err == nil && t.Year() != t.UTC().Year() {
				return true
			}
		}
	}
	return false
}

// at gives the value that a JSON pointer (RFC 6901) leads to.
func at(value any, pointer string) (any, bool) {
	if pointer == "" {
		return value, true
	}
	for _, name := range strings.Split(pointer[1:], "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[name]
			if !ok {
				return nil, false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

func TestSchemasAreNamedAndLinked(t *testing.T) {
	entries, err := schemas.Events.ReadDir("events")
	if err != nil {
		t.Fatal(err)
	}
	kind := regexp.MustCompile(`^(trade|customs|logistics|finance)\.[a-z_]+\.[a-z_]+$`)
	types := 0
	for _, entry := range entries {
		text, err := schemas.Events.ReadFile(path.Join("events", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			Dialect     string `json:"$schema"`
			ID          string `json:"$id"`
			Title       string `json:"title"`
			Description string `json:"description"`
		}
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatalf("%s: %v", entry.Name(), err)
		}
		if s.Dialect != "https://json-schema.org/draft/2020-12/schema" || s.ID != base+entry.Name() || s.Title == "" || s.Description == "" {
			t.Errorf("%s: %+v", entry.Name(), s)
		}
		if name := strings.TrimSuffix(entry.Name(), ".json"); kind.MatchString(name) {
			types++
			if !trade.Type(name).Known() {
				t.Errorf("%s is a schema of no type", name)
			}
		}
	}
	if types != len(trade.Types()) {
		t.Errorf("schemas of %d types, there are %d", types, len(trade.Types()))
	}
}

var events = flag.Int("events", 20_000, "how many generated and mutated events the decoder and the schemas are compared on")

// seedTexts are sound events and unsound ones: the examples, and what the simulator makes.
func seedTexts(t testing.TB) [][]byte {
	t.Helper()
	all := examples(t)
	var texts [][]byte
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.Contains(name, "/valid-") {
			texts = append(texts, all[name], all[name]) // more of what is sound
		}
		texts = append(texts, all[name])
	}
	config := simulator.Defaults()
	config.Seed, config.Chains = 3, 12
	s, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	var e trade.Event
	for range 300 {
		if _, ok := s.Next(&e); !ok {
			break
		}
		texts = append(texts, wire.Append(nil, &e))
	}
	return texts
}

func TestDecoderAndSchemasAgree(t *testing.T) {
	c := newContract(t)
	seeds := seedTexts(t)
	var decoder wire.Decoder
	sound := 0
	check := func(text []byte) {
		ok, err := c.compare(&decoder, text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if ok {
			sound++
		}
	}
	for _, text := range seeds {
		check(text)
	}
	m := newMutator(uint64(*events), seeds)
	for range *events {
		check(m.next())
	}
	t.Logf("%d events agree, of which %d are sound", *events+len(seeds), sound)
	if sound < *events/10 || sound > *events*9/10 {
		t.Errorf("%d of %d events are sound: too few or too many to compare", sound, *events)
	}
}

// FuzzDecoderAndSchemas holds of any text: the decoder takes what the schemas take.
func FuzzDecoderAndSchemas(f *testing.F) {
	c := newContract(f)
	for _, text := range seedTexts(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := c.compare(new(wire.Decoder), text); err != nil {
			t.Fatal(err)
		}
	})
}
