-- How long the title document takes: from departure to its issue, from issue to surrender, and from surrender to delivery.
-- Paper bills are known to arrive after the goods: surrendered_late counts those surrendered after the goods had arrived.
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
    delivery_p99_hours Nullable(Float64) COMMENT 'Surrender to delivery, hours: ninety-nine of a hundred are within; NULL: no chain has both ends'
)
AS SELECT
    corridor,
    countIf(isNotNull(title_issued_at)) AS issued,
    countIf(isNotNull(title_surrendered_at)) AS surrendered,
    countIf(title_surrendered_at > arrived_at) AS surrendered_late,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', departed_at, title_issued_at)) / 3600000 AS issue_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', departed_at, title_issued_at)) / 3600000 AS issue_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', departed_at, title_issued_at)) / 3600000 AS issue_p99_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', title_issued_at, title_surrendered_at)) / 3600000 AS surrender_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', title_issued_at, title_surrendered_at)) / 3600000 AS surrender_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', title_issued_at, title_surrendered_at)) / 3600000 AS surrender_p99_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', title_surrendered_at, delivered_at)) / 3600000 AS delivery_p50_hours,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', title_surrendered_at, delivered_at)) / 3600000 AS delivery_p90_hours,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', title_surrendered_at, delivered_at)) / 3600000 AS delivery_p99_hours
FROM chain
WHERE isNotNull(title_issued_at) OR isNotNull(title_surrendered_at)
GROUP BY corridor
COMMENT 'Times of the title document: issue, surrender, delivery';
