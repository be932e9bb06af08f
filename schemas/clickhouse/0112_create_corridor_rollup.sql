-- The measures of the corridors, counted anew every minute by corridor_rollup_refresh: what the views show where there are more chains
-- than counted_from says, which they could not count within a second each time they are asked.
--
-- Counts and sums are exact as of refreshed_at. Quantiles are states of quantilesDD: within 0.5 % of the span at the rank asked for,
-- whatever is merged with what. Different containers are within 1 % (uniqCombined64).
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY the slice, then its keys. Two slices in one table,
-- since both are counted in one reading of the chains. index_granularity 256: a row has kilobytes of states. No partition, no TTL: it is
-- as large as the corridors and days are many.
-- +goose Up
CREATE TABLE IF NOT EXISTS corridor_rollup
(
    slice LowCardinality(String) COMMENT 'ends: one row for each corridor, ends and modes; day: one for each corridor and day of departure',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE; empty in slice day',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE; empty in slice day',
    mode_path LowCardinality(String) COMMENT 'Modes in order of travel, such as rail>sea; empty in slice day',
    day Date COMMENT 'Day of departure, UTC, in slice day; 1970-01-01: not departed, or slice ends',
    chains UInt64 COMMENT 'Number of chains',
    events UInt64 COMMENT 'Number of events attributed to the chains',
    gross_kg Decimal(38, 4) COMMENT 'Gross weight in kilograms, of the chains that know theirs',
    value_usd Decimal(38, 4) COMMENT 'Value in US dollars, of the chains that know theirs',
    moved UInt64 COMMENT 'Number of chains of which departure and arrival are known',
    planned UInt64 COMMENT 'Number of chains that arrived and had a plan',
    punctual UInt64 COMMENT 'Number of them that arrived on time',
    delivered UInt64 COMMENT 'Number of chains of which this holds: the cargo was delivered',
    import_lodged UInt64 COMMENT 'Number of chains of which this holds: it has an import declaration',
    import_cleared UInt64 COMMENT 'Number of chains of which this holds: it has one, which was cleared',
    export_lodged UInt64 COMMENT 'Number of chains of which this holds: it has an export declaration',
    export_cleared UInt64 COMMENT 'Number of chains of which this holds: it has one, which was cleared',
    issued UInt64 COMMENT 'Number of chains of which this holds: the title document was issued',
    surrendered UInt64 COMMENT 'Number of chains of which this holds: the title document was surrendered',
    surrendered_late UInt64 COMMENT 'Number of chains of which this holds: it was surrendered after the last conveyance had arrived',
    invoiced UInt64 COMMENT 'Number of chains of which this holds: it was invoiced',
    paid UInt64 COMMENT 'Number of chains of which this holds: it was invoiced and paid',
    financed UInt64 COMMENT 'Number of chains of which this holds: it was financed',
    repaid UInt64 COMMENT 'Number of chains of which this holds: it was financed, and the financing repaid',
    contradicted UInt64 COMMENT 'Number of chains of which this holds: it has a finding',
    complete UInt64 COMMENT 'Number of chains of which this holds: all expected milestones of all four legs are reached: the one order is complete',
    titled UInt64 COMMENT 'Number of chains of which the title document was issued or surrendered',
    billed UInt64 COMMENT 'Number of chains that were invoiced or financed',
    unpaid_usd Decimal(38, 4) COMMENT 'Value in US dollars of the invoiced chains that are not paid',
    paid_usd Decimal(38, 4) COMMENT 'Value in US dollars of the invoiced chains that are paid',
    dollar_days Float64 COMMENT 'US dollars times the days from invoice to payment',
    completeness Float64 COMMENT 'Sum of the mean completeness of the four legs',
    presented UInt64 COMMENT 'Number of documents presented for recognition',
    recognised UInt64 COMMENT 'Number of them that were recognised',
    recognised_by_digest UInt64 COMMENT 'Number of those recognised by a digest that another event reports',
    co2e_kg Decimal(38, 4) COMMENT 'Kilograms CO2e well-to-wheel, of the chains that know theirs',
    tonne_km Float64 COMMENT 'Tonnes times kilometres, of the chains that know their CO2e',
    containers AggregateFunction(uniqCombined64(17), String) COMMENT 'Different containers: state',
    transit_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Departure of the first conveyance to arrival of the last, hours: quantile state',
    lead_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Order, else booking, to delivery, hours: quantile state',
    lodge_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Arrival to lodging of the import declaration, hours: quantile state',
    release_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Lodging of the import declaration to release, hours: quantile state',
    clear_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Lodging of the import declaration to clearance, hours: quantile state',
    deliver_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Release of the import to delivery, hours: quantile state',
    export_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Lodging of the export declaration to clearance, hours: quantile state',
    draft_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Shipping instruction (title drafted) to issue of the title document, hours: quantile state',
    issue_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Departure to issue of the title document, hours: quantile state',
    surrender_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Issue to surrender of the title document, hours: quantile state',
    handover_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Surrender of the title document to delivery, hours: quantile state',
    outstanding_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Invoice to payment (days sales outstanding), hours: quantile state',
    financing_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'Grant of financing to repayment, hours: quantile state',
    refreshed_at DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (slice, corridor, day, origin, destination, mode_path)
SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 256
COMMENT 'Measures of the corridors, by ends and modes and by day of departure, counted anew every minute';
