package identifier

import "strings"

var (
	errLEIForm   = form("18 letters or digits and two check digits (ISO 17442)")
	errLEICheck  = check("ISO 17442-1, ISO/IEC 7064 MOD 97-10")
	errUSCCForm  = form("18 characters: digits and letters without I, O, S, V and Z (GB 32100)")
	errUSCCCheck = check("GB 32100-2015, MOD 31")
	errUENForm   = form("eight digits and a letter, a year, five digits and a letter, or T, year, two letters, four digits and a letter (ACRA)")
	errUENCheck  = check("ACRA UEN")
)

// LEI says whether s is a legal entity identifier of ISO 17442-1.
func LEI(s string) error {
	if len(s) != 20 || !alphanumeric(s) || !digits(s[18:]) {
		return errLEIForm
	}
	if mod97(s) != 1 {
		return errLEICheck
	}
	return nil
}

// LEICheckDigits are the two check digits (ISO/IEC 7064 MOD 97-10) of the first 18 characters of a legal
// entity identifier; "" where those are not capital letters and digits.
func LEICheckDigits(first18 string) string {
	if len(first18) != 18 || !alphanumeric(first18) {
		return ""
	}
	n := 98 - mod97(first18)*100%97
	return string([]byte{'0' + byte(n/10), '0' + byte(n%10)})
}

// mod97 reads letters as 10 to 35 and gives the remainder by 97.
func mod97(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= '9' {
			n = (n*10 + int(c-'0')) % 97
		} else {
			n = (n*100 + int(c-'A') + 10) % 97
		}
	}
	return n
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// USCC says whether s is a unified social credit code of GB 32100-2015: registering authority, kind of
// entity, administrative division, organisation code, check character.
func USCC(s string) error {
	if len(s) != 18 || !digits(s[2:8]) {
		return errUSCCForm
	}
	switch c := USCCCheckCharacter(s[:17]); c {
	case 0:
		return errUSCCForm
	case s[17]:
		return nil
	}
	if strings.IndexByte(usccAlphabet, s[17]) < 0 {
		return errUSCCForm
	}
	return errUSCCCheck
}

// USCCCheckCharacter is the check character (GB 32100-2015, 5.5, MOD 31) of the first 17 characters of a
// unified social credit code, or 0 where one of them is not of its alphabet.
func USCCCheckCharacter(first17 string) byte {
	if len(first17) != 17 {
		return 0
	}
	sum := 0
	for i := range usccWeights {
		v := strings.IndexByte(usccAlphabet, first17[i])
		if v < 0 {
			return 0
		}
		sum += v * usccWeights[i]
	}
	return usccAlphabet[(31-sum%31)%31]
}

const uenAlphabet = "ABCDEFGHJKLMNPQRSTUVWX0123456789"

var (
	uenBusinessWeights = [8]int{10, 4, 9, 3, 8, 2, 7, 1}
	uenCompanyWeights  = [9]int{10, 8, 6, 4, 9, 7, 5, 3, 1}
	uenOtherWeights    = [9]int{4, 3, 5, 3, 10, 2, 2, 5, 7}
)

// UEN says whether s is a unique entity number of Singapore, in the form of businesses (nnnnnnnnX), of local
// companies (yyyynnnnnX) or of other entities (TyyPQnnnnX), as ACRA describes them.
func UEN(s string) error {
	if s == "" {
		return errUENForm
	}
	switch c := UENCheckLetter(s[:len(s)-1]); {
	case c == 0 || s[len(s)-1] < 'A' || s[len(s)-1] > 'Z':
		return errUENForm
	case c != s[len(s)-1]:
		return errUENCheck
	}
	return nil
}

// UENCheckLetter is the check letter of a unique entity number without it, of any of the three forms; 0 where
// it has none of them.
func UENCheckLetter(s string) byte {
	sum := 0
	switch {
	case len(s) == 8 && digits(s):
		for i, w := range uenBusinessWeights {
			sum += w * int(s[i]-'0')
		}
		return "XMKECAWLJDB"[sum%11]
	case len(s) == 9 && digits(s):
		for i, w := range uenCompanyWeights {
			sum += w * int(s[i]-'0')
		}
		return "ZKCMDNERGWH"[sum%11]
	case len(s) == 9 && (s[0] == 'R' || s[0] == 'S' || s[0] == 'T') && digits(s[1:3]) && letters(s[3:4]) && alphanumeric(s[4:5]) && digits(s[5:]):
		for i, w := range uenOtherWeights {
			v := strings.IndexByte(uenAlphabet, s[i])
			if v < 0 {
				return 0
			}
			sum += w * v
		}
		return uenAlphabet[(sum+6)%11]
	}
	return 0
}
