package jsondoc

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendCanonical adds the value in the canonical form of RFC 8785, over which standards take the digest of a
// document. The value must have passed Check. A number too large for a double, which has no canonical form, stays
// as it was written.
func (v Value) AppendCanonical(dst []byte) []byte {
	switch v.Kind() {
	case Structure:
		type pair struct {
			name  string
			value Value
		}
		var few [16]pair // on the stack, as nearly all objects are small
		all := few[:0]
		for name, value := range v.members {
			all = append(all, pair{name, value})
		}
		slices.SortFunc(all, func(a, b pair) int { return compareUnits(a.name, b.name) })
		dst = append(dst, '{')
		for i, m := range all {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendCanonicalString(dst, m.name), ':')
			dst = m.value.AppendCanonical(dst)
		}
		return append(dst, '}')
	case Array:
		dst = append(dst, '[')
		for i, element := range v.Elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = element.AppendCanonical(dst)
		}
		return append(dst, ']')
	case String:
		return appendCanonicalString(dst, v.Text())
	case Number:
		return appendCanonicalNumber(dst, string(v))
	case Null, Boolean:
	}
	return append(dst, v...)
}

// compareUnits compares by UTF-16 code units (RFC 8785, 3.2.3): characters beyond the basic plane come before
// those at its end.
func compareUnits(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return cmp.Compare(firstUnit(x), firstUnit(y))*2 + cmp.Compare(x, y)
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

func firstUnit(r rune) rune {
	if high, _ := utf16.EncodeRune(r); high != utf8.RuneError {
		return high
	}
	return r
}

// appendCanonicalString writes a string with the escapes of RFC 8785, 3.2.2.2 and no others.
func appendCanonicalString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			if c < 0x20 {
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	}
	return append(dst, '"')
}

// appendCanonicalNumber writes a number as ECMAScript does (RFC 8785, 3.2.2.3).
func appendCanonicalNumber(dst []byte, text string) []byte {
	f, err := strconv.ParseFloat(text, 64)
	switch magnitude := math.Abs(f); {
	case err != nil:
		return append(dst, text...)
	case f == 0:
		return append(dst, '0')
	case magnitude >= 1e-6 && magnitude < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	dst = append(append(dst, mantissa...), 'e', exponent[0])
	return append(dst, strings.TrimLeft(exponent[1:], "0")...)
}
