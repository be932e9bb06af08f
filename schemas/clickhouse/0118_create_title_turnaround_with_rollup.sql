-- How long the title document takes: from the shipping instructions (title drafted) to its issue, from departure to issue, from issue to
-- surrender, and from surrender to delivery.
-- Paper bills are known to arrive after the goods: surrendered_late counts those surrendered after the goods had arrived.
-- Above counted_from chains from the rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW title_turnaround
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    issued UInt64 COMMENT 'Number of chains of which the title document was issued',
    surrendered UInt64 COMMENT 'Number of them of which it was surrendered',
    surrendered_late UInt64 COMMENT 'Number of them that were surrendered after the last conveyance had arrived',
    issue_p50_hours Nullable(Float64) COMMENT 'Departure to issue, hours: the median; NULL: no chain has both ends',
    issue_p90_hours Nullable(Float64) COMMENT 'Departure to issue, hours: nine of ten are within; NULL: no chain has both ends',
    issue_p99_hours Nullable(Float64) COMMENT 'Departure to issue, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    surrender_p50_hours Nullable(Float64) COMMENT 'Issue to surrender, hours: the median; NULL: no chain has both ends',
    surrender_p90_hours Nullable(Float64) COMMENT 'Issue to surrender, hours: nine of ten are within; NULL: no chain has both ends',
    surrender_p99_hours Nullable(Float64) COMMENT 'Issue to surrender, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    delivery_p50_hours Nullable(Float64) COMMENT 'Surrender to delivery, hours: the median; NULL: no chain has both ends',
    delivery_p90_hours Nullable(Float64) COMMENT 'Surrender to delivery, hours: nine of ten are within; NULL: no chain has both ends',
    delivery_p99_hours Nullable(Float64) COMMENT 'Surrender to delivery, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    draft_p50_hours Nullable(Float64) COMMENT 'Shipping instructions to issue, hours: the median; NULL: no chain has both ends',
    draft_p90_hours Nullable(Float64) COMMENT 'Shipping instructions to issue, hours: nine of ten are within; NULL: no chain has both ends',
    draft_p99_hours Nullable(Float64) COMMENT 'Shipping instructions to issue, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are counted: now, or the last refresh of the rollup; UTC, milliseconds'
)
AS SELECT
    corridor,
    sum(of.issued) AS issued,
    sum(of.surrendered) AS surrendered,
    sum(of.surrendered_late) AS surrendered_late,
    quantileExactInclusiveOrNull(0.5)(issue_ms) / 3600000 AS issue_p50_hours,
    quantileExactInclusiveOrNull(0.9)(issue_ms) / 3600000 AS issue_p90_hours,
    quantileExactInclusiveOrNull(0.99)(issue_ms) / 3600000 AS issue_p99_hours,
    quantileExactInclusiveOrNull(0.5)(surrender_ms) / 3600000 AS surrender_p50_hours,
    quantileExactInclusiveOrNull(0.9)(surrender_ms) / 3600000 AS surrender_p90_hours,
    quantileExactInclusiveOrNull(0.99)(surrender_ms) / 3600000 AS surrender_p99_hours,
    quantileExactInclusiveOrNull(0.5)(handover_ms) / 3600000 AS delivery_p50_hours,
    quantileExactInclusiveOrNull(0.9)(handover_ms) / 3600000 AS delivery_p90_hours,
    quantileExactInclusiveOrNull(0.99)(handover_ms) / 3600000 AS delivery_p99_hours,
    quantileExactInclusiveOrNull(0.5)(draft_ms) / 3600000 AS draft_p50_hours,
    quantileExactInclusiveOrNull(0.9)(draft_ms) / 3600000 AS draft_p90_hours,
    quantileExactInclusiveOrNull(0.99)(draft_ms) / 3600000 AS draft_p99_hours,
    now64(3, 'UTC') AS as_of
FROM chain_spans AS of
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from) AND (of.issued OR of.surrendered)
GROUP BY corridor
UNION ALL
WITH
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.issue_q) AS issue,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.surrender_q) AS surrender,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.handover_q) AS delivery,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.draft_q) AS draft
SELECT
    corridor,
    sum(of.issued) AS issued,
    sum(of.surrendered) AS surrendered,
    sum(of.surrendered_late) AS surrendered_late,
    if(isNaN(issue[1]), NULL, issue[1]) AS issue_p50_hours,
    if(isNaN(issue[2]), NULL, issue[2]) AS issue_p90_hours,
    if(isNaN(issue[3]), NULL, issue[3]) AS issue_p99_hours,
    if(isNaN(surrender[1]), NULL, surrender[1]) AS surrender_p50_hours,
    if(isNaN(surrender[2]), NULL, surrender[2]) AS surrender_p90_hours,
    if(isNaN(surrender[3]), NULL, surrender[3]) AS surrender_p99_hours,
    if(isNaN(delivery[1]), NULL, delivery[1]) AS delivery_p50_hours,
    if(isNaN(delivery[2]), NULL, delivery[2]) AS delivery_p90_hours,
    if(isNaN(delivery[3]), NULL, delivery[3]) AS delivery_p99_hours,
    if(isNaN(draft[1]), NULL, draft[1]) AS draft_p50_hours,
    if(isNaN(draft[2]), NULL, draft[2]) AS draft_p90_hours,
    if(isNaN(draft[3]), NULL, draft[3]) AS draft_p99_hours,
    max(of.refreshed_at) AS as_of
FROM corridor_rollup AS of
WHERE of.slice = 'ends' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from) AND of.titled > 0
GROUP BY corridor
COMMENT 'Times of the title document: shipping instructions, issue, surrender, delivery';
