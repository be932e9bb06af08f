package dcsa

import (
	"strings"
	"unicode"
)

// The patterns that the OpenAPI definitions of DCSA give for strings.

// platforms are the codes of the eBL platforms.
var platforms = []string{
	"WAVE", "CARX", "ESSD", "IDT", "BOLE", "EDOX", "IQAX", "SECR", "TRGO", "ETEU", "TRAC", "BRIT", "COVA", "ETIT", "KTNE",
	"CRED", "BLOC", "DOCU", "AEOT", "SGTD",
}

// of is the pattern of so many characters of one kind.
func of(least, most int, kind func(byte) bool) func(string) bool {
	return func(s string) bool {
		if len(s) < least || len(s) > most {
			return false
		}
		for i := range len(s) {
			if !kind(s[i]) {
				return false
			}
		}
		return true
	}
}

func isDigit(c byte) bool   { return c >= '0' && c <= '9' }
func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }
func isHex(c byte) bool     { return isDigit(c) || c >= 'a' && c <= 'f' }

// isTrimmed says that no space is at either end, and that there is something between.
func isTrimmed(s string) bool { return s != "" && strings.TrimSpace(s) == s }

// isSolid says that there is no space in it, and that it is not empty.
func isSolid(s string) bool { return s != "" && !strings.ContainsFunc(s, unicode.IsSpace) }

func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && isSolid(s[at+1:])
}

func isLocode(s string) bool {
	if len(s) != 5 || !isCapital(s[0]) || !isCapital(s[1]) {
		return false
	}
	for i := 2; i < 5; i++ {
		if !isCapital(s[i]) && (s[i] < '2' || s[i] > '9') {
			return false
		}
	}
	return true
}

// isVoyageReference is a universal voyage reference: 2103N.
func isVoyageReference(s string) bool {
	if len(s) != 5 || !isDigit(s[0]) || !isDigit(s[1]) {
		return false
	}
	return (isDigit(s[2]) || isCapital(s[2])) && (isDigit(s[3]) || isCapital(s[3])) && strings.IndexByte("NEWSR", s[4]) >= 0
}

// isServiceReference is a universal service reference: SR12345A.
func isServiceReference(s string) bool {
	return len(s) == 8 && s[:2] == "SR" && of(5, 5, isDigit)(s[2:7]) && isCapital(s[7])
}

// isCompactJWS says that it has the three parts of a JWS in compact serialisation (RFC 7515, 7.1).
func isCompactJWS(s string) bool {
	parts := 1
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if parts++; i == 0 || s[i-1] == '.' {
				return false
			}
		case !isDigit(c) && !isCapital(c) && (c < 'a' || c > 'z') && c != '_' && c != '-':
			return false
		}
	}
	return parts == 3 && s[len(s)-1] != '.'
}
