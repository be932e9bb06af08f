-- overdue from open_chains: what is late is derived from the due times when it is asked, also where the chains are as of the last refresh.
-- +goose Up
CREATE OR REPLACE VIEW overdue
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived or delivered',
    milestone LowCardinality(String) COMMENT 'The milestone that is not reached',
    due_at DateTime64(3, 'UTC') COMMENT 'When it is normally reached; UTC, milliseconds',
    late_hours Float64 COMMENT 'Hours since then, now',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted',
    waits_for_whom String COMMENT 'Who reports the milestone, in English',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT
    chain_id, corridor, status,
    next.1 AS milestone, next.2 AS due_at,
    dateDiff('millisecond', next.2, now64(3, 'UTC')) / 3600000 AS late_hours,
    origin, destination, value_usd, orgs,
    transform(next.1,
        ['ordered', 'invoiced', 'booked', 'title_issued', 'title_surrendered', 'export_lodged', 'export_cleared', 'departed', 'border_crossed', 'arrived', 'discharged', 'import_lodged', 'import_released', 'import_cleared', 'duty_paid', 'gated_out', 'delivered', 'empty_returned', 'credit_issued', 'financed', 'repaid', 'paid'],
        ['the buyer', 'the seller', 'the carrier', 'the issuer of the bill', 'the consignee', 'the exporter\'s broker', 'customs of the export', 'the carrier', 'the carrier', 'the carrier', 'the terminal', 'the importer\'s broker', 'customs of the import', 'customs of the import', 'the importer', 'the terminal', 'the last carrier', 'the consignee, or the depot', 'the buyer\'s bank', 'the financier', 'the seller', 'the buyer\'s bank'], '') AS waits_for_whom, as_of
FROM open_chains
ARRAY JOIN due AS next
WHERE next.2 < now64(3, 'UTC')
COMMENT 'Milestones past the normal time of the corridor, and by how much, now';
