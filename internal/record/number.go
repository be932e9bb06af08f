package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// number is a reference of the record.
type number struct {
	ref     trade.Reference
	order   int16 // of the kind
	shared  bool  // every event that names it names several of its role
	rank    rank  // of the report that it is from, of those that name it
	several bool  // several events name it
}

// addReferences adds the event's own numbers and those they take the place of.
func (b *Builder) addReferences(d *trade.Data, x extent, r rank) {
	for i := range d.References {
		shared := x.several != otherNumber && roleOf(d.References[i].Kind) == x.several
		b.addReference(&d.References[i], shared, r)
	}
	for i := range d.Replaces {
		b.addReference(&d.Replaces[i], x.several != otherNumber && roleOf(d.Replaces[i].Kind) == x.several, r)
	}
}

func (b *Builder) addReference(r *trade.Reference, shared bool, from rank) {
	for i := range b.references {
		n := &b.references[i]
		if n.ref.Value == r.Value && n.ref.Kind == r.Kind && n.ref.Issuer == r.Issuer {
			if n.shared && !shared {
				n.shared = false
				b.stale |= staleReferences
			}
			n.several = n.several || n.rank.by != from.by
			if b.beats(from, n.rank) {
				n.rank = from
			}
			return
		}
	}
	order := r.Kind.Order()
	kind := trade.Kind("")
	if order >= 0 {
		kind = kindList[order]
	} else {
		order = len(kindList)
		kind = trade.Kind(b.own(string(r.Kind)))
	}
	b.references = append(b.references, number{
		ref:   trade.Reference{Kind: kind, Value: b.own(r.Value), Issuer: b.own(r.Issuer)},
		order: int16(order), shared: shared, rank: from, // few kinds
	})
	b.stale |= staleReferences
}

var kindList = trade.Kinds()

// makeReferences lists the numbers in the order of kinds, value, issuer.
func (b *Builder) makeReferences() []trade.Reference {
	slices.SortFunc(b.references, func(x, y number) int {
		if c := cmp.Compare(x.order, y.order); c != 0 {
			return c
		}
		if c := cmp.Compare(x.ref.Kind, y.ref.Kind); c != 0 {
			return c
		}
		if c := cmp.Compare(x.ref.Value, y.ref.Value); c != 0 {
			return c
		}
		return cmp.Compare(x.ref.Issuer, y.ref.Issuer)
	})
	list := empty(b, b.chain.References, len(b.references))
	for i := range b.references {
		n := &b.references[i]
		if n.shared && slices.ContainsFunc(b.references, func(o number) bool { return !o.shared && o.ref.Kind == n.ref.Kind }) {
			continue
		}
		list = append(list, n.ref)
	}
	return list
}

// box is a container of the record.
type box struct {
	number  string
	isoType word
	rank    rank // of the report that it is from, of those that name it
	loose   bool // every event that names it names several containers and none of the consignment's own numbers
}

func (b *Builder) addContainers(d *trade.Data, x extent, r rank) {
	n := len(d.Transfer.From) + len(d.Transfer.To)
	for i := range d.Equipment {
		if d.Equipment[i].Kind == trade.Container {
			n++
		}
	}
	if n == 0 {
		return
	}
	loose := x.shared || !x.own && n > 1 && len(d.Transfer.To) == 0
	for i := range d.Equipment {
		if d.Equipment[i].Kind == trade.Container {
			b.addContainer(d.Equipment[i].Number, d.Equipment[i].ISOType, loose, r)
		}
	}
	for _, number := range d.Transfer.From {
		b.addContainer(number, "", loose, r)
	}
	for _, number := range d.Transfer.To {
		b.addContainer(number, "", loose, r)
	}
}

func (b *Builder) addContainer(number, isoType string, loose bool, r rank) {
	for i := range b.containers {
		if c := &b.containers[i]; c.number == number {
			if c.loose && !loose {
				c.loose = false
				b.stale |= staleContainers
			}
			if b.beats(r, c.rank) {
				c.rank = r
			}
			if b.say(&c.isoType, r, isoType) {
				b.stale |= staleContainers
			}
			return
		}
	}
	b.containers = append(b.containers, box{number: b.own(number), loose: loose, rank: r})
	b.say(&b.containers[len(b.containers)-1].isoType, r, isoType)
	b.stale |= staleContainers
}

func (b *Builder) makeContainers() []string {
	firm := slices.ContainsFunc(b.containers, func(c box) bool { return !c.loose })
	list := empty(b, b.chain.Containers, len(b.containers))
	for i := range b.containers {
		if !firm || !b.containers[i].loose {
			list = append(list, b.containers[i].number)
		}
	}
	slices.Sort(list)
	return list
}

func (b *Builder) makeOrgs() []string {
	list := empty(b, b.chain.Orgs, len(b.sources))
	for i := range b.sources {
		if org := b.sources[i].org; b.sources[i].reports && org != "" && !slices.Contains(list, org) {
			list = append(list, org)
		}
	}
	slices.Sort(list)
	return list
}

// party is an organisation in a role, with the report it is from.
type party struct {
	rank  rank
	party trade.Party
}

func (b *Builder) addParties(d *trade.Data, r rank) {
	for i := range d.Parties {
		p := &d.Parties[i]
		r.standing = 0
		if p.Name != "" {
			r.standing += 2
		}
		if p.Country != "" {
			r.standing++
		}
		b.addParty(p, r)
	}
}

func (b *Builder) addParty(p *trade.Party, r rank) {
	for i := range b.parties {
		held := &b.parties[i]
		if held.party.Role != p.Role || held.party.ID != p.ID || p.ID.Value == "" && held.party.Name != p.Name {
			continue
		}
		// Two of one event that differ in what the rank can't see: the greater text, so that their order is nothing.
		better := b.fuller(r, held.rank)
		if r == held.rank {
			better = cmp.Or(cmp.Compare(p.Name, held.party.Name), cmp.Compare(p.Country, held.party.Country)) > 0
		}
		if !better {
			return
		}
		held.rank = r
		if held.party.Name != p.Name {
			held.party.Name = b.own(p.Name)
			b.stale |= staleParties
		}
		if held.party.Country != p.Country {
			held.party.Country = b.own(p.Country)
			b.stale |= staleParties
		}
		return
	}
	b.parties = append(b.parties, party{rank: r, party: trade.Party{
		Role: b.own(p.Role), Name: b.own(p.Name), Country: b.own(p.Country),
		ID: trade.PartyID{Kind: b.own(p.ID.Kind), Value: b.own(p.ID.Value)},
	}})
	b.stale |= staleParties
}

// fuller is beats with the standing first: a report with a name over one without, whoever made it.
func (b *Builder) fuller(a, held rank) bool {
	if a.standing != held.standing {
		return a.standing > held.standing
	}
	return b.beats(a, held)
}

func (b *Builder) makeParties() []trade.Party {
	list := empty(b, b.chain.Parties, len(b.parties))
	for i := range b.parties {
		p := &b.parties[i].party
		if p.ID.Value == "" && slices.ContainsFunc(b.parties, func(o party) bool {
			return o.party.ID.Value != "" && o.party.Role == p.Role && o.party.Name == p.Name
		}) {
			continue
		}
		list = append(list, *p)
	}
	slices.SortFunc(list, func(x, y trade.Party) int {
		return cmp.Or(cmp.Compare(x.Role, y.Role), cmp.Compare(x.ID.Kind, y.ID.Kind),
			cmp.Compare(x.ID.Value, y.ID.Value), cmp.Compare(x.Name, y.Name))
	})
	return list
}
