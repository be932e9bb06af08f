package warehouse

import (
	"time"

	"oneorder/internal/trade"
)

// AliasRow says that an id leads to a chain.
type AliasRow struct {
	Alias     string
	Chain     string
	Kind      trade.Kind // of the number that makes the id, or KindNumber; KindChain: the chain has or had it
	FoundedOn time.Time  // of the chain
	Version   uint64
}

// ChainAliases is a block of chain_aliases.
type ChainAliases struct {
	chainRows
	alias fixed
	kind  codes
}

// NewChainAliases makes an empty block of chain_aliases.
func NewChainAliases() *ChainAliases {
	b := &ChainAliases{}
	b.init("chain_aliases")
	b.column("alias", &b.alias)
	b.column("kind", &b.kind)
	return b
}

// Append says that the id leads to the chain at this version.
func (b *ChainAliases) Append(row *AliasRow) { b.add(row, 0) }

// Delete says that the id no longer leads to the chain at this version.
func (b *ChainAliases) Delete(row *AliasRow) { b.add(row, 1) }

func (b *ChainAliases) add(row *AliasRow, deleted uint8) {
	b.of(row.Chain, row.FoundedOn, row.Version, deleted)
	b.chainID(&b.alias, row.Alias)
	b.kind.append(string(row.Kind))
	b.n++
}
