package standard

import (
	"errors"
	"slices"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// maxNumber is how long a number may be, in bytes.
const maxNumber = 512

// Draft is the data of an event that an adapter is filling in. It brings numbers into their normal form, drops
// what stands for none, keeps to the limits of an event, and gathers the flags of what looks wrong. The zero
// Draft is ready.
type Draft struct {
	Data       trade.Data
	Flags      trade.Flags
	KnownPlace func(unlocode string) bool // as in Options; may be nil
}

// Refer adds a number of the consignment that the event is about, once. It says whether the number now stands
// there just as it was written; one that does not belongs into the detail too.
func (d *Draft) Refer(kind trade.Kind, written, issuer string) bool {
	return d.add(&d.Data.References, trade.MaxReferences, kind, written, issuer)
}

// Cover adds a number of a consignment that the event applies to. It says whether the number now stands there
// just as it was written.
func (d *Draft) Cover(kind trade.Kind, written, issuer string) bool {
	return d.add(&d.Data.Covers, trade.MaxCovers, kind, written, issuer)
}

// Replace adds a number that the event's number of the same kind takes the place of. It says whether the number
// now stands there just as it was written.
func (d *Draft) Replace(kind trade.Kind, written, issuer string) bool {
	return d.add(&d.Data.Replaces, trade.MaxReferences, kind, written, issuer)
}

func (d *Draft) add(list *[]trade.Reference, most int, kind trade.Kind, written, issuer string) bool {
	if written == "" {
		return false
	}
	if !sound(written) || !sound(issuer) {
		d.Flags |= trade.FlagIdentifierInvalid
		return false
	}
	r, flags := identifier.NormalReference(trade.Reference{Kind: kind, Value: written, Issuer: issuer})
	d.Flags |= flags
	switch {
	case r.Value == "" || !sound(r.Value) || !sound(r.Issuer):
		return false
	case !slices.Contains(*list, r):
		if len(*list) >= most {
			return false
		}
		*list = append(*list, r)
	}
	return r == trade.Reference{Kind: kind, Value: written, Issuer: issuer}
}

// sound says whether a text may stand as a number: not too long, no control characters. It may be empty.
func sound(s string) bool {
	return len(s) <= maxNumber && !strings.ContainsFunc(s, func(c rune) bool { return c < 0x20 || c == 0x7f })
}

// Equip adds a container, wagon, truck or unit load device, once, and gives it for more to be said of it; nil
// when the number is none. A container whose form or check digit fails is flagged and kept, one that no container can
// have is flagged.
func (d *Draft) Equip(kind trade.EquipmentKind, written string) *trade.Equipment {
	if written == "" {
		return nil
	}
	if !sound(written) {
		d.Flags |= trade.FlagIdentifierInvalid
		return nil
	}
	number := identifier.NormalContainer(written)
	if i := slices.IndexFunc(d.Data.Equipment, func(q trade.Equipment) bool { return q.Kind == kind && q.Number == number }); i >= 0 {
		return &d.Data.Equipment[i]
	}
	switch {
	case identifier.Placeholder(number):
		d.Flags |= trade.FlagPlaceholder
		return nil
	case kind == trade.Container && !identifier.PossibleContainer(number):
		d.Flags |= trade.FlagIdentifierInvalid
		return nil
	case number == "" || !sound(number) || len(d.Data.Equipment) >= trade.MaxEquipment:
		return nil
	case kind == trade.Container && identifier.Container(number) != nil:
		d.Flags |= trade.FlagIdentifierInvalid
	}
	d.Data.Equipment = append(d.Data.Equipment, trade.Equipment{Kind: kind, Number: number})
	return &d.Data.Equipment[len(d.Data.Equipment)-1]
}

// Locode brings a UN/LOCODE into its normal form, five characters without space, and flags one that the place table
// does not have. What is malformed is flagged likewise and gives "", as does what stands for none.
func (d *Draft) Locode(written string) string {
	if !sound(written) {
		return ""
	}
	code := d.code(written, identifier.UNLOCODE, trade.FlagUnknownPlace)
	if code != "" && d.KnownPlace != nil && !d.KnownPlace(code) {
		d.Flags |= trade.FlagUnknownPlace
	}
	return code
}

// Harmonised brings a code of the Harmonized System into its normal form, digits alone. One that can be none is flagged
// and gives "", as does what stands for none; it belongs into the detail, as does one that was written otherwise.
func (d *Draft) Harmonised(written string) string {
	return d.code(written, identifier.HS, trade.FlagIdentifierInvalid)
}

// code brings a code into its normal form, without separators. What stands for none is flagged and gives "", as does what
// is not valid, with that flag.
func (d *Draft) code(written string, valid func(string) error, invalid trade.Flags) string {
	if written == "" {
		return ""
	}
	code := identifier.NormalContainer(written)
	switch {
	case identifier.Placeholder(code):
		d.Flags |= trade.FlagPlaceholder
		return ""
	case valid(code) != nil:
		d.Flags |= invalid
		return ""
	}
	return code
}

// Country brings a country of ISO 3166-1 into its normal form, two capitals. What stands for none and what is no code
// is flagged and gives ""; one that nobody has been given stays, for a reader to flag.
func (d *Draft) Country(written string) string {
	if written == "" {
		return ""
	}
	code := identifier.NormalCountry(written)
	switch {
	case code == "":
		d.Flags |= trade.FlagPlaceholder
	case errors.Is(identifier.Country(code), identifier.ErrForm):
		d.Flags |= trade.FlagUnknownCode
		return ""
	}
	return code
}

// Organisation brings an organisation's number into its normal form. One that its kind cannot have is flagged and
// becomes one of another kind; one without a number is none.
func (d *Draft) Organisation(id trade.PartyID) trade.PartyID {
	id = identifier.NormalPartyID(id)
	if id.Value == "" {
		return trade.PartyID{}
	}
	if identifier.ImpossibleParty(id) {
		d.Flags |= trade.FlagIdentifierInvalid
		id.Kind = "other"
	}
	return id
}

// maxParties is how many parties are kept of one event.
const maxParties = 64

// Involve adds a party, once, its number and country in their normal forms, and says whether it stands among the
// event's; one without number and name is none.
func (d *Draft) Involve(p trade.Party) bool {
	p.ID, p.Country = d.Organisation(p.ID), d.Country(p.Country)
	switch {
	case p.ID.Value == "" && p.Name == "":
		return false
	case slices.Contains(d.Data.Parties, p):
		return true
	case len(d.Data.Parties) >= maxParties:
		return false
	}
	d.Data.Parties = append(d.Data.Parties, p)
	return true
}

// Subject is what a reader of the event's envelope is told: the one container of the event, else its first
// reference; "" when it has neither.
func (d *Draft) Subject() string {
	switch {
	case len(d.Data.Equipment) == 1:
		return d.Data.Equipment[0].Number
	case len(d.Data.References) > 0:
		return d.Data.References[0].Value
	}
	return ""
}

// RemarkedFlags are the flags that an adapter writes into the detail of an event. An unknown place is not among
// them: it depends on the place table, and the same document must make the same event under every table.
func (d *Draft) RemarkedFlags() []string { return (d.Flags &^ trade.FlagUnknownPlace).Names() }
