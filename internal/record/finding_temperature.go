package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// reading is the temperature in a container, or of the goods where it names none.
type reading struct {
	box     string
	celsius int64 // by 10^4
	rank    rank
	at      int64
}

// cold is the temperature that the goods are to be kept at.
type cold struct {
	celsius int64 // by 10^4
	rank    rank
}

// examineTemperature keeps readings, and what the bill, the booking or the stuffing say that the temperature shall be.
func (b *Builder) examineTemperature(e *trade.Event, x extent, r rank, at int64) {
	celsius, err := e.Data.TemperatureC.Scaled()
	if err != nil {
		return
	}
	box := ""
	for i := range e.Data.Equipment {
		if q := &e.Data.Equipment[i]; q.Kind == trade.Container && (box == "" || q.Number < box) {
			box = q.Number
		}
	}
	switch e.Type {
	case trade.TemperatureRead:
		b.examined.readings = append(b.examined.readings, reading{b.own(box), celsius, r, at})
		return
	case trade.TitleIssued:
		r.standing = 3
	case trade.BookingConfirmed:
		r.standing = 2
	case trade.EquipmentStuffed:
		r.standing = 1
	default:
		return
	}
	if held := &b.examined.cold; !x.shared && b.beats(r, held.rank) {
		*held = cold{celsius, r}
	}
}

// temperatureFindings looks for two readings of one container in a row that are off what the goods are to be kept at: one alone may be
// a door or defrosting. Each container is found once, at its first breach.
func (b *Builder) temperatureFindings(list []trade.Finding) []trade.Finding {
	set := &b.examined.cold
	if set.rank.class == 0 || len(b.examined.readings) < 2 {
		return list
	}
	readings := b.examined.readings
	slices.SortFunc(readings, func(x, y reading) int {
		return cmp.Or(cmp.Compare(x.box, y.box), cmp.Compare(x.at, y.at), b.compare(x.rank, y.rank))
	})
	off := func(r *reading) bool {
		return float64(max(r.celsius-set.celsius, set.celsius-r.celsius)) > b.tolerances().TemperatureC*10_000
	}
	var found *reading // the last breach
	for i := 1; i < len(readings); i++ {
		before, r := &readings[i-1], &readings[i]
		if before.box != r.box || before.at == r.at || found != nil && found.box == r.box || !off(before) || !off(r) {
			continue
		}
		found = r
		wanted, is := string(trade.DecimalOf(set.celsius)), string(trade.DecimalOf(r.celsius))
		list = append(list, trade.Finding{
			Code: trade.FoundTemperatureBreach, Severity: trade.Critical, About: r.box, Others: []trade.EventKey{b.keyOf(before.rank.by)}, Sides: [2]trade.Side{
				b.side(set.rank.by, "to be kept at "+wanted+" °C", wanted, unitCelsius),
				b.side(r.rank.by, is+" °C at "+moment(r.at)+", for the second time", is, unitCelsius),
			},
		})
	}
	return list
}
