package record

import (
	"cmp"
	"slices"

	"oneorder/internal/trade"
)

// sealing is a container seen with a seal.
type sealing struct {
	box, seal string
	rank      rank
	at        int64
}

// reseal is a time at which a container may have got another seal: it was changed on the record, or somebody inspected
// the goods.
type reseal struct {
	box string // empty: of any container
	at  int64
}

// examineSeals keeps the seals of the containers that somebody looked at.
func (b *Builder) examineSeals(d *trade.Data, r rank, at int64) {
	for i := range d.Equipment {
		if q := &d.Equipment[i]; q.Kind == trade.Container && q.Seal != "" && q.Number != "" && q.State != trade.Empty {
			b.examined.seals = append(b.examined.seals, sealing{b.own(q.Number), b.own(q.Seal), r, at})
		}
	}
}

func (b *Builder) examineReseal(d *trade.Data, at int64) {
	if len(d.Equipment) == 0 {
		b.examined.reseals = append(b.examined.reseals, reseal{at: at})
	}
	for i := range d.Equipment {
		b.examined.reseals = append(b.examined.reseals, reseal{b.own(d.Equipment[i].Number), at})
	}
}

// sealFindings looks for a container that was seen with one seal and then with another, when nobody said between that
// it was opened: somebody was at the goods.
func (b *Builder) sealFindings(list []trade.Finding) []trade.Finding {
	seals := b.examined.seals
	slices.SortFunc(seals, func(x, y sealing) int {
		return cmp.Or(cmp.Compare(x.box, y.box), cmp.Compare(x.at, y.at), cmp.Compare(x.seal, y.seal), b.compare(x.rank, y.rank))
	})
	for i := 1; i < len(seals); i++ {
		before, after := &seals[i-1], &seals[i]
		if before.box != after.box || before.seal == after.seal || before.at == after.at {
			continue
		}
		opened := slices.ContainsFunc(b.examined.reseals, func(r reseal) bool {
			return (r.box == "" || r.box == before.box) && r.at >= before.at && r.at <= after.at
		})
		if !opened {
			list = append(list, trade.Finding{Code: trade.FoundSealChanged, Severity: trade.Critical, About: before.box, Sides: [2]trade.Side{
				b.side(before.rank.by, before.box+" with seal "+before.seal+" at "+moment(before.at), before.seal, unitSeal),
				b.side(after.rank.by, after.box+" with seal "+after.seal+" at "+moment(after.at), after.seal, unitSeal),
			}})
		}
	}
	return list
}
