package wire

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"

	"oneorder/internal/trade"
)

// remarks are what a survey saw that deserves a second look.
type remarks struct {
	// A name stands twice in one object, which segmentio takes, mixing the two values; an object has very many members; or a
	// number is beyond a double's range, or has so many digits that it may be. It is always set when there is such a thing,
	// and seldom when there is none. The survey ends there: a finder looks at the text from its beginning.
	odd bool

	// A list has more elements than it may: to read them all would take many times the memory of the text, only to refuse
	// them.
	crowded bool
}

// survey checks what must hold before bytes may be decoded at all: at most limit bytes, valid UTF-8, and brackets nested no
// deeper than trade.MaxDepth, in an odd text as far as it has seen it. It reads the bytes once and allocates nothing when
// they pass. Whether they are JSON is for the decoder to say.
func survey(data []byte, limit int) (see remarks, faults trade.Faults) {
	if len(data) > limit {
		return see, tooLarge(len(data), limit)
	}
	if !utf8.Valid(data) {
		return see, trade.Faults{{Code: "not_utf8", Value: fmt.Sprintf("byte %d", invalidAt(data)), Message: "UTF-8 text"}}
	}
	var (
		seen    [trade.MaxDepth + 1]names // of the objects that are open, by depth
		named   [trade.MaxDepth + 1]int   // where the last member's name of each stands
		commas  [trade.MaxDepth + 1]int   // of what is open, by depth
		objects uint64                    // the depths that are objects and not arrays
		depth   int
		name    bool // the next string is a member's name
		last    int  // where the value that may be a number began, or before
	)
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			end, escaped := stringEnd(data, i+1)
			if end < 0 {
				return see, trade.Faults{{Code: "json_syntax", Value: fmt.Sprintf("byte %d", i), Message: "a string that ends with a quote"}}
			}
			if name {
				// An escaped name may be another one without its escapes. More names than may be cannot all have bits of their own.
				see.odd = escaped || seen[depth].add(data, i+1, end)
				named[depth] = i
				name = false
			}
			i, last = end, end
		case ',':
			commas[depth]++
			name = objects>>depth&1 == 1
			see.odd = i-last > maxDigits
			last = i
		case ':':
			last = i
		case 'e', 'E':
			see.odd = i > 0 && data[i-1] <= '9' // an exponent, not that of true
		case '{', '[':
			depth++
			if depth > trade.MaxDepth {
				return see, trade.Faults{*tooDeep(i)}
			}
			commas[depth] = 0
			if name = data[i] == '{'; name {
				objects |= 1 << depth
				seen[depth] = names{}
			} else {
				objects &^= 1 << depth
			}
		case '}', ']':
			see.odd = i-last > maxDigits
			last = i
			if commas[depth] >= trade.MaxReferences {
				see.crowded = see.crowded || crowded(data, named[:depth], commas[depth]+1)
			}
			depth = max(depth-1, 0)
			name = false
		default:
			if next := i + 1; next < len(data) && data[next] >= '0' && data[next] <= '9' {
				i = skipDigits(data, next) - 1
			}
		}
		if see.odd {
			break
		}
	}
	return see, nil
}

// crowded says whether a list of n elements, which the members of these names lead to, the first without one, has more than
// it may. The names have no escapes.
func crowded(data []byte, names []int, n int) bool {
	if len(names) < 3 || len(names) > 4 {
		return false
	}
	var p path
	for _, at := range names[1:] {
		p = append(p, step{at, -1})
	}
	most, limited := trade.MostElements(p.pointer(data))
	return limited && n > most
}

const _ = uint(trade.MaxMembers - 64*len(names{})) // or an object of too many members may not be odd

// maxDigits is how long a number may be whatever its digits are, to be in a double's range.
const maxDigits = 300

func tooDeep(at int) *trade.Fault {
	return &trade.Fault{
		Code: "too_deep", Value: fmt.Sprintf("byte %d", at),
		Message: fmt.Sprintf("at most %d levels of objects and arrays", trade.MaxDepth),
	}
}

func tooLarge(n, limit int) trade.Faults {
	return trade.Faults{{Code: "too_large", Value: fmt.Sprintf("%d bytes", n), Message: fmt.Sprintf("at most %d bytes", limit)}}
}

// names is a set of members' names, by nine bits of a hash. The names of our own objects have different ones.
type names [8]uint64

// add adds the name at data[from:to], which a byte follows, and says whether it may have been there already.
func (s *names) add(data []byte, from, to int) bool {
	var first, last uint64
	switch n := to - from; {
	case n >= 8:
		first, last = binary.LittleEndian.Uint64(data[from:]), binary.LittleEndian.Uint64(data[to-8:])
	case from+8 <= len(data):
		first = binary.LittleEndian.Uint64(data[from:]) & (1<<(8*n) - 1)
	default:
		for i := from; i < to; i++ {
			first |= uint64(data[i]) << (8 * (i - from))
		}
	}
	h := (first ^ last*nameSpread) * nameFactor >> 55
	bit := uint64(1) << (h & 63)
	had := s[h>>6]&bit != 0
	s[h>>6] |= bit
	return had
}

const (
	nameFactor = 0x9e3779b97f4a7c15
	nameSpread = 0xbf58476d1ce4e5b9
)

// stringEnd gives the index of the quote that ends the string whose text begins at i, or -1, and whether the text
// has escapes.
func stringEnd(data []byte, i int) (end int, escaped bool) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for {
		// Eight bytes at a time, up to those with a quote or a backslash.
		for ; i+8 <= len(data); i += 8 {
			x := binary.LittleEndian.Uint64(data[i:])
			quotes, backslashes := x^'"'*ones, x^'\\'*ones
			found := ((quotes-ones)&^quotes | (backslashes-ones)&^backslashes) & tops
			if found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
		}
		for i < len(data) && data[i] != '"' && data[i] != '\\' {
			i++
		}
		switch {
		case i >= len(data):
			return -1, escaped
		case data[i] == '"':
			return i, escaped
		}
		escaped = true
		for i < len(data) && data[i] == '\\' { // past what is escaped, which in JSON is six bytes or two
			if i += 2; i <= len(data) && data[i-1] == 'u' {
				i += 4
			}
		}
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
