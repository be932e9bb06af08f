package wire

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"oneorder/internal/trade"
)

// Fence checks what must hold before bytes may be decoded at all: at most limit bytes, valid UTF-8, and
// brackets nested no deeper than trade.MaxDepth. It reads the bytes once and allocates nothing when they
// pass. Whether they are JSON is for the decoder to say.
func Fence(data []byte, limit int) trade.Faults {
	if len(data) > limit {
		return trade.Faults{{
			Code: "too_large", Value: fmt.Sprintf("%d bytes", len(data)),
			Message: fmt.Sprintf("at most %d bytes", limit),
		}}
	}
	if !utf8.Valid(data) {
		return trade.Faults{{Code: "not_utf8", Value: fmt.Sprintf("byte %d", invalidAt(data)), Message: "UTF-8 text"}}
	}
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			end := stringEnd(data, i+1)
			if end < 0 {
				return trade.Faults{{Code: "json_syntax", Value: fmt.Sprintf("byte %d", i), Message: "a string that ends with a quote"}}
			}
			i = end
		case '{', '[':
			depth++
			if depth > trade.MaxDepth {
				return trade.Faults{{
					Code: "too_deep", Value: fmt.Sprintf("byte %d", i),
					Message: fmt.Sprintf("at most %d levels of objects and arrays", trade.MaxDepth),
				}}
			}
		case '}', ']':
			depth--
		}
	}
	return nil
}

// stringEnd gives the index of the quote that ends the string whose text begins at i, or -1.
func stringEnd(data []byte, i int) int {
	for {
		n := bytes.IndexByte(data[i:], '"')
		if n < 0 {
			return -1
		}
		end := i + n
		backslashes := 0
		for j := end - 1; j >= i && data[j] == '\\'; j-- {
			backslashes++
		}
		if backslashes%2 == 0 {
			return end
		}
		i = end + 1
	}
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
