package identifier

var (
	errChinaDeclaration = form("18 digits: customs office, year, 1 for import or 0 for export, serial number")
	errMRNForm          = form("18 characters: year, country of the customs office, 13 letters or digits, a check digit, such as 23GB66GVO0X3GBZAR3")
	errMRNCheck         = check("ISO 6346 sum, Implementing Regulation (EU) 2015/2447, annex B")
	errHS               = form("2, 4 or 6 digits of the Harmonized System, or those and up to 7 of a country's own, such as 870323")
)

// ChinaDeclaration says whether s is a declaration number of China Customs: four digits of the customs
// office, the year, 0 for export or 1 for import, and nine digits (GACC, rules for filling in the goods
// declaration, announcement 18 of 2019, item 2). It has no check digit.
func ChinaDeclaration(s string) error {
	if len(s) != 18 || !digits(s) || s[4:6] != "20" || s[8] != '0' && s[8] != '1' {
		return errChinaDeclaration
	}
	return nil
}

// MRN says whether s is a movement reference number of a customs declaration: year, country code, 13
// letters or digits, check digit (Implementing Regulation (EU) 2015/2447, annex B, data element 12 01; HMRC
// keeps the same form).
func MRN(s string) error {
	if !mrnForm(s) {
		return errMRNForm
	}
	if s[17] != weigh6346(s[:17]) {
		return errMRNCheck
	}
	return nil
}

// mrnForm tells an MRN by its form. The country must be one whose customs gives MRNs (the Union, and the
// common transit convention), or the number of another scheme that merely looks so would be taken for a
// declaration.
func mrnForm(s string) bool {
	if len(s) != 18 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' || s[17] < '0' || s[17] > '9' {
		return false
	}
	switch s[2:4] {
	case "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
		"LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
		"GB", "XI", "CH", "IS", "NO", "TR", "MK", "RS", "UA", "GE", "MD", "ME", "AD", "SM":
		return alphanumeric(s[4:17])
	}
	return false
}

// HS says whether s has the form of a Harmonized System code: a chapter, heading or subheading of 2, 4 or 6 digits
// (WCO HS Convention, article 3), or a subheading that a country divides further, up to 13 digits: 8 in the Union's
// Combined Nomenclature, 9 in Japan, 10 in Korea, 11 in Germany, 13 with China's inspection codes. Whether the code is
// in use is for the tables.
func HS(s string) error {
	if n := len(s); n < 2 || n > 13 || n < 6 && n%2 != 0 || !digits(s) {
		return errHS
	}
	return nil
}

// MRNCheckDigit is the check digit of the first 17 characters of a movement reference number, or "" where they
// cannot begin one.
func MRNCheckDigit(first17 string) string {
	if len(first17) != 17 || !mrnForm(first17+"0") {
		return ""
	}
	return string(weigh6346(first17))
}
