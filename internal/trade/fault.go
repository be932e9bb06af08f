package trade

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with an input: where, what, and what would be right.
type Fault struct {
	Code    string `json:"code"`            // stable, snake_case
	Pointer string `json:"pointer"`         // JSON pointer (RFC 6901) or XML path
	Value   string `json:"value,omitempty"` // what was found, shortened
	Message string `json:"message"`         // what would be right
}

// Error writes the fault for a person.
func (f Fault) Error() string {
	at := f.Pointer
	if at == "" {
		at = "/"
	}
	if f.Value == "" {
		return fmt.Sprintf("%s %s: %s", at, f.Code, f.Message)
	}
	return fmt.Sprintf("%s %s: %s (found %s)", at, f.Code, f.Message, f.Value)
}

// Faults is every fault of one input, in the order of the input. As an error it is permanent: the
// same bytes will fail again.
type Faults []Fault

// MaxFaults is how many faults of one event are told: whoever reads them has seen enough.
const MaxFaults = 100

// Has says whether a fault of this code is among them.
func (fs Faults) Has(code string) bool {
	return slices.ContainsFunc(fs, func(f Fault) bool { return f.Code == code })
}

// With adds a fault. The one after MaxFaults becomes a note that there are more, which is the last that is added.
func (fs Faults) With(f Fault) Faults {
	switch {
	case len(fs) > MaxFaults:
		return fs
	case len(fs) == MaxFaults:
		f = Fault{Code: "too_many_faults", Message: fmt.Sprintf("mend these first: no more than %d are told at once", MaxFaults)}
	}
	return append(fs, f)
}

// Error writes the faults, one a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Quote shortens a found value for Fault.Value to 64 bytes, quoted.
func Quote(s string) string {
	const most = 64
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
