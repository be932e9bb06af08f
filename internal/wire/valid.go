package wire

import (
	"encoding/binary"
	"math/bits"
)

// What JSON (RFC 8259) is made of.

func validWord(b []byte, i int, word string) int {
	if end := i + len(word); end <= len(b) && string(b[i:end]) == word {
		return end
	}
	return -1
}

// validString gives the index after the string whose text begins at i, or -1, and whether the text has escapes.
func validString(b []byte, i int) (end int, escaped bool) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for {
		// Eight bytes at a time, up to those with a quote, a backslash or a control character.
		for ; i+8 <= len(b); i += 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			quotes, backslashes := x^'"'*ones, x^'\\'*ones
			found := ((quotes-ones)&^quotes | (backslashes-ones)&^backslashes | (x-' '*ones)&^x) & tops
			if found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		switch {
		case i >= len(b) || b[i] < ' ':
			return -1, escaped
		case b[i] == '"':
			return i + 1, escaped
		}
		escaped = true
		for i < len(b) && b[i] == '\\' {
			if i = validEscape(b, i+1); i < 0 {
				return -1, escaped
			}
		}
	}
}

// validEscape gives the index after the escape whose letter is at i, or -1.
func validEscape(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if i+5 <= len(b) && hexDigits[b[i+1]]|hexDigits[b[i+2]]|hexDigits[b[i+3]]|hexDigits[b[i+4]] >= 0 {
			return i + 5
		}
	}
	return -1
}

// validNumber gives the index after the number at i, or -1.
func validNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	end := skipDigits(b, i)
	if end == i || b[i] == '0' && end > i+1 {
		return -1
	}
	if i = end; i < len(b) && b[i] == '.' {
		if end = skipDigits(b, i+1); end == i+1 {
			return -1
		}
		i = end
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if end = skipDigits(b, i); end == i {
			return -1
		}
		i = end
	}
	return i
}

// skipDigits gives the index of the first byte from i on that is no digit.
func skipDigits(b []byte, i int) int {
	for i+8 <= len(b) && eightDigits(b[i:]) {
		i += 8
	}
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}
