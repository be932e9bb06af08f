package warehouse

import (
	"context"

	"oneorder/internal/trade"
)

// Suggestion is a number that begins as somebody typed, and of how many chains it is: of up to 200 numbers looked at.
type Suggestion struct {
	trade.Reference
	Chains uint64
}

// Suggest gives the first numbers that begin with what was typed, in the forms of Lookup: of the chains that org reported of, or
// of all if it is "". With fewer than three characters there are none.
func (w *Warehouse) Suggest(ctx context.Context, typed, org string, most int) ([]Suggestion, error) {
	forms := numbersOf(typed)
	var all []Suggestion
	// The last form is the one without spaces and dashes, under which documents and containers stand.
	for i := len(forms) - 1; i >= 0 && len(all) < most; i-- {
		from := forms[i]
		if len(from) < 3 {
			continue
		}
		err := w.rowsOf(ctx, "suggestions", func(scan func(...any) error) error {
			var s Suggestion
			var kind string
			if err := scan(&s.Value, &kind, &s.Issuer, &s.Chains); err != nil {
				return err
			}
			s.Kind = trade.Kind(kind)
			all = append(all, s)
			return nil
		}, named("from", from), named("until", from+"\U0010FFFF"), named("org", org), named("most", most-len(all)))
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
