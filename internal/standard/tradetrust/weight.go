package tradetrust

import (
	"strconv"
	"strings"

	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// kilograms reads a weight as people write it: 450 Kg, 1,200.5 KGS, 20 MT. Without a unit it is in the one given; ""
// when that is "" too, or the text is no weight.
func kilograms(text, unit string) trade.Decimal {
	text = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), ",", ""))
	end := strings.IndexFunc(text, func(c rune) bool { return (c < '0' || c > '9') && c != '.' })
	if end >= 0 {
		unit = strings.Trim(text[end:], " .")
		text = text[:end]
	}
	thousand := false
	switch unit {
	case "KG", "KGS", "KGM", "KILOGRAM", "KILOGRAMS":
	case "MT", "MTS", "TNE", "T", "TON", "TONS", "TONNE", "TONNES":
		thousand = true
	default:
		return ""
	}
	weight := trade.Decimal(text)
	n, err := weight.Scaled()
	if err != nil || text == "" {
		return ""
	}
	if !thousand {
		return weight
	}
	if n > 1<<52 {
		return ""
	}
	return scaled(n * 1000)
}

// scaled writes a number of ten-thousandths.
func scaled(n int64) trade.Decimal {
	whole, fraction := n/10_000, n%10_000
	text := strconv.FormatInt(whole, 10)
	if fraction != 0 {
		text += strings.TrimRight("."+strconv.FormatInt(10_000+fraction, 10)[1:], "0")
	}
	return trade.Decimal(text)
}

// sum adds up a weight of several packages; "" when one of them has none.
func sum(list []*jsondoc.Object, name string) trade.Decimal {
	var total int64
	for _, o := range list {
		weight := kilograms(textOf(o, name), "")
		if weight == "" {
			return ""
		}
		n, _ := weight.Scaled()
		if total += n; total > 1<<60 {
			return ""
		}
	}
	if total == 0 {
		return ""
	}
	return scaled(total)
}
