package warehouse

import (
	"context"
	"fmt"

	"oneorder/internal/trade"
)

// PlaceSaid is a place as events say it, with what archive made of it when it stored them.
type PlaceSaid struct {
	UNLOCODE, Facility, Territory string
	Country                       string
	Unknown                       bool // flagged unknown_place
	Own                           bool // by the event's own account, whatever the tables say
	Events                        uint64
}

// PlacesSaid lists the places that events say.
func (w *Warehouse) PlacesSaid(ctx context.Context) (list []PlaceSaid, err error) {
	err = w.rowsOf(ctx, "places_said", func(scan func(...any) error) error {
		var p PlaceSaid
		var unknown, own uint8
		if err := scan(&p.UNLOCODE, &p.Facility, &p.Territory, &p.Country, &unknown, &own, &p.Events); err != nil {
			return err
		}
		p.Unknown, p.Own = unknown != 0, own != 0
		list = append(list, p)
		return nil
	})
	return list, err
}

// RateFixed is a rate of exchange as an event reports it: how many of the second currency of the pair are one of the first.
type RateFixed struct{ Day, Pair, Rate, Org string }

// RatesFixed lists the rates that standing events report, by time.
func (w *Warehouse) RatesFixed(ctx context.Context) (list []RateFixed, err error) {
	err = w.rowsOf(ctx, "rates_fixed", func(scan func(...any) error) error {
		var r RateFixed
		if err := scan(&r.Day, &r.Pair, &r.Rate, &r.Org); err != nil {
			return err
		}
		list = append(list, r)
		return nil
	})
	return list, err
}

// enrichedAtOnce bounds the places of one mutation, so that its text stays far below what the server takes.
const enrichedAtOnce = 1000

const saidKey = "concat(unlocode, '\\0', JSONExtractString(payload, 'data', 'place', 'facility'), '\\0', territory)"

// Reenrich writes another country and another flag unknown_place to the stored events that say one of the places. It may be done again.
// Nobody may write to events_all meanwhile.
func (w *Warehouse) Reenrich(ctx context.Context, list []PlaceSaid) error {
	order := (^trade.Flags(0)).Names()
	for len(list) > 0 {
		part := list[:min(len(list), enrichedAtOnce)]
		list = list[len(part):]
		var keys, countries []string
		unknown := []string{""} // of no place
		for i := range part {
			p := &part[i]
			key := p.UNLOCODE + "\x00" + p.Facility + "\x00" + p.Territory
			keys, countries = append(keys, key), append(countries, p.Country)
			if p.Unknown {
				unknown = append(unknown, key)
			}
		}
		err := w.Exec(ctx, `ALTER TABLE events_all UPDATE
    country = transform(`+saidKey+`, @keys, @countries, toString(country)),
    flags = if(position(payload, 'unknown_place') > 0, flags,
        arraySort(f -> indexOf(@order, f), if(`+saidKey+` IN (@unknown),
            arrayDistinct(arrayPushBack(flags, 'unknown_place')), arrayFilter(f -> f != 'unknown_place', flags))))
WHERE `+saidKey+` IN (@keys) SETTINGS mutations_sync = 2`,
			named("keys", keys), named("countries", countries), named("order", order), named("unknown", unknown))
		if err != nil {
			return fmt.Errorf("enrich stored events: %w", err)
		}
	}
	return nil
}
