package identifier

var (
	errAWBForm  = form("eleven digits: airline prefix, serial number, check digit (IATA resolution 600a), such as 61812345675")
	errAWBCheck = check("IATA resolution 600a: the serial number modulo 7")
	errIMOForm  = form("seven digits (IMO resolution A.1117(30)), such as 9793911")
	errIMOCheck = check("IMO resolution A.1117(30)")
	errUNLOCODE = form("two letters of a country and three letters or digits 2 to 9 (UN/ECE Recommendation 16), such as SGSIN")
	errUETR     = form("a UUID of version 4 in lower case (ISO 20022 UETR, RFC 9562)")
)

// AWB says whether s is the number of an air waybill: three digits of the airline's prefix, seven of the
// serial number, and that number modulo 7 (IATA resolution 600a, attachment A).
func AWB(s string) error {
	if len(s) != 11 || !digits(s) {
		return errAWBForm
	}
	if s[10] != AWBCheckDigit(s[3:10]) {
		return errAWBCheck
	}
	return nil
}

// AWBCheckDigit is the check digit of a seven-digit serial number (IATA resolution 600a, attachment A), or 0
// where it is not seven digits.
func AWBCheckDigit(serial string) byte {
	if len(serial) != 7 || !digits(serial) {
		return 0
	}
	var n byte
	for i := range 7 {
		n = (n*10 + serial[i] - '0') % 7
	}
	return '0' + n
}

// IMO says whether s is the IMO number of a ship, without the letters IMO (IMO resolution A.1117(30)).
func IMO(s string) error {
	if len(s) != 7 || !digits(s) {
		return errIMOForm
	}
	if s[6] != IMOCheckDigit(s[:6]) {
		return errIMOCheck
	}
	return nil
}

// IMOCheckDigit is the check digit of the first six digits of an IMO number: the last digit of their sum
// weighted 7 to 2. It is 0 where they are not six digits.
func IMOCheckDigit(first6 string) byte {
	if len(first6) != 6 || !digits(first6) {
		return 0
	}
	sum := 0
	for i := range 6 {
		sum += (7 - i) * int(first6[i]-'0')
	}
	return '0' + byte(sum%10)
}

// UNLOCODE says whether s has the form of a UN/LOCODE (UN/ECE Recommendation 16). Whether the place is listed
// is for the tables.
func UNLOCODE(s string) error {
	if len(s) != 5 || !letters(s[:2]) {
		return errUNLOCODE
	}
	for i := 2; i < 5; i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '2' || c > '9') {
			return errUNLOCODE
		}
	}
	return nil
}

// UETR says whether s is the unique end-to-end transaction reference of a payment: a UUID of version 4 in
// lower case (ISO 20022 message component UUIDv4Identifier).
func UETR(s string) error {
	if !uuidLayout(s) || !uuid4(s, 'a') {
		return errUETR
	}
	return nil
}

// uuidLayout says whether s is laid out as a UUID, five groups with hyphens between, whatever stands in the groups.
func uuidLayout(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

// uuid4 says whether what is laid out as a UUID is one of version 4 (RFC 9562, 5.4), of which the first hex letter is
// written a.
func uuid4(s string, a byte) bool {
	if s[14] != '4' || s[19] != '8' && s[19] != '9' && s[19] != a && s[19] != a+1 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
		case (c < '0' || c > '9') && (c < a || c > a+5):
			return false
		}
	}
	return true
}
