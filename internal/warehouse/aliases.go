package warehouse

import (
	"time"

	"github.com/ClickHouse/ch-go/proto"

	"oneorder/internal/trade"
)

// AliasRow says that an id leads to a chain.
type AliasRow struct {
	Alias     string
	Chain     string
	Kind      trade.Kind // of the number that makes the id; KindChain: the chain has or had it
	FoundedOn time.Time  // of the chain
	Version   uint64
}

// ChainAliases is a block of chain_aliases.
type ChainAliases struct {
	rows
	alias, id fixed
	kind      codes
	founded   proto.ColUInt16
	version   proto.ColUInt64
	deleted   proto.ColUInt8
}

// NewChainAliases makes an empty block of chain_aliases.
func NewChainAliases() *ChainAliases {
	b := &ChainAliases{rows: newRows("chain_aliases")}
	b.column("alias", &b.alias)
	b.column("chain_id", &b.id)
	b.column("kind", &b.kind)
	b.column("founded_on", as{&b.founded, "Date"})
	b.column("version", &b.version)
	b.column("is_deleted", &b.deleted)
	return b
}

// Append says that the id leads to the chain at this version.
func (b *ChainAliases) Append(row *AliasRow) { b.add(row, 0) }

// Delete says that the id no longer leads to the chain at this version.
func (b *ChainAliases) Delete(row *AliasRow) { b.add(row, 1) }

func (b *ChainAliases) add(row *AliasRow, deleted uint8) {
	b.chainID(&b.alias, row.Alias)
	b.chainID(&b.id, row.Chain)
	b.kind.append(string(row.Kind))
	b.founded = append(b.founded, day(row.FoundedOn))
	b.version = append(b.version, row.Version)
	b.deleted = append(b.deleted, deleted)
	b.n++
}
