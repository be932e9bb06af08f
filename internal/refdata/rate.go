package refdata

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// perUSDScale is the precision of a rate: units of a currency for one US dollar, times this.
const perUSDScale = 100_000_000

// rates are one currency's monthly rates from the first month on, without gaps.
type rates struct {
	first  int      // months since year 0
	perUSD []uint64 // scaled by perUSDScale
}

func monthOf(t time.Time) int {
	t = t.UTC()
	return t.Year()*12 + int(t.Month()) - 1
}

func (t *Tables) loadRates(rows *table) {
	rows.each([]string{"currency", "month", "per_usd", "source"}, func(row []string) {
		when, err := time.Parse("2006-01", row[1])
		perUSD, ok := parseRate(row[2])
		switch {
		case !upper(row[0], 3):
			rows.fault(0, "%q is not three capital letters (ISO 4217)", row[0])
			return
		case err != nil:
			rows.fault(1, "%q is not a month such as 2026-06", row[1])
			return
		case !ok:
			rows.fault(2, "%q is not units for one US dollar, such as 6.7758", row[2])
			return
		case row[3] == "":
			rows.fault(3, "the source is not said")
		}
		r, month := t.rates[row[0]], monthOf(when)
		if r == nil {
			r = &rates{first: month}
			t.rates[strings.Clone(row[0])] = r
		}
		if want := r.first + len(r.perUSD); month != want {
			rows.fault(1, "%s follows the month before with %s, want %04d-%02d", row[0], row[1], want/12, want%12+1)
			return
		}
		r.perUSD = append(r.perUSD, perUSD)
	})
}

// parseRate reads a positive decimal of at most eight fraction digits.
func parseRate(s string) (uint64, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+fraction+"00000000"[len(fraction):], 10, 63)
	return n, err == nil && n > 0
}

// USD converts an amount scaled by 10^4 to US dollars scaled by 10^4, by the average rate of the month; months
// after the last known take the last known rate. False: the currency or so early a month is not in the tables,
// or the result does not fit Decimal(18,4).
func (t *Tables) USD(scaled int64, currency string, at time.Time) (int64, bool) {
	if currency == "USD" {
		return scaled, true
	}
	r := t.rates[currency]
	if r == nil {
		return 0, false
	}
	i := monthOf(at) - r.first
	if i < 0 {
		return 0, false
	}
	per := r.perUSD[min(i, len(r.perUSD)-1)]
	n := uint64(scaled) // the sign is put back below
	if scaled < 0 {
		n = -n
	}
	hi, lo := bits.Mul64(n, perUSDScale)
	lo, carry := bits.Add64(lo, per/2, 0)
	hi += carry
	if hi >= per {
		return 0, false
	}
	usd, _ := bits.Div64(hi, lo, per)
	if usd >= 1_000_000_000_000_000_000 {
		return 0, false
	}
	if scaled < 0 {
		return -int64(usd), true
	}
	return int64(usd), true
}
