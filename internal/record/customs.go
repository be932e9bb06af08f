package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// controlled is what the customs of one territory did in one direction.
type controlled struct {
	control   control
	territory string // of the event, else its place's country; may be empty
	direction string // import, export, or empty
	number    string // of a declaration, where the event does not say the direction: another event of the declaration may
	at        stamp
}

// bound says in which direction a declaration is.
type bound struct{ number, direction string }

func (b *Builder) addControl(d *trade.Data, k control, r rank, at int64) {
	territory := d.Customs.Territory
	if territory == "" {
		territory = b.tables.Country(b.tables.Locate(d.Place.UNLOCODE, d.Place.Facility))
	}
	territory = b.tables.Territory(territory)
	direction := d.Customs.Direction
	if direction == "transit" {
		return
	}
	c := controlled{control: k, territory: territory, direction: direction}
	named := false
	if direction == "" { // an answer of customs, which names the declaration
		for i := range d.References {
			if d.References[i].Kind == trade.Declaration {
				c.number, named = d.References[i].Value, true
				b.offerControl(c, r, at)
			}
		}
	}
	if !named {
		b.offerControl(c, r, at)
	}
}

func (b *Builder) offerControl(c controlled, r rank, at int64) {
	i := slices.IndexFunc(b.controls, func(o controlled) bool {
		return o.control == c.control && o.territory == c.territory && o.direction == c.direction && o.number == c.number
	})
	if i < 0 {
		i = len(b.controls)
		b.controls = append(b.controls, controlled{control: c.control, territory: b.own(c.territory), direction: b.own(c.direction), number: b.own(c.number)})
	}
	if b.offer(&b.controls[i].at, r, at) {
		b.stale |= staleMilestones
	}
}

// addBound keeps the direction of the declarations that the event names.
func (b *Builder) addBound(d *trade.Data) {
	if d.Customs.Direction != "import" && d.Customs.Direction != "export" {
		return
	}
	for i := range d.References {
		if r := &d.References[i]; r.Kind == trade.Declaration && !slices.Contains(b.bounds, bound{r.Value, d.Customs.Direction}) {
			b.bounds = append(b.bounds, bound{b.own(r.Value), b.own(d.Customs.Direction)})
			b.stale |= staleMilestones
		}
	}
}

// directionOf gives the direction of a declaration, if all that say one say the same.
func (b *Builder) directionOf(number string) (direction string) {
	for i := range b.bounds {
		switch o := &b.bounds[i]; {
		case o.number != number || number == "":
		case direction != "" && direction != o.direction:
			return ""
		default:
			direction = o.direction
		}
	}
	return direction
}

// markCustoms fills in the milestones of export at the origin and of import at the destination.
func (b *Builder) markCustoms(c *trade.Chain) {
	var export, imports [controlCount]stamp
	from := b.tables.Territory(b.tables.Country(c.Origin))
	to := b.tables.Territory(b.tables.Country(c.Destination))
	for i := range b.controls {
		k := &b.controls[i]
		direction := cmp.Or(k.direction, b.directionOf(k.number))
		if direction == "" && k.territory != "" && from != to {
			switch k.territory {
			case from:
				direction = "export"
			case to:
				direction = "import"
			}
		}
		switch {
		case direction == "export" && (from == "" || k.territory == "" || k.territory == from):
			b.offer(&export[k.control], k.at.rank, k.at.at)
		case direction == "import" && (to == "" || k.territory == "" || k.territory == to):
			b.offer(&imports[k.control], k.at.rank, k.at.at)
		}
	}
	b.marks[trade.ExportLodged] = first(export[lodged], export[accepted])
	b.marks[trade.ExportCleared] = first(export[cleared], export[released], export[exited])
	b.marks[trade.ImportLodged] = first(imports[lodged], imports[accepted])
	b.marks[trade.ImportReleased] = imports[released]
	b.marks[trade.ImportCleared] = imports[cleared]
}

// first gives the first stamp that is known: they stand in the order of their standing.
func first(stamps ...stamp) stamp {
	for _, s := range stamps {
		if s.known() {
			return s
		}
	}
	return stamp{}
}
