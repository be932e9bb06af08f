package warehouse

// Readable is a table or view that an organisation may read.
type Readable struct {
	Name       string
	Rows       string // condition for its rows, where it has one of its own; empty: as the tables below it
	Dictionary bool   // it is a dictionary, and may be looked up in
}

// ownChains is the condition for a row of one of an organisation's chains: chains has a condition itself.
const ownChains = "chain_id IN (SELECT chain_id FROM oneorder.chains FINAL)"

// noRows is the condition for a table that counts everybody's chains, where a view that may be asked reads it.
const noRows = "0"

// ReadableBy lists what an organisation may read: the chains in which it reported, their events and numbers, and what it sent
// itself. What is not in the list has no such rows (corridor_daily counts all chains) or would show the keys of others, as
// chain_numbers says. The conditions hold in the database oneorder.
func ReadableBy(org string) []Readable {
	partOf, sent := "has(orgs, '"+org+"')", "org = '"+org+"'"
	list := []Readable{
		{Name: "chains", Rows: partOf},
		{Name: "chain_changes", Rows: partOf},
		{Name: "chain_events", Rows: ownChains},
		{Name: "chain_apart", Rows: ownChains},
		{Name: "chain_apart_of", Rows: ownChains},
		{Name: "chain_timeline_of", Rows: ownChains},
		{Name: "chain_numbers", Rows: ownChains},
		{Name: "chain_findings", Rows: ownChains},
		{Name: "events_all", Rows: sent + " OR event_key IN (SELECT event_key FROM oneorder.chain_events FINAL)" +
			" OR event_key IN (SELECT event_key FROM oneorder.chain_apart)"},
		{Name: "event_heads"}, // identities and digests only
		{Name: "event_flags"}, // identities and remarks only
		{Name: "unattributed_events", Rows: sent},
		{Name: "rejected_events", Rows: sent},
	}
	for _, table := range referenceTables {
		list = append(list, Readable{Name: table}) // nobody's
	}
	for _, name := range Dictionaries() {
		list = append(list, Readable{Name: name, Dictionary: true})
	}
	for _, rollup := range [...]string{"corridor_rollup", "cold_chain_stored", "node_dwell_stored", "origin_preference_stored", "publisher_quality_stored", "span_rollup", "leg_emissions_stored"} {
		list = append(list, Readable{Name: rollup, Rows: noRows}) // so the views count the organisation's own chains
	}
	// Rows of single chains, as of the last refresh.
	for _, table := range [...]string{"open_chains_stored", "discrepancies_stored", "import_boxes_stored", "export_boxes_stored"} {
		list = append(list, Readable{Name: table, Rows: partOf})
	}
	for _, view := range [...]string{
		"boxes_are_stored", "chain", "chain_as_of", "chain_members", "chain_spans", "chain_timeline", "chains_are_many", "cold_chain", "cold_chain_live", "corridor_compare", "corridor_finance", "corridor_summary", "corridor_transit", "counted_from",
		"customs_clearance", "demurrage_detention", "demurrage_detention_export", "demurrage_spans", "demurrage_spans_export", "demurrage_summary", "demurrage_summary_export", "discrepancies", "discrepancies_live", "emissions", "events", "export_boxes_live", "finance_cycle", "import_boxes_live", "leg_emissions", "leg_transit", "node_dwell", "node_dwell_live", "open_chains", "open_chains_live", "origin_preference",
		"origin_preference_live", "overdue", "publisher_quality", "publisher_quality_live",
		"stuck_chains", "time_release", "title_turnaround",
	} {
		list = append(list, Readable{Name: view})
	}
	return list
}
