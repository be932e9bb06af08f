-- The record of each consignment: one row a version, the newest standing. Ask the view `chain`.
--
-- ENGINE: ReplacingMergeTree(version, is_deleted): a chain that was merged into another, or split away, ends
-- with a deleted row. FINAL over this engine reads several times faster than argMax and needs no memory to speak of.
-- ORDER BY founded_on first: the date never changes, new chains and the versions of young ones stay together,
-- and questions by age prune. chain_id makes the key; the bloom index finds a chain by its id alone.
-- No partition: a chain lives for months, and FINAL would have to look into each.
-- index_granularity 1024: a look-up reads whole rows of some sixty columns, one granule each.
-- +goose Up
CREATE TABLE IF NOT EXISTS chains
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: 16 characters of Crockford base32' CODEC(NONE),
    founded_on Date COMMENT 'Broker date on which the id was made, UTC; never changes',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the chain in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: the chain is no more',
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
    INDEX chain_id_bloom chain_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (founded_on, chain_id)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Record of each trade chain across its four legs, a row a version; the view chain shows what stands';
