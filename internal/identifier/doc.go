// Package identifier knows the numbers of cross-border trade: their normal form, which joining compares,
// and their validity, by the standard that rules each.
//
// A validity function takes a number in normal form and gives nil, an error that is ErrForm (the text
// cannot be such a number), one that is ErrCheckDigit (it could be, but its check digit fails; many real
// numbers do, so that this is flagged and never refused) or one that is ErrUnlisted (it has the form of a code that
// nobody has given, or not yet: flagged as well). The text of the error says what would be right.
package identifier

import (
	"errors"
	"fmt"
)

// What can be wrong with a number, for errors.Is.
var (
	ErrForm       = errors.New("malformed")
	ErrCheckDigit = errors.New("check digit fails")
	ErrUnlisted   = errors.New("not in the list")
)

func form(want string) error     { return fmt.Errorf("%w: want %s", ErrForm, want) }
func check(rule string) error    { return fmt.Errorf("%w (%s)", ErrCheckDigit, rule) }
func unlisted(list string) error { return fmt.Errorf("%w of %s", ErrUnlisted, list) }

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
