package embeddedtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Rows asks the engine a question over HTTP, as an analyst's tool does, and gives the answer's rows, each with its
// values by column. Whole numbers of 64 bits and decimals are strings.
func Rows(t testing.TB, address, database, query string) []map[string]any {
	t.Helper()
	ask := url.URL{Scheme: "http", Host: address, Path: "/", RawQuery: url.Values{
		"database": {database}, "default_format": {"JSONEachRow"}, "output_format_json_quote_64bit_integers": {"1"},
		"output_format_json_quote_decimals": {"1"}, "output_format_json_named_tuples_as_objects": {"1"},
	}.Encode()}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, ask.String(), strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // nothing outlives the test
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", query, response.Status, err, text)
	}
	var rows []map[string]any
	for lines := json.NewDecoder(bytes.NewReader(text)); lines.More(); {
		var row map[string]any
		if err := lines.Decode(&row); err != nil {
			t.Fatalf("%s: %v\n%s", query, err, text)
		}
		rows = append(rows, row)
	}
	return rows
}
