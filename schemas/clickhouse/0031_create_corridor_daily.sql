-- What left, arrived and was delivered on each day. corridor_daily_refresh makes it anew each minute.
--
-- Plain MergeTree: a refresh replaces the whole content at once, so that nobody sees half of it.
-- ORDER BY (corridor, day): questions are about a corridor over time.
-- +goose Up
CREATE TABLE IF NOT EXISTS corridor_daily
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    day Date COMMENT 'Day, UTC',
    departed UInt64 COMMENT 'Number of chains of which the first conveyance departed on the day',
    arrived UInt64 COMMENT 'Number of chains of which the last conveyance arrived on the day',
    delivered UInt64 COMMENT 'Number of chains that were delivered on the day',
    departed_containers UInt64 COMMENT 'Number of containers of the departed chains',
    departed_kg Decimal(38, 4) COMMENT 'Gross weight of the departed chains in kilograms, of those that know theirs',
    departed_usd Decimal(38, 4) COMMENT 'Value of the departed chains in US dollars, of those that know theirs',
    refreshed_at DateTime('UTC') COMMENT 'When this was counted; UTC'
)
ENGINE = MergeTree
ORDER BY (corridor, day)
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'What departed, arrived and was delivered on each corridor and day, counted anew each minute';
