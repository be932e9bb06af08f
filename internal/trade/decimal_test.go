package trade_test

import (
	"math/big"
	"testing"

	"oneorder/internal/trade"
)

// FuzzDecimal holds Scaled equal to exact arithmetic, and DecimalOf to what Scaled reads.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"125000.50", "-0.00005", "00012", "99999999999999.99995", "99999999999999.9999", "-1", "1.", ".5", "1e3", "", "-", "0.12345", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := trade.Decimal(s).Scaled()
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is read as %d", s, got)
		}
		// Half away from zero is never further than half.
		distance := new(big.Rat).Sub(exact.Mul(exact, big.NewRat(10_000, 1)), new(big.Rat).SetInt64(got))
		if distance.Abs(distance).Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("%q is read as %d", s, got)
		}
		if again, err := trade.DecimalOf(got).Scaled(); err != nil || again != got {
			t.Fatalf("%d is written as %s, which is read as %d, %v", got, trade.DecimalOf(got), again, err)
		}
	})
}
