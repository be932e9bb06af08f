// Package identifier knows the numbers of cross-border trade: their normal form, which joining compares,
// and their validity, by the standard that rules each.
//
// A validity function takes a number in normal form and gives nil, an error that is ErrForm (the text
// cannot be such a number) or one that is ErrCheckDigit (it could be, but its check digit fails; many real
// numbers do, so that this is flagged and never refused).
package identifier

import (
	"errors"
	"fmt"
)

// What can be wrong with a number, for errors.Is.
var (
	ErrForm       = errors.New("malformed")
	ErrCheckDigit = errors.New("check digit fails")
)

func form(want string) error  { return fmt.Errorf("%w: want %s", ErrForm, want) }
func check(rule string) error { return fmt.Errorf("%w (%s)", ErrCheckDigit, rule) }

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

func alphanumeric(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
