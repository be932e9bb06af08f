package wire

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// What walks JSON by hand. The text must be valid JSON; of any other, as much is walked as can be.

// span is where a string stands in a text, with its quotes.
type span struct {
	from, to int
	escaped  bool // it has escapes
}

// stringAt gives the string that begins at i; of what is no string, what is skipped.
func stringAt(b []byte, i int) span {
	if b[i] != '"' {
		return span{i, skipValue(b, i), false}
	}
	end, escaped := stringEnd(b, i+1)
	if end < 0 {
		end = len(b) - 1
	}
	return span{i, end + 1, escaped}
}

// each calls value with where each value of the object or array at i begins, and where its quoted name stands, which is
// nowhere in an array. value gives the index after the value, or -1 to end the walk; each gives the index after the whole,
// or -1.
func each(b []byte, i int, value func(name span, at int) int) int {
	object := b[i] == '{'
	for i++; ; i++ {
		if i = skipSpace(b, i); i >= len(b) || b[i] == '}' || b[i] == ']' {
			return min(i+1, len(b))
		}
		var name span
		if object {
			name = stringAt(b, i)
			i = skipSpace(b, skipSpace(b, name.to)+1) // past the colon
		}
		if i >= len(b) {
			return len(b)
		}
		end := value(name, i)
		if end < 0 {
			return -1
		}
		if i = skipSpace(b, end); i >= len(b) || b[i] != ',' {
			return min(i+1, len(b))
		}
	}
}

// members calls yield with each member of the object, or element of the array, that raw is, as long as
// yield returns true. What it yields aliases raw, but for a name with escapes.
func members(raw []byte, yield func(name string, value []byte) bool) {
	i := skipSpace(raw, 0)
	if i == len(raw) || raw[i] != '{' && raw[i] != '[' {
		return
	}
	each(raw, i, func(name span, at int) int {
		end := skipValue(raw, at)
		if end == at || !yield(string(nameIn(raw, name, nil)), raw[at:end:end]) {
			return -1
		}
		return end
	})
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

// nameIn gives the name that is quoted there: of one with escapes, what they stand for, in the buffer's memory if there
// is a buffer.
func nameIn(b []byte, quoted span, buffer *[]byte) []byte {
	if quoted.to-quoted.from < 2 {
		return nil
	}
	name := b[quoted.from+1 : quoted.to-1]
	if !quoted.escaped {
		return name
	}
	if buffer == nil {
		return appendUnescaped(nil, name)
	}
	*buffer = appendUnescaped((*buffer)[:0], name)
	return *buffer
}

// appendUnescaped appends what the text of a JSON string stands for; half a surrogate pair for U+FFFD.
func appendUnescaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return append(dst, s...)
		}
		dst, s = append(dst, s[:i]...), s[i:]
		if s[1] != 'u' {
			dst, s = append(dst, unescaped(s[1])), s[2:]
			continue
		}
		r, n := escapedRune(s), 6
		if utf16.IsSurrogate(r) {
			if pair := utf16.DecodeRune(r, escapedRune(s[min(n, len(s)):])); pair != utf8.RuneError {
				r, n = pair, 12
			}
		}
		dst, s = utf8.AppendRune(dst, r), s[min(n, len(s)):]
	}
}

// escapedRune gives what the escape \uXXXX that the text begins with stands for; utf8.RuneError: it does not begin so.
func escapedRune(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// unescaped gives what an escape of one letter stands for.
func unescaped(letter byte) byte {
	switch letter {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return letter // a quote, a slash or a backslash
}

// path leads to a value.
type path []step

// step is to a member of the object, or to an element of the array, that the steps before lead to.
type step struct {
	name  span
	index int // of an element; -1: a member
}

// pointer gives the path as a JSON pointer (RFC 6901).
func (p path) pointer(text []byte) string {
	var b []byte
	for _, s := range p {
		b = append(b, '/')
		if s.index >= 0 {
			b = strconv.AppendInt(b, int64(s.index), 10)
		} else {
			b = append(b, escapePointer(nameIn(text, s.name, nil))...)
		}
	}
	return string(b)
}
