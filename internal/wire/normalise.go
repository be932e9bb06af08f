package wire

import (
	"bytes"

	"github.com/segmentio/encoding/json"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// normalise brings the numbers into the form they are joined by, drops placeholders, and flags.
func normalise(e *trade.Event) {
	if e.Data == nil {
		return
	}
	v := e.Data
	v.References = normaliseReferences(v.References, &e.Flags)
	v.Covers = normaliseReferences(v.Covers, &e.Flags)
	v.Replaces = normaliseReferences(v.Replaces, &e.Flags)
	v.Equipment = normaliseEquipment(v.Equipment, &e.Flags)
	v.Transfer.From = normaliseBoxes(v.Transfer.From, &e.Flags)
	v.Transfer.To = normaliseBoxes(v.Transfer.To, &e.Flags)
	if v.Transport.Mode == trade.Sea && v.Transport.Conveyance != "" && identifier.IMO(v.Transport.Conveyance) != nil {
		e.Flags |= trade.FlagIdentifierInvalid
	}
	v.Transport.From = normaliseCode(v.Transport.From, &e.Flags)
	v.Transport.To = normaliseCode(v.Transport.To, &e.Flags)
	v.Place.UNLOCODE = normaliseCode(v.Place.UNLOCODE, &e.Flags)
	for i := range v.Parties {
		p := &v.Parties[i]
		p.ID = normaliseParty(p.ID, &e.Flags)
		p.Country = normaliseCountry(identifier.Country, p.Country, &e.Flags)
	}
	for i := range v.Goods {
		g := &v.Goods[i]
		g.HS = normaliseCode(g.HS, &e.Flags)
		g.Origin = normaliseCountry(identifier.Country, g.Origin, &e.Flags)
		known(g.Value, &e.Flags)
	}
	known(v.Amount, &e.Flags)
	known(v.Terms.Freight, &e.Flags)
	known(v.Terms.Insurance, &e.Flags)
	v.Document.Holder = normaliseParty(v.Document.Holder, &e.Flags)
	v.Document.Beneficiary = normaliseParty(v.Document.Beneficiary, &e.Flags)
	v.Finance.Financier = normaliseParty(v.Finance.Financier, &e.Flags)
	v.Customs.Territory = normaliseCountry(identifier.Territory, v.Customs.Territory, &e.Flags)
	if len(v.Detail) > 0 {
		e.Flags |= convertedFlags(v.Detail)
	}
}

func normaliseEquipment(list []trade.Equipment, flags *trade.Flags) []trade.Equipment {
	kept := list[:0]
	for _, q := range list {
		q.Number = identifier.NormalContainer(q.Number)
		if identifier.Placeholder(q.Number) {
			*flags |= trade.FlagPlaceholder
			continue
		}
		if q.Kind == trade.Container && identifier.Container(q.Number) != nil {
			*flags |= trade.FlagIdentifierInvalid
		}
		kept = append(kept, q)
	}
	clear(list[len(kept):])
	return kept
}

func normaliseBoxes(numbers []string, flags *trade.Flags) []string {
	kept := numbers[:0]
	for _, number := range numbers {
		if number = identifier.NormalContainer(number); identifier.Placeholder(number) {
			*flags |= trade.FlagPlaceholder
			continue
		}
		kept = append(kept, number)
	}
	clear(numbers[len(kept):])
	return kept
}

// normaliseCode spells a code that may be a placeholder: a UN/LOCODE or an HS code.
func normaliseCode(s string, flags *trade.Flags) string {
	if s == "" {
		return ""
	}
	if s = identifier.NormalContainer(s); identifier.Placeholder(s) {
		*flags |= trade.FlagPlaceholder
		return ""
	}
	return s
}

// normaliseCountry spells a country or customs territory, drops a placeholder, and flags one that nobody has given.
func normaliseCountry(valid func(string) error, s string, flags *trade.Flags) string {
	if s == "" {
		return ""
	}
	switch s = identifier.NormalCountry(s); {
	case s == "":
		*flags |= trade.FlagPlaceholder
	case valid(s) != nil:
		*flags |= trade.FlagUnknownCode
	}
	return s
}

func normaliseParty(id trade.PartyID, flags *trade.Flags) trade.PartyID {
	if id.Value == "" {
		return id
	}
	if id = identifier.NormalPartyID(id); identifier.PartyID(id) != nil {
		*flags |= trade.FlagIdentifierInvalid
	}
	return id
}

// known flags an amount in a currency that there is not.
func known(m trade.Money, flags *trade.Flags) {
	if m.Currency != "" && identifier.Currency(m.Currency) != nil {
		*flags |= trade.FlagUnknownCode
	}
}

// convertedFlags gives the flags that an adapter left in data.detail.conversion.flags: what looked wrong in
// the document and does not show in the event.
func convertedFlags(detail []byte) trade.Flags {
	if !bytes.Contains(detail, []byte(`"conversion"`)) {
		return 0
	}
	var d struct {
		Conversion struct {
			Flags []string `json:"flags"`
		} `json:"conversion"`
	}
	if json.Unmarshal(detail, &d) != nil {
		return 0 // somebody else's member of that name
	}
	return trade.FlagsNamed(d.Conversion.Flags)
}

func normaliseReferences(refs []trade.Reference, flags *trade.Flags) []trade.Reference {
	kept := refs[:0]
	for _, r := range refs {
		normal, f := identifier.NormalReference(r)
		*flags |= f
		if normal.Value != "" {
			kept = append(kept, normal)
		}
	}
	clear(refs[len(kept):])
	return kept
}
