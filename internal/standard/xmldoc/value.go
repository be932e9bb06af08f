package xmldoc

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// Decimal reads an xsd:decimal: an optional sign, digits, an optional point. It is given as canonical events have
// it, without a plus sign, and with digits on both sides of a point.
func Decimal(s string) (trade.Decimal, bool) {
	sign := ""
	switch {
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	case strings.HasPrefix(s, "-"):
		sign, s = "-", s[1:]
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if whole == "" && fraction == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" {
		return "", false
	}
	if whole == "" {
		whole = "0"
	}
	if dotted && fraction != "" {
		whole += "." + fraction
	}
	d := trade.Decimal(sign + whole)
	_, err := d.Scaled()
	return d, err == nil
}

// Instant reads an xsd:dateTime. One without an offset, which is local time of a place that it does not name, is
// taken as UTC, and local says so.
func Instant(s string) (t time.Time, local, ok bool) {
	if i := strings.IndexByte(s, 'T'); i < 0 || strings.ContainsAny(s, ", ") {
		return time.Time{}, false, false
	}
	t, err := time.Parse("2006-01-02T15:04:05Z07:00", s)
	if err != nil {
		local = true
		t, err = time.Parse("2006-01-02T15:04:05", s)
	}
	if err != nil {
		return time.Time{}, false, false
	}
	return t.UTC(), local, true
}

// Day reads an xsd:date, whose offset, where it has one, says nothing of the day. It is the day's begin in UTC.
func Day(s string) (time.Time, bool) {
	if len(s) < len(time.DateOnly) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		return time.Time{}, false
	}
	if zone := s[len(time.DateOnly):]; zone != "" {
		if _, err := time.Parse("Z07:00", zone); err != nil {
			return time.Time{}, false
		}
	}
	return t, true
}

// Key makes the id of an event from what identifies it in its documents.
func Key(prefix string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return prefix + "-" + hex.EncodeToString(sum[:16])
}

// Revision makes an event's revision of the stamp of the document that it comes from, so that a corrected document
// replaces the earlier one: the seconds since 2000. It is 0 without a stamp.
func Revision(stamp time.Time) uint32 {
	if seconds := stamp.Unix() - revisionsBegin; !stamp.IsZero() && seconds > 0 && seconds < 1<<32 {
		return uint32(seconds)
	}
	return 0
}

var revisionsBegin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
