package identifier

import (
	"strings"

	"oneorder/internal/trade"
)

// Conveyance gives the name under which joining knows a conveyance: its kind and its number in normal form,
// such as vessel:9793911, train:X8001-20260911, flight:SQ7843-20260911, truck:渝A12345. A ship goes by its IMO
// number whatever mode is said; the mode tells the others apart. It gives "" where there is no number, or a
// placeholder.
func Conveyance(mode, number string) string {
	number = NormalContainer(number)
	if Placeholder(number) {
		return ""
	}
	if imo := strings.TrimPrefix(number, "IMO"); IMO(imo) == nil {
		return "vessel:" + imo
	}
	switch mode {
	case trade.Sea, trade.Barge:
		return "vessel:" + number
	case trade.Rail:
		return "train:" + number
	case trade.Road:
		return "truck:" + number
	case trade.Air:
		return "flight:" + number
	}
	return "conveyance:" + number
}
