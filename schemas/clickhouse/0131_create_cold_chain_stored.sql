-- What cold_chain_live shows, as of its last refresh: for where there are more chains than counted_from says. One thread counts.
--
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has
-- what stands.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS cold_chain_stored
REFRESH AFTER 1 HOUR
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    readings UInt64 COMMENT 'Number of readings',
    lowest_c Float64 COMMENT 'Lowest temperature, degrees Celsius',
    highest_c Float64 COMMENT 'Highest temperature, degrees Celsius',
    median_c Float64 COMMENT 'Median of the readings, degrees Celsius',
    first_read_at DateTime64(3, 'UTC') COMMENT 'Time of the first reading; UTC, milliseconds',
    last_read_at DateTime64(3, 'UTC') COMMENT 'Time of the last reading; UTC, milliseconds',
    longest_gap_hours Float64 COMMENT 'Longest time between two readings, hours',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (chain_id)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT chain_id, readings, lowest_c, highest_c, median_c, first_read_at, last_read_at, longest_gap_hours, now64(3, 'UTC') AS as_of
FROM cold_chain_live
SETTINGS max_threads = 1
COMMENT 'What cold_chain shows where there are many chains, as of its last refresh';
