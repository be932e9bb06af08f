package identifier

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

func TestListedCodes(t *testing.T) {
	rules := []struct {
		name                     string
		valid                    func(string) error
		good, unlisted, cannotBe []string
	}{
		{
			"country", Country,
			[]string{"SG", "CN", "NA", "XK", "XI", "AD", "ZW"},
			[]string{"EU", "UK", "XX", "AA", "ZZ"},
			[]string{"", "S", "SGP", "sg", "S1", "S ", "ＳＧ"},
		},
		{
			"territory", Territory,
			[]string{"EU", "SG", "CN", "XI"},
			[]string{"UK", "AA"},
			[]string{"", "E", "EUR", "eu", "12"},
		},
		{
			"currency", Currency,
			[]string{"CNY", "SGD", "USD", "EUR", "AED", "ZWL", "HRK", "XAU"},
			[]string{"RMB", "AAA", "ZZZ"},
			[]string{"", "SG", "SGDD", "sgd", "S$D", "156", "元"},
		},
	}
	for _, rule := range rules {
		for _, s := range rule.good {
			if err := rule.valid(s); err != nil {
				t.Errorf("%s %q: %v", rule.name, s, err)
			}
		}
		for _, s := range rule.unlisted {
			if err := rule.valid(s); !errors.Is(err, ErrUnlisted) {
				t.Errorf("%s %q: %v, want ErrUnlisted", rule.name, s, err)
			}
		}
		for _, s := range rule.cannotBe {
			if err := rule.valid(s); !errors.Is(err, ErrForm) {
				t.Errorf("%s %q: %v, want ErrForm", rule.name, s, err)
			}
		}
	}
}

func TestPossibleContainer(t *testing.T) {
	for fact, numbers := range map[string][]string{
		"of ISO 6346, whatever the check digit": {"SITU9070320", "SITU9070321"},
		"a shipper's own":                       {"SHIPPER1", "12345", "ABCD123", "渝A12345"[len("渝"):]},
		"three letters, U, and few digits":      {"SITU1", "SITU1234"},
		"more digits than one could add":        {"SITU9070320123"},
	} {
		for _, s := range numbers {
			if !PossibleContainer(s) {
				t.Errorf("%q, %s, is impossible", s, fact)
			}
		}
	}
	for fact, numbers := range map[string][]string{
		"no digit":               {"", "CONTAINER", "SITU"},
		"a digit lost":           {"SITU907032", "SITU90703"},
		"a digit too many":       {"SITU90703201", "SITU907032012"},
		"two numbers in one":     {"SITU9070320SITU9070321", "SITU9070320,1"},
		"longer than 15":         {"1234567890123456"},
		"letters of no alphabet": {"SITÜ9070320"},
	} {
		for _, s := range numbers {
			if PossibleContainer(s) {
				t.Errorf("%q, %s, is possible", s, fact)
			}
		}
	}
}

func TestNormalPartyID(t *testing.T) {
	for fact, c := range map[string]struct{ in, want trade.PartyID }{
		"a normal number stays":              {trade.PartyID{Kind: "uscc", Value: "91330106673959654P"}, trade.PartyID{Kind: "uscc", Value: "91330106673959654P"}},
		"numbers of registers are raised":    {trade.PartyID{Kind: "lei", Value: "5493 006m-hb84dd0zwv18"}, trade.PartyID{Kind: "lei", Value: "5493006MHB84DD0ZWV18"}},
		"full-width characters are folded":   {trade.PartyID{Kind: "uen", Value: "１９７４０１１４３ｃ"}, trade.PartyID{Kind: "uen", Value: "197401143C"}},
		"a number that is not given is none": {trade.PartyID{}, trade.PartyID{}},
	} {
		got := NormalPartyID(c.in)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", fact, diff)
		}
		if again := NormalPartyID(got); again != got {
			t.Errorf("%s: not idempotent: %v, then %v", fact, got, again)
		}
	}
}

func TestImpossible(t *testing.T) {
	sound := func() *trade.Data {
		return &trade.Data{
			Equipment: []trade.Equipment{{Kind: trade.Container, Number: "situ 907032-1"}, {Kind: trade.Wagon, Number: "SITU907032"}},
			Transport: trade.Transport{From: "cnqzh", To: "SG SIN"},
			Place:     trade.Place{UNLOCODE: "N/A"},
			Parties:   []trade.Party{{ID: trade.PartyID{Kind: "lei", Value: "5493006MHB84DD0ZWV19"}, Country: "NA"}},
			Goods:     []trade.Goods{{HS: "8703.23", Origin: "UK"}},
			Customs:   trade.Customs{Territory: "EU"},
		}
	}
	for fact, c := range map[string]struct {
		change func(*trade.Data)
		want   []string
	}{
		"what is sound, flagged or a placeholder is possible": {func(*trade.Data) {}, nil},
		"a container that lost a digit":                       {func(d *trade.Data) { d.Equipment[0].Number = "SITU907032" }, []string{"/data/equipment/0/number"}},
		"boxes that goods are moved between": {
			func(d *trade.Data) {
				d.Transfer = trade.Transfer{From: []string{"TBA", "CONTAINER"}, To: []string{"SITU90703201"}}
			},
			[]string{"/data/transfer/from/1", "/data/transfer/to/0"},
		},
		"names for places": {
			func(d *trade.Data) { d.Transport.From, d.Transport.To, d.Place.UNLOCODE = "Qinzhou", "SG", "SG1IN" },
			[]string{"/data/transport/from", "/data/transport/to", "/data/place/unlocode"},
		},
		"a party of no country and no register": {
			func(d *trade.Data) {
				d.Parties = append(d.Parties, trade.Party{ID: trade.PartyID{Kind: "uscc", Value: "123"}, Country: "China"})
			},
			[]string{"/data/parties/1/id/value", "/data/parties/1/country"},
		},
		"goods of no chapter and no origin": {
			func(d *trade.Data) { d.Goods[0] = trade.Goods{HS: "cars", Origin: "86"} },
			[]string{"/data/goods/0/hs", "/data/goods/0/origin"},
		},
		"holders, territory and financier": {
			func(d *trade.Data) {
				bad := trade.PartyID{Kind: "uen", Value: "1"}
				d.Document.Holder, d.Document.Beneficiary, d.Finance.Financier, d.Customs.Territory = bad, bad, bad, "ASEAN"
			},
			[]string{"/data/document/holder/value", "/data/document/beneficiary/value", "/data/customs/territory", "/data/finance/financier/value"},
		},
	} {
		d := sound()
		c.change(d)
		var got []string
		for _, f := range Impossible(&trade.Event{Data: d}) {
			if f.Code != "identifier_malformed" || f.Message == "" || f.Value == "" {
				t.Errorf("%s: %v", fact, f)
			}
			got = append(got, f.Pointer)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", fact, diff)
		}
	}
	if faults := Impossible(&trade.Event{}); faults != nil {
		t.Errorf("an event without data: %v", faults)
	}
}
