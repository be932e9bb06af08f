package conformance

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// API is the OpenAPI definition of an interface of DCSA, out of the corpus.
type API struct {
	file     string
	document map[string]any
	compiler *jsonschema.Compiler
}

// Definition reads a definition.
func Definition(t *testing.T, file string) API {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Corpus(t), "dcsa", "openapi", file)) //nolint:gosec // a file of the corpus
	if err != nil {
		t.Fatal(err)
	}
	a := API{file: file, compiler: jsonschema.NewCompiler()}
	if err := yaml.Unmarshal(text, &a.document); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	a.compiler.DefaultDraft(jsonschema.Draft4)
	if err := a.compiler.AddResource(a.file, plain(a.document)); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return a
}

// plain is a YAML value as JSON has it, whose members are named by strings.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			v[name] = plain(value)
		}
	case map[any]any:
		named := make(map[string]any, len(v))
		for name, value := range v {
			if s, ok := name.(string); ok {
				named[s] = plain(value)
			}
		}
		return named
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

// Answered holds an answer against the definition of its path: the status is one that the path has or its default, the
// headers are there, and the body is of the schema, or empty where there is none.
func (a API) Answered(t *testing.T, method, path string, answer *http.Response, body []byte) {
	t.Helper()
	at := []string{"paths", path, strings.ToLower(method), "responses", strconv.Itoa(answer.StatusCode)}
	response, ok := a.find(at)
	if !ok {
		at[4] = "default"
		if response, ok = a.find(at); !ok || answer.StatusCode < 300 {
			t.Errorf("%s %s: %d is not in %s", method, path, answer.StatusCode, a.file)
			return
		}
	}
	headers, _ := response["headers"].(map[string]any)
	for name := range headers {
		if answer.Header.Get(name) == "" {
			t.Errorf("%s %s: %d without the header %s", method, path, answer.StatusCode, name)
		}
	}
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 {
		if len(body) > 0 {
			t.Errorf("%s %s: %d has a body: %s", method, path, answer.StatusCode, body)
		}
		return
	}
	media, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	if content[media] == nil {
		t.Errorf("%s %s: %d is of type %q", method, path, answer.StatusCode, media)
		return
	}
	pointer := "#"
	for _, step := range append(at, "content", media, "schema") {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(step)
	}
	a.valid(t, pointer, body)
}

// Valid holds a JSON text against a schema of the definition's components.
func (a API) Valid(t *testing.T, schema string, text []byte) {
	t.Helper()
	a.valid(t, "#/components/schemas/"+schema, text)
}

func (a API) valid(t *testing.T, pointer string, text []byte) {
	t.Helper()
	schema, err := a.compiler.Compile(a.file + pointer)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		t.Errorf("%s%s: %v\n%s", a.file, pointer, err, text)
	}
}

// find follows members from the root of the definition.
func (a API) find(path []string) (map[string]any, bool) {
	at := a.document
	for _, name := range path {
		next, ok := at[name].(map[string]any)
		if !ok {
			return nil, false
		}
		at = next
	}
	return at, true
}
