-- cold_chain_live while chains are few, else what cold_chain_stored has of it: the same to the last digit, as of as_of.
-- +goose Up
CREATE OR REPLACE VIEW cold_chain
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    readings UInt64 COMMENT 'Number of readings',
    lowest_c Float64 COMMENT 'Lowest temperature, degrees Celsius',
    highest_c Float64 COMMENT 'Highest temperature, degrees Celsius',
    median_c Float64 COMMENT 'Median of the readings, degrees Celsius',
    first_read_at DateTime64(3, 'UTC') COMMENT 'Time of the first reading; UTC, milliseconds',
    last_read_at DateTime64(3, 'UTC') COMMENT 'Time of the last reading; UTC, milliseconds',
    longest_gap_hours Float64 COMMENT 'Longest time between two readings, hours',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when it is counted: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT chain_id, readings, lowest_c, highest_c, median_c, first_read_at, last_read_at, longest_gap_hours, now64(3, 'UTC') AS as_of
FROM cold_chain_live
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
UNION ALL
SELECT chain_id, readings, lowest_c, highest_c, median_c, first_read_at, last_read_at, longest_gap_hours, as_of
FROM cold_chain_stored
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
COMMENT 'Temperatures read in each chain: extremes, median, and the longest time without a reading';
