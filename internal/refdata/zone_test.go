package refdata

import (
	"slices"
	"strings"
	"testing"
)

func TestZonesOfFacilitiesAndNames(t *testing.T) {
	tb := tables(t)
	for _, c := range []struct{ fact, facility, name, want string }{
		{"a port in a free-trade zone and a logistics park", "CNCHQGUO", "Guoyuan Port", "cn-chongqing-ftz-guoyuan cn-guoyuan-hub"},
		{"a zone by its name", "", "Chongqing Xiyong Comprehensive Bonded Zone", "cn-xiyong"},
		{"in capitals", "", "CHANGI AIRFREIGHT CENTRE", "sg-changi"},
		{"in Chinese", "", "重庆两路寸滩综合保税区", "cn-lianglu-cuntan"},
		{"by the name where the facility is in none", "CNCKGXXX", "Qinzhou Bonded Port Area", "cn-qinzhou"},
		{"the facility says more than a name", "SGSINTUA", "Jurong Port", "sg-tuas"},
		{"a place that is no zone", "", "Chongqing", ""},
		{"nothing", "", "", ""},
	} {
		if got := strings.Join(tb.ZonesAt(c.facility, c.name), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.fact, got, c.want)
		}
	}
	list := tb.Zones()
	if len(list) != tb.Size().Zones || len(list) < 20 {
		t.Errorf("%d zones", len(list))
	}
	i := slices.IndexFunc(list, func(z Zone) bool { return z.Code == "cn-xiyong" })
	if z := list[i]; z.Kind != "bonded" || z.UNLOCODE != "CNCKG" || z.Country != "CN" || !z.Confirmed || z.Source == "" {
		t.Errorf("%+v", z)
	}
	if z := list[slices.IndexFunc(list, func(z Zone) bool { return z.Code == "cn-qinzhou" })]; z.Confirmed {
		t.Errorf("%+v is confirmed", z)
	}
}
