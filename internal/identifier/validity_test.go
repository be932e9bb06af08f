package identifier

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestValidity(t *testing.T) {
	rules := []struct {
		name         string
		valid        func(string) error
		good         []string
		wrongDigit   []string
		cannotBeSuch []string
	}{
		{
			"container", Container,
			[]string{"CSQU3054383", "APZU4812090", "NARU3472484"},
			[]string{"CSQU3054384", "SITU9070320"},
			[]string{"", "CSQU305438", "CSQA3054383", "csqu3054383", "CSQU 305438", "NA", "CSQU30543833"},
		},
		{
			"LEI", LEI,
			[]string{"5493006MHB84DD0ZWV18", "HWUPKR0MPOU8FGXBT394", "7ZW8QJWVPR4P1J1KQY45"},
			[]string{"5493006MHB84DD0ZWV19"},
			[]string{"", "5493006MHB84DD0ZWV1", "5493006MHB84DD0ZWVX8", "5493006mhb84dd0zwv18"},
		},
		{
			"creditor reference", CreditorReference,
			[]string{"RF61INV202600077", "RF18539007547034", "123456789012345678901234567", "210000000003139471430009017"},
			[]string{"RF62INV202600077", "123456789012345678901234568"},
			[]string{"", "RF61", "RF18 5390 0754 7034", "rf18539007547034", "RFXX539007547034", "000000000000000000000000000", "12345"},
		},
		{
			"USCC", USCC,
			[]string{"91330106673959654P", "91350100M000100Y43"},
			[]string{"91330106673959654Q"},
			[]string{"", "9133010667395965", "9133010667395965IP", "91330106673959654I", "91AB0106673959654P"},
		},
		{
			"UEN", UEN,
			[]string{"00192200M", "197401143C", "196800306E", "199201624D", "S16FC0121D", "T01FC6132D"},
			[]string{"00192201M", "197401143A", "S16FC0121E"},
			[]string{"", "M", "1974011433", "A16FC0121D", "123"},
		},
		{
			"AWB", AWB,
			[]string{"61812345675", "02012345675"},
			[]string{"61812345674"},
			[]string{"", "6181234567", "618-12345675", "618123456755"},
		},
		{
			"IMO", IMO,
			[]string{"9793911", "9074729", "9811000"},
			[]string{"9793912"},
			[]string{"", "979391", "IMO9793911"},
		},
		{
			"China declaration", ChinaDeclaration,
			[]string{"800120260000012345", "530420261000987654"},
			nil,
			[]string{"", "80012026000001234", "800119260000012345", "800120262000012345", "8001202600000123AB"},
		},
		{
			"MRN", MRN,
			[]string{"23GB66GVO0X3GBZAR3", "26DE485100123456B" + string(weigh6346("26DE485100123456B"))},
			[]string{"24GBCDS123456789R2"},
			[]string{"", "23GB66GVO0X3GBZAR", "2XGB34F7Y1O2CX8PT4", "24CN34F7Y1O2CX8PT4", "23GB66GVO0X3GBZARA", "800120260000012345"},
		},
		{
			"UN/LOCODE", UNLOCODE,
			[]string{"SGSIN", "CNQZH", "LAGT9"},
			nil,
			[]string{"", "SGSI", "SG1IN", "S2SIN", "sgsin", "SGSIN "},
		},
		{
			"HS", HS,
			[]string{"87", "8703", "870323", "87032344", "870323440", "8703234410", "8703234410999"},
			nil,
			[]string{"", "8", "870", "87032", "8703.23", "87032344100000"},
		},
		{
			"UETR", UETR,
			[]string{"eb6305c9-1f7f-49de-aed0-16487c27b42d"},
			nil,
			[]string{
				"", "EB6305C9-1F7F-49DE-AED0-16487C27B42D", "eb6305c9-1f7f-19de-aed0-16487c27b42d",
				"eb6305c9-1f7f-49de-ced0-16487c27b42d", "eb6305c91f7f49deaed016487c27b42d", "eb6305c9-1f7f-49de-aed0-16487c27b42g",
			},
		},
	}
	for _, rule := range rules {
		for _, s := range rule.good {
			if err := rule.valid(s); err != nil {
				t.Errorf("%s %q: %v", rule.name, s, err)
			}
		}
		for _, s := range rule.wrongDigit {
			if err := rule.valid(s); !errors.Is(err, ErrCheckDigit) {
				t.Errorf("%s %q: %v, want ErrCheckDigit", rule.name, s, err)
			}
		}
		for _, s := range rule.cannotBeSuch {
			if err := rule.valid(s); !errors.Is(err, ErrForm) {
				t.Errorf("%s %q: %v, want ErrForm", rule.name, s, err)
			}
		}
	}
}

func TestCheckDigitsMakeValidNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(pattern string) string { return rapid.StringMatching(pattern).Draw(t, pattern) }
		sound := func(valid func(string) error, number string) {
			if err := valid(number); err != nil {
				t.Fatalf("%q: %v", number, err)
			}
		}
		c := draw(`[A-Z]{3}[UJZ][0-9]{6}`)
		sound(Container, c+string(ContainerCheckDigit(c)))
		l := draw(`[A-Z0-9]{18}`)
		sound(LEI, l+LEICheckDigits(l))
		u := draw(`9[1-3][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}`)
		sound(USCC, u+string(USCCCheckCharacter(u)))
		for _, form := range []string{`[0-9]{8}`, `[0-9]{9}`, `[RST][0-9]{2}[A-HJ-NP-X][A-HJ-NP-X0-9][0-9]{4}`} {
			e := draw(form)
			if last := UENCheckLetter(e); last >= 'A' { // a few numbers of the third form would end in a digit, and are not given
				sound(UEN, e+string(last))
			}
		}
		a := draw(`[0-9]{10}`)
		sound(AWB, a+string(AWBCheckDigit(a[3:])))
		i := draw(`[0-9]{6}`)
		sound(IMO, i+string(IMOCheckDigit(i)))
	})
}

// A digit read wrong must not go unnoticed; that is what check digits are for. (The remainder 10 of ISO 6346
// counts as 0, and IATA's modulo 7 misses some errors, by design.)
func TestOneWrongDigitIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.StringMatching(`[0-9]{18}`).Draw(t, "lei")
		l += LEICheckDigits(l)
		at := rapid.IntRange(0, 17).Draw(t, "at")
		c := rapid.SampledFrom([]byte("0123456789")).Draw(t, "digit")
		if c == l[at] {
			return
		}
		if wrong := l[:at] + string(c) + l[at+1:]; !errors.Is(LEI(wrong), ErrCheckDigit) {
			t.Fatalf("%q passes", wrong)
		}
	})
}

func TestCheckDigitsOfOtherTextsAreNone(t *testing.T) {
	for _, s := range []string{"", "1", "ABCDEFGHIJ", "????????????????"} {
		if ContainerCheckDigit(s) != 0 || LEICheckDigits(s) != "" || USCCCheckCharacter(s) != 0 ||
			UENCheckLetter(s) != 0 || AWBCheckDigit(s) != 0 || IMOCheckDigit(s) != 0 {
			t.Errorf("%q has a check digit", s)
		}
	}
}

func FuzzValidity(f *testing.F) {
	for _, s := range []string{"", "CSQU3054383", "5493006MHB84DD0ZWV18", "91330106673959654P", "197401143C", "23GB66GVO0X3GBZAR3", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, valid := range []func(string) error{Container, LEI, USCC, UEN, AWB, IMO, ChinaDeclaration, MRN, UNLOCODE, HS, UETR} {
			if err := valid(s); err != nil && !errors.Is(err, ErrForm) && !errors.Is(err, ErrCheckDigit) {
				t.Fatalf("%q: %v", s, err)
			}
		}
	})
}
