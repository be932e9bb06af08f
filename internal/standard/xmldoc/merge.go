package xmldoc

import (
	"oneorder/internal/trade"
)

// mergeGoods makes one item of all those of one HS code, origin, basis, currency and kind of package, with their sums:
// so the goods of thousands of items fit into an event, and still add up to the whole. It gives none where a
// sum would not.
func mergeGoods(items []trade.Goods) []trade.Goods {
	type kind struct{ hs, origin, basis, currency, packages string }
	at := make(map[kind]int)
	var merged []trade.Goods
	for _, g := range items {
		k := kind{g.HS, g.Origin, g.Basis, g.Value.Currency, g.PackageKind}
		i, have := at[k]
		if !have {
			at[k] = len(merged)
			merged = append(merged, g)
			continue
		}
		m := &merged[i]
		if uint64(m.Packages)+uint64(g.Packages) >= 1<<32 || !add(&m.GrossKG, g.GrossKG) || !add(&m.NetKG, g.NetKG) || !add(&m.Value.Amount, g.Value.Amount) {
			return nil
		}
		m.Packages += g.Packages
	}
	return merged
}

// add adds b to a, and says whether the sum is a decimal still. A number that one of them lacks is not known of
// both: then the sum is of what is known.
func add(a *trade.Decimal, b trade.Decimal) bool {
	if b == "" {
		return true
	}
	if *a == "" {
		*a = b
		return true
	}
	x, errX := a.Scaled()
	y, errY := b.Scaled()
	const most = 1_000_000_000_000_000_000
	if sum := x + y; errX == nil && errY == nil && sum < most && sum > -most {
		*a = trade.DecimalOf(sum)
		return true
	}
	return false
}
