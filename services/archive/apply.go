package archive

import (
	"context"
	"slices"

	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// Applied says what new reference data changed in what is stored.
type Applied struct {
	Places  int    `json:"places"`  // that stored events say
	Changed int    `json:"changed"` // of which the tables say something else now
	Events  uint64 `json:"events"`  // that were written again for it, in all their copies
	Goods   uint64 `json:"goods"`   // events of which the remark on the HS codes of their goods was written again
}

// Apply makes the stored events say what the tables of the configuration do: the country of their place, whether they know it, and whether
// they know the headings of the goods.
// Nobody may run as archive meanwhile: it takes the record from whoever does.
func Apply(ctx context.Context, c Config) (a Applied, err error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return a, err
	}
	if err := c.Stream.Interrupt(ctx, c.Reader); err != nil {
		return a, err
	}
	said, err := c.Warehouse.PlacesSaid(ctx)
	if err != nil {
		return a, err
	}
	a.Places = len(said)
	var other []warehouse.PlaceSaid
	seen := make(map[warehouse.PlaceSaid]bool)
	for _, p := range said {
		enriched := c.Tables.Enrich(&trade.Event{Data: &trade.Data{
			Place: trade.Place{UNLOCODE: p.UNLOCODE, Facility: p.Facility}, Customs: trade.Customs{Territory: p.Territory},
		}})
		unknown := enriched.Flags&trade.FlagUnknownPlace != 0
		if enriched.Country == p.Country && (unknown == p.Unknown || p.Own) {
			continue
		}
		a.Events += p.Events
		now := warehouse.PlaceSaid{UNLOCODE: p.UNLOCODE, Facility: p.Facility, Territory: p.Territory, Country: enriched.Country, Unknown: unknown}
		if !seen[now] {
			seen[now] = true
			other = append(other, now)
		}
	}
	a.Changed = len(other)
	if err := c.Warehouse.Reenrich(ctx, other); err != nil {
		return a, err
	}
	unknown, err := c.Warehouse.HeadingsSaid(ctx)
	if err != nil {
		return a, err
	}
	unknown = slices.DeleteFunc(unknown, c.Tables.KnowsHS)
	a.Goods, err = c.Warehouse.RemarkHeadings(ctx, unknown)
	return a, err
}
