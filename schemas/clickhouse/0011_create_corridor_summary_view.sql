-- The corridors side by side. A chain counts for the median of a span when both of its ends are reached.
-- +goose Up
CREATE OR REPLACE VIEW corridor_summary
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    chains UInt64 COMMENT 'Number of chains',
    delivered UInt64 COMMENT 'Number of chains of which the cargo was delivered',
    containers UInt64 COMMENT 'Number of different containers',
    gross_kg Decimal(38, 4) COMMENT 'Gross weight in kilograms, of the chains that know theirs',
    value_usd Decimal(38, 4) COMMENT 'Value in US dollars, of the chains that know theirs',
    median_transit_hours Nullable(Float64) COMMENT 'Median of arrived_at less departed_at, hours; NULL: no chain has both',
    median_clearance_hours Nullable(Float64) COMMENT 'Median of import_cleared_at less import_lodged_at, hours; NULL: no chain has both',
    events UInt64 COMMENT 'Number of events attributed to the chains'
)
AS SELECT
    corridor,
    count() AS chains,
    countIf(isNotNull(delivered_at)) AS delivered,
    uniqExactArray(chain.containers) AS containers,
    sum(ifNull(chain.gross_kg, 0)) AS gross_kg,
    sum(ifNull(chain.value_usd, 0)) AS value_usd,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000 AS median_transit_hours,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', import_lodged_at, import_cleared_at)) / 3600000 AS median_clearance_hours,
    sum(chain.events) AS events
FROM chain
GROUP BY corridor
COMMENT 'Corridors side by side: chains, containers, value, median transit and clearance';
