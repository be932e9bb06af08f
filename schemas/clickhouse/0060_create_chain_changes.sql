-- Every version of every chain's record that was ever written to chains, where merges leave only the newest. Ask chain_as_of.
--
-- chain_changes_feed copies each row that is inserted into chains. The history keeps to the clock of this warehouse: written_at
-- says when a version could be seen, which is what a question about the past is about, and no other column depends on it.
--
-- ENGINE: ReplacingMergeTree on copy_rank, so that of a version that was written twice the first copy stands: doing a batch again
-- does not move the history. ORDER BY chain_id: the past is asked one chain at a time.
-- PARTITION BY rebuild: a rebuild of the chains begins a history of its own, and its number is read from the parts' headers.
-- TTL: 400 days, so that a year can be compared with the one before.
-- index_granularity 1024: the versions of a chain are a few dozen neighbours.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_changes
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: 16 characters of Crockford base32' CODEC(LZ4),
    founded_on Date COMMENT 'Broker date on which the id was made, UTC; never changes',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the chain in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: with this version the chain was no more',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE; empty when not known',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE; empty when not known',
    mode_path LowCardinality(String) COMMENT 'Modes in order of travel, such as rail>sea',
    title LowCardinality(String) COMMENT 'State of the title document: none, drafted, issued, transferred, surrendered, accomplished, void',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived, delivered or closed',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted',
    hs Array(LowCardinality(String)) COMMENT 'Harmonized System codes of the goods, six digits, sorted',
    containers Array(String) COMMENT 'ISO 6346 numbers of the containers, sorted',
    packages UInt32 COMMENT 'Number of packages; 0: not known',
    gross_kg Nullable(Decimal(18, 4)) COMMENT 'Gross weight in kilograms; NULL: not known',
    value Nullable(Decimal(18, 4)) COMMENT 'Value of the goods as invoiced, else as declared, in units of currency; NULL: not known',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of value; empty: not known',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars by the rate of the month of the event that states it; NULL: no value or no rate',
    ordered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the first order was placed, actual time; UTC, milliseconds; NULL: not reached',
    invoiced_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the first invoice was issued, actual time; UTC, milliseconds; NULL: not reached',
    booked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the carrier confirmed the booking, actual time; UTC, milliseconds; NULL: not reached',
    title_issued_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the title document was issued, actual time; UTC, milliseconds; NULL: not reached',
    title_surrendered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the title document was surrendered, actual time; UTC, milliseconds; NULL: not reached',
    export_lodged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the export declaration was lodged, actual time; UTC, milliseconds; NULL: not reached',
    export_cleared_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When customs cleared the export, actual time; UTC, milliseconds; NULL: not reached',
    departed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the first conveyance departed, actual time; UTC, milliseconds; NULL: not reached',
    border_crossed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the goods crossed the border, actual time; UTC, milliseconds; NULL: not reached',
    arrived_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the last conveyance arrived, actual time; UTC, milliseconds; NULL: not reached',
    import_lodged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the import declaration was lodged, actual time; UTC, milliseconds; NULL: not reached',
    import_released_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When customs released the goods, actual time; UTC, milliseconds; NULL: not reached',
    import_cleared_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When customs cleared the import, actual time; UTC, milliseconds; NULL: not reached',
    duty_paid_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When duty was paid, actual time; UTC, milliseconds; NULL: not reached',
    delivered_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the cargo was delivered, actual time; UTC, milliseconds; NULL: not reached',
    empty_returned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the empty container was returned, actual time; UTC, milliseconds; NULL: not reached',
    credit_issued_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the documentary credit was issued, actual time; UTC, milliseconds; NULL: not reached',
    financed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When financing was granted, actual time; UTC, milliseconds; NULL: not reached',
    repaid_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When financing was repaid, actual time; UTC, milliseconds; NULL: not reached',
    paid_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When payment was settled, actual time; UTC, milliseconds; NULL: not reached',
    completeness_trade Float32 COMMENT 'Share of the expected trade milestones that were reached, 0 to 1',
    completeness_customs Float32 COMMENT 'Share of the expected customs milestones that were reached, 0 to 1',
    completeness_logistics Float32 COMMENT 'Share of the expected logistics milestones that were reached, 0 to 1',
    completeness_finance Float32 COMMENT 'Share of the expected finance milestones that were reached, 0 to 1',
    findings Array(LowCardinality(String)) COMMENT 'Codes of the contradictions found between the legs, sorted',
    legs Array(Tuple(mode LowCardinality(String), carrier LowCardinality(String), conveyance String, origin LowCardinality(String), destination LowCardinality(String), planned_departure_at Nullable(DateTime64(3, 'UTC')), departed_at Nullable(DateTime64(3, 'UTC')), planned_arrival_at Nullable(DateTime64(3, 'UTC')), arrived_at Nullable(DateTime64(3, 'UTC')))) COMMENT 'Movements in order of travel: mode, carrier, conveyance, UN/LOCODEs, planned or estimated and actual times (UTC; NULL: not known)',
    parties Array(Tuple(role LowCardinality(String), id_kind LowCardinality(String), id String, name String, country LowCardinality(String))) COMMENT 'Organisations in their roles: kind and value of the identifier, name, ISO 3166-1 alpha-2 country',
    events UInt32 COMMENT 'Number of events attributed to the chain',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest time of an actual event; UTC, milliseconds; NULL: none yet',
    written_at DateTime64(3, 'UTC') COMMENT 'When this version could first be seen here, by the clock of the warehouse; UTC, milliseconds' CODEC(Delta(8), LZ4),
    rebuild UInt32 COMMENT 'Number of rebuilds of the chains before this version was written; of two histories the later one stands',
    copy_rank UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Milli(written_at))) COMMENT 'Complement of written_at: of several copies of a version the first one wins' CODEC(Delta(8), LZ4)
)
ENGINE = ReplacingMergeTree(copy_rank)
PARTITION BY rebuild
ORDER BY (chain_id, version)
TTL toDateTime(written_at, 'UTC') + toIntervalDay(400)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Versions of each chain, one a row, for 400 days: the view chain_as_of shows one of them';
