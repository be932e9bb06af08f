package refdata

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// table reads one CSV file row by row and collects what is wrong with it.
type table struct {
	name   string
	data   []byte
	reader *csv.Reader
	faults []error
}

// each calls fn for every row below the header, which must be exactly columns.
func (t *table) each(columns []string, fn func(row []string)) {
	t.reader = csv.NewReader(bytes.NewReader(t.data))
	t.reader.ReuseRecord = true
	header, err := t.reader.Read()
	if err != nil || !slices.Equal(header, columns) {
		t.faults = append(t.faults, fmt.Errorf("%s:1: the header is %q, want %q", t.name, strings.Join(header, ","), strings.Join(columns, ",")))
		return
	}
	for {
		row, err := t.reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.faults = append(t.faults, fmt.Errorf("%s: %w", t.name, err))
			return
		}
		fn(row)
	}
}

// fault notes that the field of the present row is wrong.
func (t *table) fault(field int, format string, args ...any) {
	line, column := t.reader.FieldPos(field)
	t.faults = append(t.faults, fmt.Errorf("%s:%d:%d: %s", t.name, line, column, fmt.Sprintf(format, args...)))
}

// degrees reads a coordinate within ±most.
func (t *table) degrees(field int, s string, most float64) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < -most || v > most {
		t.fault(field, "%q is not a number of degrees from -%g to %g", s, most, most)
	}
	return v
}

// upper says whether s is n capital letters.
func upper(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := 0; i < n; i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// validUNLOCODE says whether s has the form of a UN/LOCODE: two letters and three of A-Z, 2-9.
func validUNLOCODE(s string) bool {
	if len(s) != 5 || !upper(s[:2], 2) {
		return false
	}
	for i := 2; i < 5; i++ {
		if (s[i] < 'A' || s[i] > 'Z') && (s[i] < '2' || s[i] > '9') {
			return false
		}
	}
	return true
}
