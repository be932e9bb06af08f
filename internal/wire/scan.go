package wire

import (
	"encoding/binary"
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

// ends are the characters that end a number, true, false or null.
var ends = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, ',': true, '}': true, ']': true, ':': true}

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
			for i+9 <= len(b) && eightDigits(b[i+1:]) {
				i += 8
			}
			for i+1 < len(b) && !ends[b[i+1]] {
				i++
			}
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(b)
}

// eightDigits says whether the text begins with eight digits; it has eight bytes or more.
func eightDigits(b []byte) bool {
	const high, digits, six = 0xf0f0f0f0f0f0f0f0, 0x3030303030303030, 0x0606060606060606
	x := binary.LittleEndian.Uint64(b)
	return x&high == digits && (x+six)&high == digits
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
// number, which it gives, that is not to be read, in the order of the text, as long as found returns true.
func oddities(data []byte, found func(pointer string, number []byte) bool) {
	f := finder{found: found}
	f.value(data, skipSpace(data, 0))
}

// finder reads the text once, whatever is nested in what.
type finder struct {
	found  func(pointer string, number []byte) bool
	enough bool
	path   []step            // to the value that is looked into
	free   []map[string]bool // to use again
}

// step is a member of the object, or an element of the array, that the steps before lead to.
type step struct {
	name  string
	index int // of an element; -1: a member
}

func (f *finder) pointer() string {
	var b []byte
	for _, s := range f.path {
		b = append(b, '/')
		if s.index >= 0 {
			b = strconv.AppendInt(b, int64(s.index), 10)
		} else {
			b = append(b, escapePointer(s.name)...)
		}
	}
	return string(b)
}

// value looks into the value that begins at i, and gives the index after it.
func (f *finder) value(b []byte, i int) int {
	switch {
	case i >= len(b):
		return i
	case b[i] == '{':
		return f.object(b, i+1)
	case b[i] == '[':
		return f.array(b, i+1)
	default:
		end := skipValue(b, i)
		if b[i] <= '9' && b[i] != '"' && unreadable(b[i:end]) && !f.found(f.pointer(), b[i:end]) {
			f.enough = true
			return len(b)
		}
		return end
	}
}

// maxNumber is how long a number may be, in bytes. Any double can be written out exactly in less (the smallest in 1,078);
// to read more digits takes longer than to refuse them.
const maxNumber = 1100

// unreadable says whether a number is too long, or beyond a double's range, which RFC 8785 and most readers have for
// numbers.
func unreadable(number []byte) bool {
	if len(number) > maxNumber {
		return true
	}
	_, err := strconv.ParseFloat(string(number), 64)
	return errors.Is(err, strconv.ErrRange)
}

func (f *finder) object(b []byte, i int) int {
	var names map[string]bool
	if n := len(f.free); n > 0 {
		names, f.free = f.free[n-1], f.free[:n-1]
	} else {
		names = make(map[string]bool)
	}
	f.path = append(f.path, step{index: -1})
	at := len(f.path) - 1
	defer func() {
		f.path = f.path[:at]
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
		name := unquote(b[i:end])
		f.path[at].name = name
		if names[name] && !f.found(f.pointer(), nil) {
			f.enough = true
			return len(b)
		}
		names[name] = true
		i = f.value(b, skipSpace(b, skipSpace(b, end)+1))
		if i = skipSpace(b, i); f.enough || i >= len(b) || b[i] != ',' {
			return i + 1
		}
		i++
	}
}

func (f *finder) array(b []byte, i int) int {
	f.path = append(f.path, step{})
	at := len(f.path) - 1
	defer func() { f.path = f.path[:at] }()
	for ; ; f.path[at].index++ {
		if i = skipSpace(b, i); i >= len(b) || b[i] == ']' {
			return i + 1
		}
		i = f.value(b, i)
		if i = skipSpace(b, i); f.enough || i >= len(b) || b[i] != ',' {
			return i + 1
		}
		i++
	}
}
