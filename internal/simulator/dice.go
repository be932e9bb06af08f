package simulator

import "math/rand/v2"

// dice are the random choices of one deal. They depend on seed and deal only, so that deals can be planned
// one after another without keeping anything of those before.
type dice struct {
	pcg rand.PCG
	*rand.Rand
}

func newDice() *dice {
	d := new(dice)
	d.Rand = rand.New(&d.pcg) //nolint:gosec // reproducible on purpose
	return d
}

func (d *dice) reseed(seed, stream uint64) { d.pcg.Seed(mix(seed), mix(stream+0x51ed270b)) }

func (d *dice) chance(p float64) bool { return d.Float64() < p }

// between is a whole number from low to high, both included.
func (d *dice) between(low, high int64) int64 { return low + d.Int64N(high-low+1) }

func pick[T any](d *dice, list []T) *T { return &list[d.IntN(len(list))] }

// mix is a bijection that leaves no visible order (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
