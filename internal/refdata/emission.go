package refdata

import (
	"math"
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

// factor is what carrying a tonne for a kilometre by a mode emits.
type factor struct {
	ttw, wtw float64 // grams CO2e a tonne-kilometre, tank-to-wheel and well-to-wheel
	detour   float64 // of the way over the great circle
}

func (t *Tables) loadFactors(rows *table) {
	rows.each([]string{"mode", "ttw_g_per_tkm", "wtw_g_per_tkm", "detour", "version", "source"}, func(row []string) {
		number := func(field int, least, most float64) float64 {
			v, err := strconv.ParseFloat(row[field], 64)
			if err != nil || !(v >= least && v <= most) {
				rows.fault(field, "%q is not a number from %g to %g", row[field], least, most)
			}
			return v
		}
		f := factor{ttw: number(1, 0, 10_000), wtw: number(2, 0, 10_000), detour: number(3, 1, 10)}
		switch _, twice := t.factors[row[0]]; {
		case twice:
			rows.fault(0, "%s is there twice", row[0])
		case row[4] == "" || t.factorVersion != "" && row[4] != t.factorVersion:
			rows.fault(4, "the version is %q, want one for all rows", row[4])
		case row[5] == "":
			rows.fault(5, "the source is not said")
		case f.wtw < f.ttw:
			rows.fault(2, "well-to-wheel is less than tank-to-wheel, which is a part of it")
		}
		t.factorVersion = strings.Clone(row[4])
		t.factors[strings.Clone(row[0])] = f
	})
}

// The names of what the emissions of a leg are made from.
const (
	GreatCircle = "great_circle" // the great circle between the places, and the mode's usual detour over it
	DefaultData = "default"      // factors of the mode: neither measured nor modelled for the conveyance
)

// Emissions gives what carrying so many kilograms (scaled by 10^4) between two places by a mode emits. False: the tables lack
// the mode or where a place is. The places are codes that Locate gave.
func (t *Tables) Emissions(mode, from, to string, kg int64) (trade.Emission, bool) {
	f, ok := t.factors[mode]
	a, b := t.at(from), t.at(to)
	if !ok || a == nil || b == nil || a.Lat == 0 && a.Lon == 0 || b.Lat == 0 && b.Lon == 0 || kg <= 0 {
		return trade.Emission{}, false
	}
	// A tenth of a kilometre, so that the last digits of a processor's floating point do not show.
	km := math.Round(greatCircle(&a.Place, &b.Place)*f.detour*10) / 10
	gramsPerKG := km / 1000
	scaled := func(perTKM float64) int64 { return int64(math.Round(float64(kg) * gramsPerKG * perTKM / 1000)) }
	return trade.Emission{
		KM: trade.DecimalOf(int64(math.Round(km * 10_000))), Distance: GreatCircle, Tier: DefaultData, Factors: t.factorVersion,
		TTW: trade.DecimalOf(scaled(f.ttw)), WTW: trade.DecimalOf(scaled(f.wtw)),
	}, true
}

// greatCircle is the distance on a sphere of the Earth's mean radius, in kilometres.
func greatCircle(a, b *Place) float64 {
	const radius, rad = 6371.0088, math.Pi / 180
	sinLat, sinLon := math.Sin((b.Lat-a.Lat)*rad/2), math.Sin((b.Lon-a.Lon)*rad/2)
	h := sinLat*sinLat + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*sinLon*sinLon
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}
