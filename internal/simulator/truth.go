package simulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Truth says which consignments an event belongs to. It is also a line of what `oneorder link` prints, whose
// other members are left out.
type Truth struct {
	Source   string   `json:"source"`
	ID       string   `json:"id"`
	Chains   []string `json:"chains"`
	Scenario string   `json:"scenario,omitempty"` // what is special about it, where something is
}

// Append adds the truth to dst as one line of JSON, with its end of line.
func (t Truth) Append(dst []byte) []byte {
	if t.Chains == nil {
		t.Chains = []string{}
	}
	line, err := json.Marshal(t)
	if err != nil { // three strings cannot fail
		return dst
	}
	return append(append(dst, line...), '\n')
}

// ReadTruth reads lines of truth, or of `oneorder link`, one call of each per line, until the end or an error of
// each. An error names the line.
func ReadTruth(r io.Reader, each func(Truth) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 64<<20)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var t Truth
		if err := json.Unmarshal(line, &t); err != nil {
			return fmt.Errorf("line %d: %w, want %s", n, err, `{"source":"…","id":"…","chains":["…"]}`)
		}
		if t.Source == "" || t.ID == "" || t.Chains == nil {
			return fmt.Errorf(`line %d: want members "source", "id" and "chains"`, n)
		}
		if err := each(t); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}
