-- Counts corridor_daily anew each minute.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS corridor_daily_refresh
REFRESH EVERY 1 MINUTE TO corridor_daily
(
    corridor LowCardinality(String) COMMENT 'As in corridor_daily',
    day Date COMMENT 'As in corridor_daily',
    departed UInt64 COMMENT 'As in corridor_daily',
    arrived UInt64 COMMENT 'As in corridor_daily',
    delivered UInt64 COMMENT 'As in corridor_daily',
    departed_containers UInt64 COMMENT 'As in corridor_daily',
    departed_kg Decimal(38, 4) COMMENT 'As in corridor_daily',
    departed_usd Decimal(38, 4) COMMENT 'As in corridor_daily',
    refreshed_at DateTime('UTC') COMMENT 'As in corridor_daily'
)
AS SELECT
    corridor, assumeNotNull(toDate(passed.2)) AS day,
    countIf(passed.1 = 'departed') AS departed,
    countIf(passed.1 = 'arrived') AS arrived,
    countIf(passed.1 = 'delivered') AS delivered,
    sumIf(length(containers), passed.1 = 'departed') AS departed_containers,
    sumIf(ifNull(gross_kg, 0), passed.1 = 'departed') AS departed_kg,
    sumIf(ifNull(value_usd, 0), passed.1 = 'departed') AS departed_usd,
    now('UTC') AS refreshed_at
FROM chain
ARRAY JOIN [('departed', departed_at), ('arrived', arrived_at), ('delivered', delivered_at)] AS passed
WHERE isNotNull(passed.2)
GROUP BY corridor, day
COMMENT 'Counts corridor_daily anew each minute';
