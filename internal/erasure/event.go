package erasure

import "oneorder/internal/trade"

// Event takes what is on the list out of a decoded event, and says whether there was any. Of a party whose name or identity is on
// it, or that holds, may claim or finances a document, the role and country stay and nothing else; of any other text, what is around
// it. The event's new texts do not alias what it was decoded from.
func (l *List) Event(e *trade.Event) bool {
	if l.Len() == 0 {
		return false
	}
	found := l.within(&e.Subject)
	d := e.Data
	if d == nil {
		return found
	}
	for i := range d.Parties {
		found = l.party(&d.Parties[i]) || found
	}
	for _, id := range [...]*trade.PartyID{&d.Document.Holder, &d.Document.Beneficiary, &d.Finance.Financier} {
		if _, is := l.Text(id.Value); is {
			*id, found = trade.PartyID{}, true
		}
	}
	for i := range d.Goods {
		found = l.within(&d.Goods[i].Description) || found
	}
	found = l.within(&d.Place.Name) || found
	found = l.within(&d.Transport.Name) || found
	if len(d.Detail) > 0 {
		detail, is := l.json(d.Detail)
		d.Detail, found = detail, found || is
	}
	return found
}

func (l *List) party(p *trade.Party) bool {
	_, name := l.Text(p.Name)
	_, id := l.Text(p.ID.Value)
	if name || id {
		p.Name, p.ID = Marker, trade.PartyID{}
	}
	return name || id
}

func (l *List) within(text *string) bool {
	erased, found := l.Text(*text)
	*text = erased
	return found
}

// Faults takes what is on the list out of what is said of a refused message.
func (l *List) Faults(faults trade.Faults) bool {
	found := false
	for i := range faults {
		found = l.within(&faults[i].Value) || found
		found = l.within(&faults[i].Message) || found
	}
	return found
}
