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

// HeadingsSaid lists what goods of events say of the Harmonized System: headings of four digits, and what is shorter.
func (w *Warehouse) HeadingsSaid(ctx context.Context) (list []string, err error) {
	err = w.rowsOf(ctx, "hs_said", func(scan func(...any) error) error {
		var heading string
		var events uint64
		err := scan(&heading, &events)
		list = append(list, heading)
		return err
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

// RemarkHeadings writes the flag unknown_hs to the stored events of goods of one of the headings, and takes it from all others. It
// gives how many events it changed. It may be done again. Nobody may write to events_all meanwhile.
func (w *Warehouse) RemarkHeadings(ctx context.Context, unknown []string) (changed uint64, err error) {
	unknown = append([]string{"-"}, unknown...) // an empty list has no type
	err = w.rowsOf(ctx, "hs_otherwise", func(scan func(...any) error) error { return scan(&changed) }, named("unknown", unknown))
	if err != nil || changed == 0 {
		return 0, err
	}
	err = w.Exec(ctx, `ALTER TABLE events_all UPDATE
    flags = arraySort(f -> indexOf(@order, f), if(has(flags, 'unknown_hs'), arrayFilter(f -> f != 'unknown_hs', flags), arrayPushBack(flags, 'unknown_hs')))
WHERE position(payload, '"hs":') > 0
    AND hasAny(arrayMap(g -> substring(g.1, 1, 4), JSONExtract(payload, 'data', 'goods', 'Array(Tuple(hs String))')), @unknown) != has(flags, 'unknown_hs')
SETTINGS mutations_sync = 2`, named("unknown", unknown), named("order", (^trade.Flags(0)).Names()))
	if err != nil {
		return 0, fmt.Errorf("remark goods of stored events: %w", err)
	}
	return changed, nil
}
