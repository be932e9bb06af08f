-- Chains that are not closed and of which nothing was heard for two weeks: what they wait for, and for how long. What is
-- waited for is the first milestone, in the order of a usual journey, that has not been reached after the last that has.
-- +goose Up
CREATE OR REPLACE VIEW stuck_chains
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived or delivered',
    reached LowCardinality(String) COMMENT 'The last milestone reached, in the order of a usual journey; empty: none',
    waits_for LowCardinality(String) COMMENT 'The milestone that comes next; empty: all that are known were reached',
    idle_hours Float64 COMMENT 'Hours since the latest actual event, now',
    last_event_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Latest time of an actual event; UTC, milliseconds',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported, sorted'
)
AS WITH
    ['booked', 'title_issued', 'export_lodged', 'export_cleared', 'departed', 'arrived', 'import_lodged', 'import_released', 'import_cleared', 'delivered', 'empty_returned', 'paid'] AS names,
    [booked_at, title_issued_at, export_lodged_at, export_cleared_at, departed_at, arrived_at, import_lodged_at, import_released_at, import_cleared_at, delivered_at, empty_returned_at, paid_at] AS times,
    arrayLastIndex(t -> isNotNull(t), times) AS last
SELECT
    chain_id, corridor, status,
    if(last = 0, '', names[last]) AS reached,
    names[last + 1] AS waits_for,
    dateDiff('millisecond', last_event_at, now64(3, 'UTC')) / 3600000 AS idle_hours,
    last_event_at, origin, destination, value_usd, orgs
FROM chain
WHERE status != 'closed' AND last_event_at < now64(3, 'UTC') - toIntervalDay(14)
COMMENT 'Chains that are not closed and of which nothing was heard for 14 days, with what they wait for';
