package record

import "oneorder/internal/trade"

// controlled is what the customs of one territory did in one direction.
type controlled struct {
	control   control
	territory string // of the event, else its place's country; may be empty
	direction string // import, export, or empty
	at        stamp
}

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
	i := 0
	for i < len(b.controls) && (b.controls[i].control != k || b.controls[i].territory != territory || b.controls[i].direction != direction) {
		i++
	}
	if i == len(b.controls) {
		b.controls = append(b.controls, controlled{control: k, territory: b.own(territory), direction: b.own(direction)})
	}
	if b.offer(&b.controls[i].at, r, at) {
		b.stale |= staleMilestones
	}
}

// markCustoms fills in the milestones of export at the origin and of import at the destination.
func (b *Builder) markCustoms(c *trade.Chain) {
	var export, imports [controlCount]stamp
	from := b.tables.Territory(b.tables.Country(c.Origin))
	to := b.tables.Territory(b.tables.Country(c.Destination))
	for i := range b.controls {
		k := &b.controls[i]
		direction := k.direction
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
