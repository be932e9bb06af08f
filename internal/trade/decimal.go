package trade

import (
	"errors"
	"strconv"
	"strings"
)

// Decimal is a decimal number as written: an optional minus, digits, an optional fraction. No exponent.
// The empty Decimal means not given.
type Decimal string

// DecimalScale is the number of fraction digits that the warehouse keeps: Decimal(18,4).
const DecimalScale = 4

var errDecimal = errors.New("not a decimal of at most 14 whole digits")

// Scaled gives the number times 10^DecimalScale, rounded half away from zero. The error says that it is
// not a decimal or does not fit Decimal(18,4).
func (d Decimal) Scaled() (int64, error) {
	s := string(d)
	negative := false
	if len(s) > 0 && s[0] == '-' {
		negative, s = true, s[1:]
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if whole == "" || dotted && fraction == "" {
		return 0, errDecimal
	}
	for len(whole) > 1 && whole[0] == '0' {
		whole = whole[1:]
	}
	if len(whole) > 18-DecimalScale {
		return 0, errDecimal
	}
	var n int64
	for i := 0; i < len(whole); i++ {
		if whole[i] < '0' || whole[i] > '9' {
			return 0, errDecimal
		}
		n = n*10 + int64(whole[i]-'0')
	}
	for i := 0; i < DecimalScale; i++ {
		n *= 10
		if i < len(fraction) {
			if fraction[i] < '0' || fraction[i] > '9' {
				return 0, errDecimal
			}
			n += int64(fraction[i] - '0')
		}
	}
	for i := DecimalScale; i < len(fraction); i++ {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0, errDecimal
		}
	}
	if len(fraction) > DecimalScale && fraction[DecimalScale] >= '5' {
		n++
	}
	if n >= 1_000_000_000_000_000_000 {
		return 0, errDecimal
	}
	if negative {
		n = -n
	}
	return n, nil
}

// DecimalOf writes a number scaled by 10^DecimalScale, without trailing zeros.
func DecimalOf(scaled int64) Decimal {
	const unit = 10_000
	var buf [24]byte
	b := buf[:0]
	n := uint64(scaled) // the sign is written apart
	if scaled < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendUint(b, n/unit, 10)
	if fraction := n % unit; fraction != 0 {
		b = append(b, '.', byte('0'+fraction/1000), byte('0'+fraction/100%10), byte('0'+fraction/10%10), byte('0'+fraction%10))
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return Decimal(b)
}
