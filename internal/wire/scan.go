package wire

import (
	stdjson "encoding/json"
	"errors"
	"strconv"
)

// What walks JSON by hand. The text must be valid JSON; of any other, as much is walked as can be.

// members calls yield with each member of the object, or element of the array, that raw is, as long as
// yield returns true. What it yields aliases raw, but for a name with escapes.
func members(raw []byte, yield func(name string, value []byte) bool) {
	i := skipSpace(raw, 0)
	if i == len(raw) || raw[i] != '{' && raw[i] != '[' {
		return
	}
	object := raw[i] == '{'
	for i++; ; i++ {
		if i = skipSpace(raw, i); i >= len(raw) || raw[i] == '}' || raw[i] == ']' {
			return
		}
		var name string
		if object {
			end := skipValue(raw, i)
			name = unquote(raw[i:end])
			if i = skipSpace(raw, end) + 1; i > len(raw) { // past the colon
				return
			}
			i = skipSpace(raw, i)
		}
		end := skipValue(raw, i)
		if end == i || !yield(name, raw[i:end:end]) {
			return
		}
		if i = skipSpace(raw, end); i >= len(raw) || raw[i] != ',' {
			return
		}
	}
}

// hasMember says whether the JSON object has a member of this name that is not null.
func hasMember(data []byte, name string) bool {
	found := false
	members(data, func(n string, value []byte) bool {
		found = found || n == name && string(value) != "null"
		return !found
	})
	return found
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// isSpace knows JSON's white space, of which there is less than Unicode's.
func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// skipValue gives the index after the value that begins at i.
func skipValue(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			end, _ := stringEnd(b, i+1)
			if end < 0 {
				return len(b)
			}
			i = end
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
			if depth < 0 {
				return i
			}
		case ',', ':', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
			continue
		default:
			// A number, true, false or null goes on to whatever ends it.
			for i+1 < len(b) && !isSpace(b[i+1]) && b[i+1] != ',' && b[i+1] != '}' && b[i+1] != ']' && b[i+1] != ':' {
				i++
			}
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(b)
}

// unquote gives the text of a JSON string.
func unquote(b []byte) string {
	if len(b) < 2 {
		return ""
	}
	if end, escaped := stringEnd(b, 1); end == len(b)-1 && !escaped {
		return string(b[1:end])
	}
	var s string
	if stdjson.Unmarshal(b, &s) != nil {
		return ""
	}
	return s
}

// oddities calls found with the pointer of each member that stands in its object not for the first time, and of each
// number, which it gives, that is beyond a double's range, in the order of the text, as long as found returns true.
func oddities(data []byte, found func(pointer string, number []byte) bool) {
	f := finder{found: found}
	f.value(data, skipSpace(data, 0), nil)
}

// finder reads the text once, whatever is nested in what.
type finder struct {
	found  func(pointer string, number []byte) bool
	enough bool
	free   []map[string]bool // to use again
}

// step is a place in the text: a member of the object, or an element of the array, at the step above.
type step struct {
	above *step
	name  string
	index int // of an element; -1: a member
}

func (s *step) pointer() string {
	if s == nil {
		return ""
	}
	if s.index >= 0 {
		return s.above.pointer() + "/" + strconv.Itoa(s.index)
	}
	return s.above.pointer() + "/" + escapePointer(s.name)
}

// value looks into the value that begins at i, and gives the index after it.
func (f *finder) value(b []byte, i int, at *step) int {
	switch {
	case i >= len(b):
		return i
	case b[i] == '{':
		return f.object(b, i+1, at)
	case b[i] == '[':
		return f.array(b, i+1, at)
	default:
		end := skipValue(b, i)
		if b[i] <= '9' && b[i] != '"' && infinite(b[i:end]) && !f.found(at.pointer(), b[i:end]) {
			f.enough = true
			return len(b)
		}
		return end
	}
}

// infinite says whether a number is beyond a double's range, which RFC 8785 and most readers have for numbers.
func infinite(number []byte) bool {
	_, err := strconv.ParseFloat(string(number), 64)
	return errors.Is(err, strconv.ErrRange)
}

func (f *finder) object(b []byte, i int, above *step) int {
	var names map[string]bool
	if n := len(f.free); n > 0 {
		names, f.free = f.free[n-1], f.free[:n-1]
	} else {
		names = make(map[string]bool)
	}
	defer func() {
		// Emptying a large map for each of many small objects would take forever.
		if len(names) <= 64 {
			clear(names)
			f.free = append(f.free, names)
		}
	}()
	for {
		if i = skipSpace(b, i); i >= len(b) || b[i] == '}' {
			return i + 1
		}
		end := skipValue(b, i)
		at := step{above, unquote(b[i:end]), -1}
		if names[at.name] && !f.found(at.pointer(), nil) {
			f.enough = true
			return len(b)
		}
		names[at.name] = true
		i = f.value(b, skipSpace(b, skipSpace(b, end)+1), &at)
		if i = skipSpace(b, i); f.enough || i >= len(b) || b[i] != ',' {
			return i + 1
		}
		i++
	}
}

func (f *finder) array(b []byte, i int, above *step) int {
	for at := (step{above, "", 0}); ; at.index++ {
		if i = skipSpace(b, i); i >= len(b) || b[i] == ']' {
			return i + 1
		}
		i = f.value(b, i, &at)
		if i = skipSpace(b, i); f.enough || i >= len(b) || b[i] != ',' {
			return i + 1
		}
		i++
	}
}
