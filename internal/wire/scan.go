package wire

import (
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// What walks JSON by hand. The text must be valid JSON.

// span is where a string stands in a text, with its quotes.
type span struct {
	from, to int
	escaped  bool // it has escapes
}

// stringAt gives the string that begins at i.
func stringAt(b []byte, i int) span {
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
	switch b[i] {
	case '{', '[':
		end, _ := skipMembers(b, i)
		return end
	case '"':
		return stringAt(b, i).to
	}
	for i < len(b) && !ends[b[i]] {
		i++
	}
	return i
}

// skipMembers gives the index after the object or array that begins at i, and how many members or elements it has.
func skipMembers(b []byte, i int) (end, count int) {
	depth := 0
	if next := skipSpace(b, i+1); next < len(b) && b[next] != '}' && b[next] != ']' {
		count = 1
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			end, _ := stringEnd(b, i+1)
			if end < 0 {
				return len(b), count
			}
			i = end
		case ',':
			if depth == 1 {
				count++
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, count
			}
		}
	}
	return len(b), count
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
	for i := 0; i < len(s); {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			dst = append(dst, s[i])
			i++
		case s[i+1] != 'u':
			dst = append(dst, unescaped(s[i+1]))
			i += 2
		default:
			r, n := escapedRune(s[i:]), 6
			if utf16.IsSurrogate(r) {
				if pair := utf16.DecodeRune(r, escapedRune(s[min(i+n, len(s)):])); pair != utf8.RuneError {
					r, n = pair, 12
				}
			}
			dst = utf8.AppendRune(dst, r)
			i = min(i+n, len(s))
		}
	}
	return dst
}

// escapedRune gives what the escape \uXXXX that the text begins with stands for; utf8.RuneError: it does not begin so.
func escapedRune(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return utf8.RuneError
	}
	n := rune(hexDigits[s[2]])<<12 | rune(hexDigits[s[3]])<<8 | rune(hexDigits[s[4]])<<4 | rune(hexDigits[s[5]])
	if n < 0 {
		return utf8.RuneError
	}
	return n
}

// hexDigits gives what a hex digit stands for; -1: it is none.
var hexDigits = func() (values [256]int8) {
	for c := range values {
		values[c] = -1
	}
	for i, c := range []byte("0123456789abcdef") {
		values[c] = int8(i)
	}
	for i, c := range []byte("ABCDEF") {
		values[c] = int8(10 + i)
	}
	return values
}()

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
	name  int // where a member's stands, with its quotes
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
			b = append(b, escapePointer(nameIn(text, stringAt(text, s.name), nil))...)
		}
	}
	return string(b)
}
