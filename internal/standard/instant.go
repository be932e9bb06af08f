package standard

import "time"

// ReceiptBits is how many bits of a revision Receipt takes up.
const ReceiptBits = 15

// Receipt is the time of a message that has none of its own: the day on which it came in, in UTC. The message that is
// sent again another day makes the same event, of which the first stands: its revision is the higher, the earlier the
// day. It is above 0 and has ReceiptBits.
func Receipt(received time.Time) (day time.Time, revision uint32) {
	day = received.UTC().Truncate(24 * time.Hour)
	const last = 1<<ReceiptBits - 1
	days := day.Unix()/(24*60*60) - firstReceipt
	return day, uint32(last - min(max(days, 0), last-1))
}

// firstReceipt is the day of 2000-01-01, in days since 1970.
const firstReceipt = 10957

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
