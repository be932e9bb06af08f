package erasure

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// normal is a text as it is compared: lower case, each white space one blank.
type normal struct {
	runes []rune
	ends  []int // behind each rune, in the text
}

func normalise(text string) normal {
	n := normal{runes: make([]rune, 0, len(text)), ends: make([]int, 0, len(text))}
	blank := true // white space at the beginning is none
	for at, r := range text {
		end := at + len(string(r))
		if r == unicode.ReplacementChar {
			end = at + 1
		}
		if unicode.IsSpace(r) {
			if !blank {
				n.runes, n.ends = append(n.runes, ' '), append(n.ends, end)
			}
			blank = true
			continue
		}
		n.runes, n.ends, blank = append(n.runes, unicode.ToLower(r)), append(n.ends, end), false
	}
	if last := len(n.runes) - 1; last >= 0 && n.runes[last] == ' ' {
		n.runes, n.ends = n.runes[:last], n.ends[:last]
	}
	return n
}

// word says that the rune is of a script whose words stand apart: there a text is not found within a longer word.
func word(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// stands says whether the runes from to end are no part of a longer word.
func (n normal) stands(from, end int) bool {
	return (from == 0 || !word(n.runes[from]) || !word(n.runes[from-1])) &&
		(end == len(n.runes) || !word(n.runes[end-1]) || !word(n.runes[end]))
}

// Text gives the text without what is on the list, and says whether there was any.
func (l *List) Text(text string) (string, bool) {
	if l.Len() == 0 || text == "" {
		return text, false
	}
	n := normalise(text)
	gone := make([]bool, len(n.runes))
	found := false
	for _, length := range l.lengths {
		found = l.mark(n, length, gone) || found
	}
	if !found {
		return text, false
	}
	var kept strings.Builder
	for i, start := 0, 0; i < len(n.runes); i++ {
		end := n.ends[i]
		switch {
		case !gone[i]:
			kept.WriteString(text[start:end])
		case i == 0 || !gone[i-1]:
			kept.WriteString(Marker)
		}
		start = end
	}
	return kept.String(), true
}

// mark marks where texts of a length stand.
func (l *List) mark(n normal, length int, gone []bool) (found bool) {
	var trace, top uint64 = 0, 1
	for range length - 1 {
		top *= l.base
	}
	for i, r := range n.runes {
		if i >= length {
			trace -= top * uint64(n.runes[i-length])
		}
		trace = trace*l.base + uint64(r)
		from := i + 1 - length
		if from < 0 || !l.traces[trace] || !n.stands(from, i+1) {
			continue
		}
		if _, is := l.entries[l.sum(string(n.runes[from:i+1]))]; is {
			found = true
			for at := from; at <= i; at++ {
				gone[at] = true
			}
		}
	}
	return found
}

// Bytes gives a message of any format without what is on the list, and says whether there was any: the strings of JSON, else
// the whole as text.
func (l *List) Bytes(message []byte) ([]byte, bool) {
	if l.Len() == 0 {
		return message, false
	}
	if json.Valid(message) {
		return l.json(message)
	}
	text, found := l.Text(string(message))
	if !found {
		return message, false
	}
	return []byte(text), true
}

// json takes texts out of the strings of a JSON text; names of members stay.
func (l *List) json(text []byte) ([]byte, bool) {
	var out []byte
	kept := 0 // of text, copied to out
	for at := 0; at < len(text); at++ {
		if text[at] != '"' {
			continue
		}
		end := at + 1
		for ; text[end] != '"'; end++ {
			if text[end] == '\\' {
				end++
			}
		}
		end++
		var value string
		if json.Unmarshal(text[at:end], &value) == nil && !bytes.HasPrefix(bytes.TrimLeft(text[end:], " \t\r\n"), []byte(":")) {
			if erased, found := l.Text(value); found {
				quoted, _ := json.Marshal(erased) // a string always marshals
				out = append(append(out, text[kept:at]...), quoted...)
				kept = end
			}
		}
		at = end - 1
	}
	if out == nil {
		return text, false
	}
	return append(out, text[kept:]...), true
}
