package standard

import "time"

// Instant reads a date-time of RFC 3339, 5.6: upper or lower case T and Z, any fraction, an offset that must be
// there, and the leap second, which is the first moment of the minute after it. The time is in UTC.
func Instant(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' && s[10] != 't' || s[13] != ':' || s[16] != ':' || s[19] == ',' {
		return time.Time{}, false
	}
	leap := s[17:19] == "60"
	if leap || s[10] == 't' || s[len(s)-1] == 'z' {
		b := []byte(s)
		b[10] = 'T'
		if leap {
			b[17], b[18] = '5', '9'
		}
		if last := len(b) - 1; b[last] == 'z' {
			b[last] = 'Z'
		}
		s = string(b)
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, false
	}
	if leap {
		t = t.Add(time.Second)
	}
	return t.UTC(), true
}
