package identifier

// placeholders are what forms hold where no number is known, without separators. A run of X or of 0 of any
// length, and a text of separators only, is one too.
var placeholders = [...]string{"NA", "NIL", "NONE", "TBA", "TBD", "UNKNOWN"}

const longestPlaceholder = len("UNKNOWN")

// Placeholder says whether a text in normal form stands for no number: N/A, TBA, 000, XXXX, a hyphen …, or
// nothing at all.
func Placeholder(s string) bool {
	if s == "" {
		return true
	}
	switch s[0] {
	case '0', 'X', 'N', 'T', 'U', ' ', '-', '/', '.':
		return placeholder(s)
	}
	return false
}

func placeholder(s string) bool {
	var compact [longestPlaceholder]byte
	n, run := 0, true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if characters[c] == separator {
			continue
		}
		run = run && (n == 0 || c == compact[0])
		if n < len(compact) {
			compact[n] = c
		} else if !run {
			return false
		}
		n++
	}
	switch {
	case n == 0:
		return true
	case run && (compact[0] == 'X' || compact[0] == '0'):
		return true
	case n > len(compact):
		return false
	}
	for _, p := range placeholders {
		if string(compact[:n]) == p {
			return true
		}
	}
	return false
}
