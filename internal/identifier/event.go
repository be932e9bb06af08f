package identifier

import (
	"errors"
	"strconv"

	"oneorder/internal/trade"
)

// Impossible gives a fault for each number and code of the event that cannot be what it stands as. Numbers are read in
// their normal form, so that neither case nor separators matter. It allocates nothing for an event without fault.
func Impossible(e *trade.Event) trade.Faults {
	if e.Data == nil {
		return nil
	}
	c := checking{}
	d := e.Data
	for i := range d.Equipment {
		if q := &d.Equipment[i]; q.Kind == trade.Container && !containerForm(q.Number) {
			c.box("/data/equipment/"+strconv.Itoa(i)+"/number", q.Number)
		}
	}
	c.boxes("/data/transfer/from", d.Transfer.From)
	c.boxes("/data/transfer/to", d.Transfer.To)
	c.code(UNLOCODE, "/data/transport/from", d.Transport.From)
	c.code(UNLOCODE, "/data/transport/to", d.Transport.To)
	c.code(UNLOCODE, "/data/place/unlocode", d.Place.UNLOCODE)
	for i := range d.Parties {
		p := &d.Parties[i]
		if impossibleParty(p.ID) == nil && (p.Country == "" || Country(p.Country) == nil) {
			continue
		}
		at := "/data/parties/" + strconv.Itoa(i)
		c.party(at+"/id", p.ID)
		c.letters(Country, at+"/country", p.Country)
	}
	for i := range d.Goods {
		g := &d.Goods[i]
		if (g.HS == "" || HS(g.HS) == nil) && (g.Origin == "" || Country(g.Origin) == nil) {
			continue
		}
		at := "/data/goods/" + strconv.Itoa(i)
		c.code(HS, at+"/hs", g.HS)
		c.letters(Country, at+"/origin", g.Origin)
	}
	c.party("/data/document/holder", d.Document.Holder)
	c.party("/data/document/beneficiary", d.Document.Beneficiary)
	c.letters(Territory, "/data/customs/territory", d.Customs.Territory)
	c.party("/data/finance/financier", d.Finance.Financier)
	return c.faults
}

type checking struct{ faults trade.Faults }

func (c *checking) add(pointer, value string, want error) {
	c.faults = c.faults.With(trade.Fault{Code: "identifier_malformed", Pointer: pointer, Value: trade.Quote(value), Message: wanted(want)})
}

// wanted is what would be right: the error without what it begins with.
func wanted(err error) string { return err.Error()[len(ErrForm.Error()+": want "):] }

func (c *checking) boxes(pointer string, numbers []string) {
	for i, number := range numbers {
		if !containerForm(number) {
			c.box(pointer+"/"+strconv.Itoa(i), number)
		}
	}
}

func (c *checking) box(pointer, number string) {
	if n := NormalContainer(number); n != "" && !Placeholder(n) && !PossibleContainer(n) {
		c.add(pointer, number, errContainerForm)
	}
}

// PossibleContainer says whether a number in normal form can be of a container of any kind. DCSA and SMDG allow those that
// are not of ISO 6346 (DCSA equipmentReference: up to 15 characters), such as shippers' own, so that only what nobody
// can have meant is impossible: several numbers in one, no digit at all, or a number of ISO 6346 that lost digits or
// got some too many.
func PossibleContainer(s string) bool {
	if len(s) > 15 || !alphanumeric(s) || letters(s) {
		return false
	}
	if len(s) > 4 && letters(s[:3]) && (s[3] == 'U' || s[3] == 'J' || s[3] == 'Z') && digits(s[4:]) {
		n := len(s) - 4
		return n < 5 || n == 7 || n > 9
	}
	return true
}

// code checks a code that is compared without separators, and of which a placeholder is dropped.
func (c *checking) code(valid func(string) error, pointer, value string) {
	if value == "" || valid(value) == nil {
		return
	}
	if n := NormalContainer(value); !Placeholder(n) {
		if err := valid(n); errors.Is(err, ErrForm) {
			c.add(pointer, value, err)
		}
	}
}

// letters checks a code of letters, which may look like a placeholder: NA is Namibia.
func (c *checking) letters(valid func(string) error, pointer, value string) {
	if value == "" || valid(value) == nil {
		return
	}
	if err := valid(NormalContainer(value)); errors.Is(err, ErrForm) {
		c.add(pointer, value, err)
	}
}

func (c *checking) party(pointer string, id trade.PartyID) {
	if err := impossibleParty(id); err != nil {
		c.add(pointer+"/value", id.Value, err)
	}
}

// PartyID says whether an organisation's number in normal form is valid; of kinds whose rule we do not know it always
// is.
func PartyID(id trade.PartyID) error {
	switch id.Kind {
	case "lei":
		return LEI(id.Value)
	case "uscc":
		return USCC(id.Value)
	case "uen":
		return UEN(id.Value)
	}
	return nil
}

// ImpossibleParty says whether the organisation's number cannot be of its kind.
func ImpossibleParty(id trade.PartyID) bool { return impossibleParty(id) != nil }

func impossibleParty(id trade.PartyID) error {
	if id.Value == "" {
		return nil
	}
	if err := PartyID(id); err == nil || !errors.Is(err, ErrForm) {
		return nil
	}
	if err := PartyID(NormalPartyID(id)); errors.Is(err, ErrForm) {
		return err
	}
	return nil
}

// NormalPartyID gives an organisation's number in normal form: an LEI, USCC or UEN as NormalContainer spells it, others
// as they are. It allocates nothing for a number already in normal form.
func NormalPartyID(id trade.PartyID) trade.PartyID {
	switch id.Kind {
	case "lei", "uscc", "uen":
		id.Value = NormalContainer(id.Value)
	}
	return id
}
