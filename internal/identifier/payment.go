package identifier

import "strings"

var (
	errCreditorForm  = form("RF, two check digits and up to 21 letters or digits (ISO 11649), or 27 digits (Swiss QR reference)")
	errCreditorCheck = check("ISO 11649, MOD 97-10; Swiss QR reference, modulo 10 recursive")
)

// CreditorReference says whether s, in upper case and without spaces, is a reference by which a creditor knows a
// payment: a structured creditor reference (ISO 11649), or a QR reference of the Swiss payment standards.
func CreditorReference(s string) error {
	switch {
	case len(s) >= 5 && len(s) <= 25 && strings.HasPrefix(s, "RF") && alphanumeric(s) && digits(s[2:4]):
		if mod97(s[4:]+s[:4]) != 1 {
			return errCreditorCheck
		}
		return nil
	case len(s) == 27 && digits(s) && strings.Trim(s, "0") != "":
		if s[26] != recursive10(s[:26]) {
			return errCreditorCheck
		}
		return nil
	}
	return errCreditorForm
}

// recursive10 is the check digit of a Swiss payment reference (modulo 10, recursive).
func recursive10(s string) byte {
	carry := 0
	for i := range len(s) {
		carry = [...]int{0, 9, 4, 6, 8, 2, 7, 1, 3, 5}[(carry+int(s[i]-'0'))%10]
	}
	return '0' + byte((10-carry)%10)
}
