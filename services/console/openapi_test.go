package console_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"oneorder/internal/service"
	"oneorder/services/console"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// operation is a way into the interface for programs, and what it answers.
type operation struct {
	method, path, summary string
	parameters            []string // name of the query: meaning
	answer                any      // of the type; nil: an event in canonical JSON
	body                  string   // what the body of the request is; "": none
	roles                 string
	try                   string // an address that the test asks, with the query
}

const asOf = "as_of: as it was known then: a time (RFC 3339), or a day, which means its end; now without it. Also of a chain that is no more"

var operations = []operation{
	{"GET", "/api/v1/lookup", "The chains of any number", []string{"q: any reference, a container, a chain id"}, console.Found{}, "", "any", "/api/v1/lookup?q=SITU9070320"},
	{"GET", "/api/v1/suggest", "Numbers that begin as typed, from three characters on", []string{"q: what was typed"}, console.Suggested{}, "", "any", "/api/v1/suggest?q=SITU"},
	{"GET", "/api/v1/chains/{id}", "The one order of a chain", []string{asOf}, console.Order{}, "", "any", "/api/v1/chains/7ZK3Q9M2X4V8C1BN?as_of=2026-09-06"},
	{"GET", "/api/v1/chains/{id}/events/{key}", "An event of a chain as it was published, in canonical JSON", []string{asOf}, nil, "", "any", ""},
	{"GET", "/api/v1/corridors", "The corridors side by side", nil, console.Corridors{}, "", "operator, viewer", "/api/v1/corridors"},
	{"GET", "/api/v1/overview", "The corridors at a glance, with their last weeks", nil, console.Overviews{}, "", "operator, viewer", "/api/v1/overview"},
	{"GET", "/api/v1/waiting", "Stuck chains and events of no chain", nil, console.Waiting{}, "", "any", "/api/v1/waiting"},
	{"GET", "/api/v1/counts", "What the warehouse holds", nil, console.Counts{}, "", "operator, viewer", "/api/v1/counts"},
	{"GET", "/api/v1/operations", "Streams, readers and warehouse as they are", nil, console.Picture{}, "", "operator, viewer", "/api/v1/operations"},
	{"POST", "/api/v1/readers/{name}/pause", "Let a reader rest, whoever works under its name, until it is resumed", nil, console.Rested{}, "", "operator", "/api/v1/readers/archive/pause"},
	{"POST", "/api/v1/readers/{name}/resume", "Let a reader that rests go on", nil, console.Rested{}, "", "operator", "/api/v1/readers/archive/resume"},
	{
		"GET", "/api/v1/rejected", "Messages that were refused, the newest 200",
		[]string{"org: of this organisation only", "code: with a fault of this code only", "days: of so many days back, 7 without it, 90 at most", "resolved: 1 for those that are resolved as well"},
		console.Letters{},
		"", "any", "/api/v1/rejected?days=30",
	},
	{"GET", "/api/v1/rejected/{id}", "A message that was refused, as it came", nil, console.FullLetter{}, "", "any", "/api/v1/rejected/1"},
	{"POST", "/api/v1/rejected/{id}/retry", "Send it again under its subject: the body, or the message as it was if there is none. It counts as resolved", nil, console.Retried{}, "the message, mended", "operator, organisation", "/api/v1/rejected/1/retry"},
	{"POST", "/api/v1/rejected/{id}/resolve", "Set it aside: it counts as resolved, and nothing is sent", nil, console.Letter{}, "", "operator, organisation", "/api/v1/rejected/1/resolve"},
}

type object = map[string]any

// schema is the JSON Schema of a Go type as encoding/json writes it.
func schema(t reflect.Type, named object) object {
	switch t.Kind() {
	case reflect.Pointer:
		return object{"anyOf": []any{schema(t.Elem(), named), object{"type": "null"}}}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int64, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Slice:
		return object{"type": "array", "items": schema(t.Elem(), named)}
	case reflect.Map:
		return object{"type": []any{"object", "null"}, "additionalProperties": schema(t.Elem(), named)}
	case reflect.Interface:
		return object{}
	default: // a struct
	}
	if t == reflect.TypeFor[time.Time]() {
		return object{"type": "string", "format": "date-time"}
	}
	properties, required := object{}, []any{}
	members(t, named, properties, &required)
	made := object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	if t.Name() == "" {
		return made
	}
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	named[name] = made
	return object{"$ref": "#/components/schemas/" + name}
}

func members(t reflect.Type, named, properties object, required *[]any) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			members(f.Type, named, properties, required)
			continue
		case name == "-":
			continue
		}
		properties[name] = schema(f.Type, named)
		if option == "" {
			*required = append(*required, name)
		}
	}
}

func document() object {
	named, paths := object{}, object{}
	for _, o := range operations {
		answer := object{"description": "An event of docs/enterprise.md", "content": object{"application/json": object{"schema": object{"type": "object"}}}}
		if o.answer != nil {
			answer = object{"description": "Done", "content": object{"application/json": object{"schema": schema(reflect.TypeOf(o.answer), named)}}}
		}
		problem := object{"$ref": "#/components/responses/Problem"}
		operation := object{
			"summary": o.summary, "x-roles": o.roles,
			"responses": object{"200": answer, "default": problem},
		}
		var parameters []any
		for _, name := range []string{"id", "key", "name"} {
			if strings.Contains(o.path, "{"+name+"}") {
				parameters = append(parameters, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
			}
		}
		for _, p := range o.parameters {
			name, meaning, _ := strings.Cut(p, ": ")
			parameters = append(parameters, object{"name": name, "in": "query", "required": name == "q", "description": meaning, "schema": object{"type": "string"}})
		}
		if parameters != nil {
			operation["parameters"] = parameters
		}
		if o.body != "" {
			operation["requestBody"] = object{"required": false, "description": o.body, "content": object{"*/*": object{"schema": object{"type": "string"}}}}
		}
		of, ok := paths[o.path].(object)
		if !ok {
			of = object{}
			paths[o.path] = of
		}
		of[strings.ToLower(o.method)] = operation
	}
	problem := schema(reflect.TypeFor[service.Problem](), named)
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "OneOrder console", "version": "1",
			"description": "What the console's pages show, for programs. x-roles says who is let in; an organisation sees its own only. Beyond what a path lists: 401 without a token, 403 for another role, 404, 429 with Retry-After, 503 while the broker or ClickHouse is away.",
		},
		"security": []any{object{"bearer": []any{}}, object{"basic": []any{}}, object{"session": []any{}}},
		"paths":    paths,
		"components": object{
			"schemas":   named,
			"responses": object{"Problem": object{"description": "RFC 9457 problem details", "content": object{"application/problem+json": object{"schema": problem}}}},
			"securitySchemes": object{
				"bearer": object{"type": "http", "scheme": "bearer"}, "basic": object{"type": "http", "scheme": "basic"},
				"session": object{"type": "apiKey", "in": "cookie", "name": "oneorder_session"},
			},
		},
	}
}

func TestOpenAPIDescribesWhatIsAnswered(t *testing.T) {
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document()); err != nil {
		t.Fatal(err)
	}
	const file = "openapi.json"
	if *update {
		if err := os.WriteFile(file, want.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Fatalf("%s is not of these types: go test ./services/console -run OpenAPI -update (-want +got):\n%s", file, diff)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("openapi.json", tree); err != nil {
		t.Fatal(err)
	}
	p := run(t, fullShelf(), console.Door{})
	reading(t, p.conn, "archive")
	for i := range 3 {
		reject(t, p.conn, "sitc", "events.sitc.logistics.equipment.loaded", strings.Replace(mended, "e1", "e"+strconv.Itoa(i), 1))
	}
	served, described := ask(t, http.DefaultClient, http.MethodGet, p.url+"/api/v1/openapi.json", "")
	if served.StatusCode != http.StatusOK || described != string(got) {
		t.Errorf("the file is not served as it is: %d", served.StatusCode)
	}
	for _, o := range operations {
		if o.try == "" {
			continue
		}
		response, body := ask(t, http.DefaultClient, o.method, p.url+o.try, "")
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if response.StatusCode != http.StatusOK || err != nil {
			t.Errorf("%s: %d %.300s %v", o.try, response.StatusCode, body, err)
			continue
		}
		place := strings.NewReplacer("~", "~0", "/", "~1").Replace(o.path)
		one, err := compiler.Compile("openapi.json#/paths/" + place + "/" + strings.ToLower(o.method) + "/responses/200/content/application~1json/schema")
		if err != nil {
			t.Fatal(err)
		}
		if err := one.Validate(value); err != nil {
			t.Errorf("%s answers otherwise than it is described: %v", o.try, err)
		}
	}
}
