package warehouse

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// chainTables are the tables that chain alone writes, those of which each version of chain has its own.
var chainTables = []string{"chains", "chain_events", "chain_references", "chain_aliases", "apart_events", "chain_stays", "findings", "unattributed_events", "event_flags"}

// shadowName is what the name of a second version of chain may be.
var shadowName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// ShadowTable names the table in which a second version of chain, of this name, has its rows.
func ShadowTable(table, name string) string { return table + "__" + name }

// ValidShadow says whether a second version of chain can have this name.
func ValidShadow(name string) bool { return shadowName.MatchString(name) }

// Shadow sends the block's rows to the table of a second version of chain.
func (b *rows) Shadow(name string) { b.table = ShadowTable(b.table, name) }

// CreateShadow makes the tables of a second version of chain, as the first one's are; those that are there stay.
func (w *Warehouse) CreateShadow(ctx context.Context, name string) error {
	return w.eachShadow(ctx, name, "CREATE TABLE IF NOT EXISTS `%[2]s` AS `%[1]s`")
}

// DropShadow removes the tables of a second version of chain.
func (w *Warehouse) DropShadow(ctx context.Context, name string) error {
	return w.eachShadow(ctx, name, "DROP TABLE IF EXISTS `%[2]s` SYNC")
}

// ExchangeShadow lets the tables of a second version of chain and the first one's change places, each at once, and begins a
// history of the chains as they are then. What chain_changes had stays, as what could be seen until now.
func (w *Warehouse) ExchangeShadow(ctx context.Context, name string) error {
	if err := w.eachShadow(ctx, name, "EXCHANGE TABLES `%[1]s` AND `%[2]s`"); err != nil {
		return err
	}
	// The number of the new history is in chain_changes, which comes last.
	for _, query := range [...]string{"begin_event_history", "begin_apart_history", "begin_stay_history", "begin_history"} {
		text, err := statement(query)
		if err != nil {
			return err
		}
		if err := w.Exec(ctx, strings.Replace(text, "@shadow", "`"+ShadowTable("chains", name)+"`", 1)); err != nil {
			return fmt.Errorf("begin the history of the new chains: %w", err)
		}
	}
	return nil
}

func (w *Warehouse) eachShadow(ctx context.Context, name, statement string) error {
	if !ValidShadow(name) {
		return fmt.Errorf("name %q of a second version: want 1 to 30 lower-case letters, digits and _, a letter first", name)
	}
	for _, table := range chainTables {
		if err := w.Exec(ctx, fmt.Sprintf(statement, table, ShadowTable(table, name))); err != nil {
			return fmt.Errorf("table %s: %w", ShadowTable(table, name), err)
		}
	}
	return nil
}
