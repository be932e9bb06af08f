package refdata

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// perUSDScale is the precision of a rate: units of a currency for one US dollar, times this.
const perUSDScale = 100_000_000

const usd = "USD"

// rates are one currency's: by the month from the first on, without gaps, and by the day where they are known.
type rates struct {
	first   int      // months since year 0
	perUSD  []uint64 // scaled by perUSDScale
	months  []string // names of the months
	sources []string // of the months
	daily   map[string]fixing
}

// fixing is a rate of one day.
type fixing struct {
	perUSD uint64 // scaled by perUSDScale
	source string
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
		r.perUSD, r.months = append(r.perUSD, perUSD), append(r.months, strings.Clone(row[1]))
		if n := len(r.sources); n > 0 && r.sources[n-1] == row[3] {
			r.sources = append(r.sources, r.sources[n-1])
		} else {
			r.sources = append(r.sources, strings.Clone(row[3]))
		}
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

// Rate gives the rate at which an amount is converted at a time: that of the day, UTC, where it is known, else the average of
// the month; months after the last known take the last known rate. False: the currency or so early a month is not in the tables.
func (t *Tables) Rate(currency string, at time.Time) (trade.Rate, bool) {
	r := t.rates[currency]
	if r == nil {
		return trade.Rate{}, false
	}
	if len(r.daily) > 0 {
		day := at.UTC().Format(time.DateOnly)
		if f, ok := r.daily[day]; ok {
			return trade.Rate{PerUSD: int64(f.perUSD), Of: day, Source: f.source}, true // parseRate bounds it
		}
	}
	i := monthOf(at) - r.first
	if i < 0 || len(r.perUSD) == 0 {
		return trade.Rate{}, false
	}
	i = min(i, len(r.perUSD)-1)
	return trade.Rate{PerUSD: int64(r.perUSD[i]), Of: r.months[i], Source: r.sources[i]}, true
}

// USD converts an amount scaled by 10^4 to US dollars scaled by 10^4, by Rate. False: there is no rate, or the result does
// not fit Decimal(18,4).
func (t *Tables) USD(scaled int64, currency string, at time.Time) (int64, bool) {
	if currency == usd {
		return scaled, true
	}
	rate, ok := t.Rate(currency, at)
	if !ok {
		return 0, false
	}
	per := uint64(rate.PerUSD) // above 0
	n := uint64(scaled)        // the sign is put back below
	if scaled < 0 {
		n = -n
	}
	hi, lo := bits.Mul64(n, perUSDScale)
	lo, carry := bits.Add64(lo, per/2, 0)
	hi += carry
	if hi >= per {
		return 0, false
	}
	dollars, _ := bits.Div64(hi, lo, per)
	if dollars >= 1_000_000_000_000_000_000 {
		return 0, false
	}
	if scaled < 0 {
		return -int64(dollars), true
	}
	return int64(dollars), true
}
