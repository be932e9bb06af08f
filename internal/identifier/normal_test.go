package identifier

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

func TestNormalReference(t *testing.T) {
	ref := func(kind trade.Kind, value, issuer string) trade.Reference {
		return trade.Reference{Kind: kind, Value: value, Issuer: issuer}
	}
	cases := []struct {
		fact  string
		in    trade.Reference
		want  trade.Reference
		flags trade.Flags
	}{
		{"a normal number stays", ref(trade.BL, "SITGCKSG026001", "SITC"), ref(trade.BL, "SITGCKSG026001", "SITC"), 0},
		{"documents lose separators", ref(trade.BL, " sitg-ck/sg.026 001 ", "sitc"), ref(trade.BL, "SITGCKSG026001", "SITC"), 0},
		{"an air waybill loses its hyphen", ref(trade.AirWaybill, "618-1234 5675", ""), ref(trade.AirWaybill, "61812345675", ""), 0},
		{"declarations lose separators", ref(trade.Declaration, "8001 2026 0000012345", ""), ref(trade.Declaration, "800120260000012345", ""), 0},
		{"permits lose separators", ref(trade.Permit, "IG6A-123.456", "SG"), ref(trade.Permit, "IG6A123456", "SG"), 0},
		{"invoices keep separators", ref(trade.Invoice, "24-1-11", ""), ref(trade.Invoice, "24-1-11", ""), 0},
		{"invoices are trimmed and raised", ref(trade.Invoice, "  inv-24/1 ", ""), ref(trade.Invoice, "INV-24/1", ""), 0},
		{"full-width characters are folded", ref(trade.Invoice, "ＩＮＶ－２４／１", "ｓｉｔｃ"), ref(trade.Invoice, "INV-24/1", "SITC"), 0},
		{"the ideographic space is a space", ref(trade.BL, "　ABC　1", ""), ref(trade.BL, "ABC1", ""), 0},
		{"other scripts stay", ref(trade.Contract, "渝合-2026-1", ""), ref(trade.Contract, "渝合-2026-1", ""), 0},
		{"the SMDG code is the SCAC", ref(trade.BL, "ABC1", "MSK"), ref(trade.BL, "ABC1", "MAEU"), 0},
		{"an unknown kind is kept", ref("docket", "a-1", ""), ref("docket", "A-1", ""), trade.FlagUnknownKind},
		{"a placeholder is dropped", ref(trade.Invoice, "n/a", "SITC"), trade.Reference{}, trade.FlagPlaceholder},
		{"a run of zeros is dropped", ref(trade.BL, "0000", ""), trade.Reference{}, trade.FlagPlaceholder},
		{"separators alone are dropped", ref(trade.PurchaseOrder, "--", ""), trade.Reference{}, trade.FlagPlaceholder},
		{"a placeholder of an issuer is none", ref(trade.BL, "ABC1", "TBA"), ref(trade.BL, "ABC1", ""), trade.FlagPlaceholder},
		{"an MRN is a declaration", ref(trade.BL, "23GB 66GVO0X3GBZAR3", "MAEU"), ref(trade.Declaration, "23GB66GVO0X3GBZAR3", ""), trade.FlagRekinded},
		{"an MRN of an unknown kind too", ref("mrn", "23gb66gvo0x3gbzar3", ""), ref(trade.Declaration, "23GB66GVO0X3GBZAR3", ""), trade.FlagRekinded},
		{"an MRN with another check digit too", ref(trade.Declaration, "23GB66GVO0X3GBZAR5", "GB"), ref(trade.Declaration, "23GB66GVO0X3GBZAR5", "GB"), trade.FlagIdentifierInvalid},
		{"a declaration of China is sound", ref(trade.Declaration, "530420261000987654", ""), ref(trade.Declaration, "530420261000987654", ""), 0},
		{"18 digits of no direction are none of China's", ref(trade.Declaration, "530420262000987654", ""), ref(trade.Declaration, "530420262000987654", ""), trade.FlagIdentifierInvalid},
		{"18 digits of 1926 neither", ref(trade.Declaration, "5304-1926-1000987654", "CN"), ref(trade.Declaration, "530419261000987654", "CN"), trade.FlagIdentifierInvalid},
		{"declarations of other lengths are another country's", ref(trade.Declaration, "10312345678", "JP"), ref(trade.Declaration, "10312345678", "JP"), 0},
		{"18 digits of a permit are nobody's", ref(trade.Permit, "530420262000987654", ""), ref(trade.Permit, "530420262000987654", ""), 0},
		{"a UETR is sound in any case", ref(trade.Payment, "eb6305c9-1f7f-49de-aed0-16487c27b42d", ""), ref(trade.Payment, "EB6305C9-1F7F-49DE-AED0-16487C27B42D", ""), 0},
		{"a UUID of version 1 is no UETR", ref(trade.Payment, "eb6305c9-1f7f-19de-aed0-16487c27b42d", ""), ref(trade.Payment, "EB6305C9-1F7F-19DE-AED0-16487C27B42D", ""), trade.FlagIdentifierInvalid},
		{"a UUID of another variant neither", ref(trade.Payment, "eb6305c9-1f7f-49de-ced0-16487c27b42d", ""), ref(trade.Payment, "EB6305C9-1F7F-49DE-CED0-16487C27B42D", ""), trade.FlagIdentifierInvalid},
		{"a UETR with an O for a zero neither", ref(trade.Payment, "eb63o5c9-1f7f-49de-aed0-16487c27b42d", ""), ref(trade.Payment, "EB63O5C9-1F7F-49DE-AED0-16487C27B42D", ""), trade.FlagIdentifierInvalid},
		{"a payment may have a number of another form", ref(trade.Payment, "FT26091100123", "DBSSSGSG"), ref(trade.Payment, "FT26091100123", "DBSSSGSG"), 0},
		{"a UUID is no payment elsewhere", ref(trade.Invoice, "eb6305c9-1f7f-19de-aed0-16487c27b42d", ""), ref(trade.Invoice, "EB6305C9-1F7F-19DE-AED0-16487C27B42D", ""), 0},
		{"a waybill with another check digit is kept", ref(trade.MasterAirWaybill, "61812345674", ""), ref(trade.MasterAirWaybill, "61812345674", ""), trade.FlagIdentifierInvalid},
	}
	for _, c := range cases {
		got, flags := NormalReference(c.in)
		if diff := cmp.Diff(c.want, got); diff != "" || flags != c.flags {
			t.Errorf("%s: flags %v, want %v; (-want +got)\n%s", c.fact, flags.Names(), c.flags.Names(), diff)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for _, s := range []string{"", "-", "--", " - ", "N/A", "NA", "N.A.", "NIL", "NONE", "TBA", "TBD", "UNKNOWN", "X", "XX", "XXXXXXXXXXXXXXXX", "XX-XX", "0", "000000000000", "00/00"} {
		if !Placeholder(s) {
			t.Errorf("%q is no placeholder", s)
		}
	}
	for _, s := range []string{"A", "NAB", "NA1", "X1", "XXXXXXXXXXX1", "01", "000000000001", "0X", "X0", "UNKNOWN1", "UNKNOWNS", "TBAA", "NILE", "1-0", "Ø"} {
		if Placeholder(s) {
			t.Errorf("%q is a placeholder", s)
		}
	}
}

func TestNormalContainer(t *testing.T) {
	for in, want := range map[string]string{
		"SITU9070320": "SITU9070320", "situ 907032-0": "SITU9070320", "ＳＩＴＵ９０７０３２０": "SITU9070320", "渝a-12345": "渝A12345", "": "",
	} {
		if got := NormalContainer(in); got != want {
			t.Errorf("NormalContainer(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNormalCountry(t *testing.T) {
	for in, want := range map[string]string{"CN": "CN", " sg": "SG", "s-g": "SG", "ＮＡ": "NA", "NA ": "NA", "N/A": "", "n.a.": "", "Ｎ／Ａ": "", "N A": "", "": ""} {
		if got := NormalCountry(in); got != want {
			t.Errorf("NormalCountry(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpellingKnowsEveryKind(t *testing.T) {
	for _, k := range trade.Kinds() {
		strip, known := spelling(k)
		want := k.Class() == trade.ClassDocument || k == trade.Declaration || k == trade.Permit
		if !known || strip != want {
			t.Errorf("%s: strip %v, known %v", k, strip, known)
		}
	}
}

func TestIssuersAreNoOneElse(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Issuers() {
		for _, code := range append([]string{e.Code}, e.Also...) {
			if seen[code] {
				t.Errorf("%s stands twice", code)
			}
			seen[code] = true
			if Issuer(code) != e.Code {
				t.Errorf("Issuer(%s) = %s, want %s", code, Issuer(code), e.Code)
			}
		}
	}
}

func FuzzNormalReference(f *testing.F) {
	f.Add("bl", " sitg-1 ", "msk")
	f.Add("invoice", "ＩＮＶ－１", "")
	f.Add("docket", "23gb66gvo0x3gbzar3", "x")
	f.Add("permit", "\xff-\xfe", "ı")
	f.Fuzz(func(t *testing.T, kind, value, issuer string) {
		once, flags := NormalReference(trade.Reference{Kind: trade.Kind(kind), Value: value, Issuer: issuer})
		if once.Value == "" {
			if flags&trade.FlagPlaceholder == 0 || once != (trade.Reference{}) {
				t.Fatalf("%q dropped with %v, %v", value, flags.Names(), once)
			}
			return
		}
		if twice, _ := NormalReference(once); twice != once {
			t.Fatalf("not idempotent: %q, then %q", once, twice)
		}
		if s := NormalContainer(value); NormalContainer(s) != s {
			t.Fatalf("not idempotent: %q", s)
		}
	})
}

func TestNormalNumbersAllocateNothing(t *testing.T) {
	refs := normalRefs()
	allocs := testing.AllocsPerRun(100, func() {
		for _, r := range refs {
			reference, _ = NormalReference(r)
		}
		container = NormalContainer("SITU9070320")
		err = Container("SITU9070321")
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}

func normalRefs() []trade.Reference {
	return []trade.Reference{
		{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"},
		{Kind: trade.Booking, Value: "BK7700123", Issuer: "SITC"},
		{Kind: trade.Invoice, Value: "INV-24-1-11", Issuer: "91330106673959654P"},
		{Kind: trade.Declaration, Value: "23GB66GVO0X3GBZAR3"},
		{Kind: trade.Payment, Value: "EB6305C9-1F7F-49DE-AED0-16487C27B42D"},
		{Kind: trade.BL, Value: "ABC1234", Issuer: "MSK"},
	}
}

// Kept, so that the compiler keeps the calls.
var (
	reference trade.Reference
	container string
	err       error
)

func BenchmarkNormalReference(b *testing.B) {
	refs := normalRefs()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		reference, _ = NormalReference(refs[i%len(refs)])
	}
}

func BenchmarkNormalContainer(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		container = NormalContainer("SITU9070320")
	}
}
