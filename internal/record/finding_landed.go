package record

import (
	"slices"
	"strconv"

	"oneorder/internal/trade"
)

// tally is what somebody counted, at a place.
type tally struct {
	country  string
	packages uint64
	boxes    extract // in the examination's boxes
	rank     rank
	at       int64
}

// listing is the containers that a manifest lists for this consignment alone, in a customs territory.
type listing struct {
	territory string
	boxes     extract
	rank      rank
}

// unloading is a container that was taken off a conveyance under a number of the consignment's.
type unloading struct {
	box, country string
	rank         rank
	at           int64
}

// examineTally keeps what was counted when the goods were unpacked or received.
func (b *Builder) examineTally(e *trade.Event, x extent, r rank, at int64) {
	d, out := e.Data, &b.examined
	country := b.countryOf(&d.Place)
	if e.Type == trade.EquipmentDischarged && x.own && !x.shared && country != "" {
		for i := range d.Equipment {
			if q := &d.Equipment[i]; q.Kind == trade.Container && q.Number != "" {
				out.unloadings = append(out.unloadings, unloading{b.own(q.Number), country, r, at})
			}
		}
	}
	if x.shared || country == "" {
		return
	}
	t := tally{country: country, rank: r, at: at}
	if t.packages, _ = quantity(d.Goods); t.packages == 0 {
		return
	}
	t.boxes = b.keepBoxes(d)
	out.tallies = append(out.tallies, t)
}

func (b *Builder) examineListing(e *trade.Event, x extent, r rank) {
	territory := b.tables.Territory(e.Data.Customs.Territory)
	if x.shared || !x.own || territory == "" {
		return
	}
	if boxes := b.keepBoxes(e.Data); boxes.from < boxes.to {
		b.examined.listings = append(b.examined.listings, listing{b.own(territory), boxes, r})
	}
}

// keepBoxes keeps the containers of an event.
func (b *Builder) keepBoxes(d *trade.Data) extract {
	out := &b.examined
	kept := extract{from: len(out.boxes)}
	for i := range d.Equipment {
		if q := &d.Equipment[i]; q.Kind == trade.Container && q.Number != "" {
			out.boxes = append(out.boxes, b.own(q.Number))
		}
	}
	kept.to = len(out.boxes)
	return kept
}

func (b *Builder) countryOf(p *trade.Place) string {
	return b.tables.Country(b.tables.Locate(p.UNLOCODE, p.Facility))
}

// landedFindings holds what was counted in the country of destination against the bill. Of several tallies of one box, or of loose
// goods, the latest counts. Fewer packages are only missing once the goods are delivered and every box of
// the bill is counted: until then the rest may follow.
func (b *Builder) landedFindings(list []trade.Finding) []trade.Finding {
	list = b.unmanifestedFindings(list)
	bill := b.manifest(onBill)
	country := b.tables.Country(b.chain.Destination)
	if len(b.examined.tallies) == 0 || bill == nil || bill.packages == 0 || country == "" || country == b.tables.Country(b.chain.Origin) {
		return list
	}
	var landed uint64
	var last *tally
	var stand []*tally
	counted := make([]string, 0, 4)
	loose := false
	for i := range b.examined.tallies {
		t := &b.examined.tallies[i]
		if t.country != country || b.talliedAgain(t) {
			continue
		}
		stand = append(stand, t)
		landed += t.packages
		boxes := b.examined.boxes[t.boxes.from:t.boxes.to]
		counted = append(counted, boxes...)
		loose = loose || len(boxes) == 0
		if last == nil || t.at > last.at || t.at == last.at && b.beats(t.rank, last.rank) {
			last = t
		}
	}
	if last == nil || landed == bill.packages || loose && len(counted) > 0 {
		return list
	}
	var others []trade.EventKey
	for _, t := range stand {
		if t != last {
			others = append(others, b.keyOf(t.rank.by))
		}
	}
	code := trade.FoundOverLanded
	if landed < bill.packages {
		code = trade.FoundShortLanded
		for _, number := range b.chain.Containers {
			if !loose && !slices.Contains(counted, number) {
				return list
			}
		}
		if !b.examined.deliveries.known() {
			return list
		}
	}
	slices.SortFunc(others, compareKeys)
	return append(list, trade.Finding{Code: code, Severity: trade.Warning, Others: others, Sides: [2]trade.Side{
		b.side(bill.rank.by, strconv.FormatUint(bill.packages, 10)+" packages on the bill", strconv.FormatUint(bill.packages, 10), unitPackages),
		b.side(last.rank.by, strconv.FormatUint(landed, 10)+" packages landed", strconv.FormatUint(landed, 10), unitPackages),
	}})
}

// talliedAgain says whether a later tally counts the same: one of its boxes, or loose goods.
func (b *Builder) talliedAgain(t *tally) bool {
	boxes := b.examined.boxes[t.boxes.from:t.boxes.to]
	return slices.ContainsFunc(b.examined.tallies, func(o tally) bool {
		if o.rank.by == t.rank.by || o.country != t.country || o.at < t.at || o.at == t.at && !b.beats(o.rank, t.rank) {
			return false
		}
		others := b.examined.boxes[o.boxes.from:o.boxes.to]
		return len(boxes) == 0 && len(others) == 0 || slices.ContainsFunc(boxes, func(n string) bool { return slices.Contains(others, n) })
	})
}

// unmanifestedFindings looks for a container that was unloaded in a customs territory to which manifests of the consignment
// list others, and not it.
func (b *Builder) unmanifestedFindings(list []trade.Finding) []trade.Finding {
	for i := range b.examined.unloadings {
		u := &b.examined.unloadings[i]
		territory := b.tables.Territory(u.country)
		var by *listing
		is := false
		for j := range b.examined.listings {
			l := &b.examined.listings[j]
			if l.territory != territory {
				continue
			}
			if by == nil || b.beats(l.rank, by.rank) {
				by = l
			}
			is = is || slices.Contains(b.examined.boxes[l.boxes.from:l.boxes.to], u.box)
		}
		if by == nil || is {
			continue
		}
		boxes := slices.Clone(b.examined.boxes[by.boxes.from:by.boxes.to])
		slices.Sort(boxes)
		list = append(list, trade.Finding{Code: trade.FoundUnmanifested, Severity: trade.Critical, About: u.box, Sides: [2]trade.Side{
			b.side(by.rank.by, listed(boxes)+" on the manifest", listed(boxes), unitContainer),
			b.side(u.rank.by, u.box+" unloaded at "+moment(u.at), u.box, unitContainer),
		}})
	}
	return list
}
