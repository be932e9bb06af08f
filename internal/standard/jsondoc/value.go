package jsondoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"oneorder/internal/standard"
	"oneorder/internal/trade"
)

// Value is the text of one JSON value, known to be valid, without white space around it.
type Value string

// Kind is what a value is.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Boolean
	Number
	String
	Array
	Structure // a JSON object, not yet opened
)

// Open reads a document that came with the options. The error is a trade.Faults of one fault when it cannot be read;
// only an Org that can be no organisation makes another error.
func Open(data []byte, o standard.Options) (Value, error) {
	if err := o.Check(); err != nil {
		return "", err
	}
	v, fault := Read(data, standard.MaxDocumentBytes)
	if fault != nil {
		return "", trade.Faults{*fault}
	}
	return v, nil
}

// Read checks a document of at most limit bytes and gives its value, in memory of its own. A byte order mark
// is skipped. The fault is the only one of its kind: nothing more can be said of a text that is not JSON.
func Read(data []byte, limit int) (Value, *trade.Fault) {
	if len(data) > limit {
		return "", &trade.Fault{
			Code: "too_large", Value: fmt.Sprintf("%d bytes", len(data)), Message: fmt.Sprintf("at most %d bytes", limit),
		}
	}
	if !utf8.Valid(data) {
		return "", &trade.Fault{Code: "not_utf8", Value: fmt.Sprintf("byte %d", invalidAt(data)), Message: "UTF-8 text (RFC 8259, 8.1)"}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if at := deeper(data, trade.MaxDepth); at >= 0 {
		return "", &trade.Fault{
			Code: "too_deep", Value: fmt.Sprintf("byte %d", at),
			Message: fmt.Sprintf("at most %d levels of objects and arrays", trade.MaxDepth),
		}
	}
	if !json.Valid(data) {
		return "", syntaxFault(data)
	}
	if crowded(data) {
		return "", &trade.Fault{Code: "too_dense", Message: "objects and members of the length that the standards' own have: these are next to empty"}
	}
	return Value(bytes.TrimSpace(data)), nil
}

func syntaxFault(data []byte) *trade.Fault {
	fault := &trade.Fault{Code: "json_syntax", Message: "one JSON value"}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte{'\n'})
		fault.Value = fmt.Sprintf("line %d, byte %d", line, syntax.Offset)
		fault.Message += ": " + syntax.Error()
	}
	return fault
}

func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// What an opened object and a member of it take up in memory, and how many times its own size an opened document may.
const (
	objectBytes = 112
	memberBytes = 72
	mostOpened  = 16
	freeBytes   = 64 << 10 // of any document
)

// crowded says whether a document would take up more than it may once all its objects are opened.
func crowded(data []byte) bool {
	most := mostOpened*len(data) + freeBytes
	if objectBytes*bytes.Count(data, []byte{'{'})+memberBytes*bytes.Count(data, []byte{':'}) <= most {
		return false // even with those in its strings
	}
	opened := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i = closing(data, i)
		case '{':
			opened += objectBytes
		case ':':
			opened += memberBytes
		}
	}
	return opened > most
}

// closing gives where the quote is that closes the string whose own is at i; in a text that is not valid it may be behind
// the end.
func closing[T string | []byte | Value](text T, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// deeper gives where the brackets are nested deeper than most levels, or -1.
func deeper[T string | []byte | Value](text T, most int) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = closing(text, i)
		case '{', '[':
			if depth++; depth > most {
				return i
			}
		case '}', ']':
			depth--
		}
	}
	return -1
}

// Deeper says whether the value's brackets are nested deeper than most levels.
func (v Value) Deeper(most int) bool { return deeper(v, most) >= 0 }

// Kind tells what the value is.
func (v Value) Kind() Kind {
	switch v[0] {
	case '{':
		return Structure
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Boolean
	case 'n':
		return Null
	default:
		return Number
	}
}

// Text decodes a string. A value that is no string gives its own text.
func (v Value) Text() string {
	if v[0] != '"' {
		return string(v)
	}
	inner := string(v[1 : len(v)-1])
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var s string
	if json.Unmarshal([]byte(v), &s) != nil {
		return inner
	}
	return s
}

// Integer says whether the value is a whole number; 2.0 is one, 2.5 and "2" are not.
func (v Value) Integer() bool {
	if v.Kind() != Number || strings.ContainsAny(string(v), "eE") {
		return false
	}
	_, fraction, _ := strings.Cut(string(v), ".")
	return strings.Trim(fraction, "0") == ""
}

// Shown is the value as a fault shows it. There is nothing to show of "", which is no value.
func (v Value) Shown() string {
	if v != "" && v.Kind() == String {
		return trade.Quote(v.Text())
	}
	const most = 64
	if len(v) > most {
		return strings.ToValidUTF8(string(v[:most]), "") + "…"
	}
	return string(v)
}

// Elements goes through an array.
func (v Value) Elements(yield func(int, Value) bool) {
	i := space(v, 1)
	if v[i] == ']' {
		return
	}
	for n := 0; ; n++ {
		end := skip(v, i)
		if !yield(n, v[i:end]) {
			return
		}
		if i = space(v, end); v[i] == ']' {
			return
		}
		i = space(v, i+1)
	}
}

// members goes through an object. The name is decoded.
func (v Value) members(yield func(name string, value Value) bool) {
	i := space(v, 1)
	if v[i] == '}' {
		return
	}
	for {
		end := skip(v, i)
		name := v[i:end].Text()
		i = space(v, space(v, end)+1) // the colon lies between
		end = skip(v, i)
		if !yield(name, v[i:end]) {
			return
		}
		if i = space(v, end); v[i] == '}' {
			return
		}
		i = space(v, i+1)
	}
}

// space gives the first place from i on that is no white space.
func space(v Value, i int) int {
	for v[i] == ' ' || v[i] == '\n' || v[i] == '\r' || v[i] == '\t' {
		i++
	}
	return i
}

// skip gives the end of the value that begins at i.
func skip(v Value, i int) int {
	switch v[i] {
	case '"':
		return closing(v, i) + 1
	case '{', '[':
		for depth := 0; ; i++ {
			switch v[i] {
			case '"':
				i = closing(v, i)
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	default:
		for i < len(v) && v[i] > ' ' && v[i] != ',' && v[i] != ']' && v[i] != '}' {
			i++
		}
		return i
	}
}
