package console_test

import (
	"net/http"
	"testing"

	"oneorder/internal/embedded/embeddedtest"
	"oneorder/internal/warehouse"
)

func TestPagesReadARealWarehouse(t *testing.T) {
	native, _ := embeddedtest.Engine(t)
	w, err := warehouse.Open(t.Context(), warehouse.Config{Addr: native})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if err := w.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, url := serve(t, w)
	for path, want := range map[string]string{
		"/":                                 "No chain has been joined yet",
		"/lookup?q=SITU9070320":             "Nothing is known under",
		"/api/v1/lookup?q=7ZK3Q9M2X4V8C1BN": `"chains":[]`,
		"/api/v1/corridors":                 `"corridors":[]`,
		"/api/v1/overview":                  `"corridors":[]`,
		"/api/v1/waiting":                   `"stuck_total":0`,
		"/corridors":                        "No chain has been joined yet",
		"/waiting":                          "No chain is stuck",
		"/api/v1/counts":                    `{"chains":0,"events":0,"unattributed":0,"rejected":0,"as_of":null}`,
	} {
		response, page := get(t, url+path)
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d: %s", path, response.StatusCode, page)
		}
		contains(t, page, want)
	}
}
