-- stuck_chains from open_chains: a milestone is past the normal time of the corridor, by the due times that the record has. Of several the one
-- that was due first is waited for. Where no normal time is known of what comes next, a chain is stuck when nothing was heard of it for two
-- weeks; then the milestone after the last that was reached, in the order of a usual journey, is waited for.
-- +goose Up
CREATE OR REPLACE VIEW stuck_chains
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived or delivered',
    reached LowCardinality(String) COMMENT 'The last milestone reached, in the order of a usual journey; empty: none',
    waits_for LowCardinality(String) COMMENT 'The milestone that is waited for; empty: all that are known were reached',
    idle_hours Float64 COMMENT 'Hours since the latest actual event, now',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest time of an actual event; UTC, milliseconds',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted',
    waits_for_whom String COMMENT 'Who reports that milestone, in English',
    due_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it is normally reached; UTC, milliseconds; NULL: no normal time is known',
    late_hours Nullable(Float64) COMMENT 'Hours since then, now; NULL: no normal time is known',
    overdue Array(LowCardinality(String)) COMMENT 'All milestones that are past their normal time, the one that was due first in front',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS WITH
    now64(3, 'UTC') AS now,
    arraySort(d -> (d.2, d.1), arrayFilter(d -> d.2 < now, due)) AS late,
    if(empty(late), follows, late[1].1) AS awaited
SELECT
    chain_id, corridor, status, reached, awaited AS waits_for,
    dateDiff('millisecond', last_event_at, now) / 3600000 AS idle_hours,
    last_event_at, origin, destination, value_usd, orgs,
    transform(awaited,
        ['ordered', 'invoiced', 'booked', 'title_issued', 'title_surrendered', 'export_lodged', 'export_cleared', 'departed', 'border_crossed', 'arrived', 'discharged', 'import_lodged', 'import_released', 'import_cleared', 'duty_paid', 'gated_out', 'delivered', 'empty_returned', 'credit_issued', 'financed', 'repaid', 'paid'],
        ['the buyer', 'the seller', 'the carrier', 'the issuer of the bill', 'the consignee', 'the exporter\'s broker', 'customs of the export', 'the carrier', 'the carrier', 'the carrier', 'the terminal', 'the importer\'s broker', 'customs of the import', 'customs of the import', 'the importer', 'the terminal', 'the last carrier', 'the consignee, or the depot', 'the buyer\'s bank', 'the financier', 'the seller', 'the buyer\'s bank'], '') AS waits_for_whom,
    if(empty(late), NULL, late[1].2) AS due_at,
    if(empty(late), NULL, dateDiff('millisecond', late[1].2, now) / 3600000) AS late_hours,
    arrayMap(d -> d.1, late) AS overdue, as_of
FROM open_chains
WHERE notEmpty(late) OR empty(due) AND last_event_at < now - toIntervalDay(14)
COMMENT 'Chains that are not closed and wait for a milestone past its normal time, or of which nothing was heard for 14 days where none is known';
