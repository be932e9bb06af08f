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
	"unicode/utf8"
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

// errNoHeader is of a list whose first line names no columns that are known: nothing below it can be read.
var errNoHeader = errors.New("the header is none")

// eachEntry calls fn for every line of a list that others publish, in UTF-8 or ISO 8859-1, and gives what is wrong with the first of
// them as one error, each with its line.
func eachEntry(name string, data []byte, fn func(row []string) error) error {
	if !utf8.Valid(data) {
		data = latin1(data)
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	reader.FieldsPerRecord, reader.ReuseRecord, reader.LazyQuotes = -1, true, true
	var faults []error
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = fn(row)
		}
		if err != nil {
			line, _ := reader.FieldPos(0)
			if faults = append(faults, fmt.Errorf("%s:%d: %w", name, line, err)); len(faults) > 20 || errors.Is(err, errNoHeader) {
				break
			}
		}
	}
	return errors.Join(faults...)
}

func latin1(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/16)
	for _, b := range data {
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}
