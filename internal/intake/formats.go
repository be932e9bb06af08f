package intake

import (
	"errors"
	"fmt"
	"strings"

	"oneorder/internal/standard"
)

// DocumentEndpoints gives a route for each format whose standard defines none of its own: /documents/<format>.
func DocumentEndpoints(formats []standard.Format) []Endpoint {
	endpoints := make([]Endpoint, len(formats))
	for i, f := range formats {
		endpoints[i] = Endpoint{Path: "/documents/" + f.Name, Format: f.Name}
	}
	return endpoints
}

// ValidateFormats joins everything that is wrong with a domain's formats and routes.
func ValidateFormats(formats []standard.Format, endpoints []Endpoint) error {
	var faults []error
	known := map[string]bool{}
	for _, f := range formats {
		if f.Name == "" || f.Convert == nil {
			faults = append(faults, fmt.Errorf("format %q has no name or no conversion", f.Name))
		}
		if known[f.Name] {
			faults = append(faults, fmt.Errorf("format %q stands twice", f.Name))
		}
		known[f.Name] = true
	}
	for _, e := range endpoints {
		if !strings.HasPrefix(e.Path, "/") {
			faults = append(faults, fmt.Errorf("path %q does not begin with /", e.Path))
		}
		if !known[e.Format] {
			faults = append(faults, fmt.Errorf("path %q takes the format %q, which is not there", e.Path, e.Format))
		}
	}
	return errors.Join(faults...)
}
