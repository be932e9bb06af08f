package identifier

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"oneorder/internal/trade"
)

// NormalReference gives the number in the form that joining compares, and what is to be remarked on it.
//
// Value and issuer are in upper case, full-width characters folded, trimmed. Documents, declarations and
// permits lose space, hyphen, slash and full stop; all other kinds keep them, since their numbers differ by
// them. A placeholder gives the zero Reference and FlagPlaceholder. A number in the form of an MRN becomes a
// declaration, whatever kind it came as, flagged FlagRekinded; the issuer named for the other kind did not
// give it, and falls away. The issuer is the one code of its company (see Issuers).
//
// It is idempotent, and allocates nothing for a number already in normal form, whose strings it returns.
func NormalReference(r trade.Reference) (trade.Reference, trade.Flags) {
	var flags trade.Flags
	strip, known := spelling(r.Kind)
	if !known {
		flags |= trade.FlagUnknownKind
	}
	r.Value = normal(r.Value, strip)
	if Placeholder(r.Value) {
		return trade.Reference{}, flags | trade.FlagPlaceholder
	}
	if r.Issuer != "" {
		r.Issuer = normal(r.Issuer, false)
		if Placeholder(r.Issuer) {
			r.Issuer = ""
			flags |= trade.FlagPlaceholder
		} else {
			r.Issuer = Issuer(r.Issuer)
		}
	}
	if len(r.Value) == 18 && r.Value[0] <= '9' && mrnForm(r.Value) {
		if r.Kind != trade.Declaration {
			r.Kind, r.Issuer = trade.Declaration, ""
			flags |= trade.FlagRekinded
			flags &^= trade.FlagUnknownKind
		}
	}
	if doubtful(r) {
		flags |= trade.FlagIdentifierInvalid
	}
	return r, flags
}

// doubtful says whether a number in normal form looks like one of a scheme whose rule it then breaks: an air waybill or
// MRN whose check digit fails, a declaration of 18 digits that is none of China's, which has no check digit but tells
// year and direction, a payment's UETR that is no UUID of version 4. Numbers of other schemes are as they may be.
func doubtful(r trade.Reference) bool {
	switch r.Kind {
	case trade.AirWaybill, trade.MasterAirWaybill:
		return len(r.Value) == 11 && errors.Is(AWB(r.Value), ErrCheckDigit)
	case trade.Declaration:
		return len(r.Value) == 18 && (digits(r.Value) && ChinaDeclaration(r.Value) != nil || errors.Is(MRN(r.Value), ErrCheckDigit))
	case trade.Payment:
		return uuidLayout(r.Value) && !uuid4(r.Value, 'A')
	default:
		return false
	}
}

// NormalContainer gives the number of a container (or of a wagon, truck or unit load device) in normal form:
// upper case, full-width folded, without space, hyphen, slash and full stop. It may be a placeholder. It
// allocates nothing for a number already in normal form.
func NormalContainer(s string) string { return normal(s, true) }

// NormalCountry gives a country or customs territory in normal form, two capitals; "" for N/A, which stands for none: NA
// itself is Namibia.
func NormalCountry(s string) string {
	code := NormalContainer(s)
	if code == "NA" && normal(s, false) != code {
		return ""
	}
	return code
}

// spelling says whether numbers of the kind are compared without separators, and whether the kind is known.
func spelling(k trade.Kind) (strip, known bool) {
	switch k {
	case trade.BL, trade.HouseBL, trade.MasterBL, trade.AirWaybill, trade.HouseAirWaybill,
		trade.MasterAirWaybill, trade.ConsignmentNote, trade.Declaration, trade.Permit:
		return true, true
	case trade.Invoice, trade.CertificateOfOrigin, trade.Certificate, trade.PackingList, trade.DeliveryOrder,
		trade.WarehouseReceipt, trade.UCR, trade.Shipment, trade.OneOrder, trade.Booking, trade.PurchaseOrder,
		trade.Contract, trade.LetterOfCredit, trade.Collection, trade.Loan, trade.InsurancePolicy,
		trade.Payment, trade.Licence, trade.Manifest:
		return false, true
	}
	return false, false
}

// Character classes of the fast path.
const (
	plain     = iota // stays as it is
	separator        // space - / . : stays, but for kinds compared without separators
	changing         // lower case, control, or beyond ASCII
)

var characters = func() (t [256]uint8) {
	for c := range t {
		if c < 0x20 || c >= 'a' && c <= 'z' || c >= 0x7f {
			t[c] = changing
		}
	}
	for _, c := range " -/." {
		t[c] = separator
	}
	return t
}()

// normal returns s itself when it is already normal.
func normal(s string, strip bool) string {
	var seen uint8
	for i := 0; i < len(s); i++ {
		seen |= characters[s[i]]
	}
	switch {
	case seen == plain,
		seen == separator && !strip && s[0] != ' ' && s[len(s)-1] != ' ':
		return s
	}
	return spell(s, strip)
}

// spell is the long way of normal. A byte that is no UTF-8 becomes U+FFFD, or dropping a separator could make
// a character of the bytes around it.
func spell(s string, strip bool) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		i += size
		c = upper(c)
		if strip && (c == '-' || c == '/' || c == '.' || unicode.IsSpace(c)) {
			continue
		}
		b = utf8.AppendRune(b, c)
	}
	return strings.TrimSpace(string(b))
}

// upper folds a full-width character (U+FF01 to U+FF5E, and the ideographic space) into ASCII and gives its
// upper case.
func upper(c rune) rune {
	switch {
	case c >= 'a' && c <= 'z':
		return c - 'a' + 'A'
	case c < utf8.RuneSelf:
		return c
	case c >= 0xFF01 && c <= 0xFF5E:
		return upper(c - 0xFF01 + '!')
	case c == 0x3000:
		return ' '
	}
	return unicode.ToUpper(c)
}
