-- cold_chain from chain_members: a reading is stored once, and shown in every chain that it belongs to.
--
-- Counted when it is asked, over all chains: the view cold_chain shows it, or what cold_chain_stored has of it.
-- +goose Up
CREATE OR REPLACE VIEW cold_chain_live
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    readings UInt64 COMMENT 'Number of readings',
    lowest_c Float64 COMMENT 'Lowest temperature, degrees Celsius',
    highest_c Float64 COMMENT 'Highest temperature, degrees Celsius',
    median_c Float64 COMMENT 'Median of the readings, degrees Celsius',
    first_read_at DateTime64(3, 'UTC') COMMENT 'Time of the first reading; UTC, milliseconds',
    last_read_at DateTime64(3, 'UTC') COMMENT 'Time of the last reading; UTC, milliseconds',
    longest_gap_hours Float64 COMMENT 'Longest time between two readings, hours'
)
AS SELECT
    chain_id,
    count() AS readings,
    min(celsius) AS lowest_c,
    max(celsius) AS highest_c,
    quantileExactInclusive(0.5)(celsius) AS median_c,
    min(read_at) AS first_read_at,
    max(read_at) AS last_read_at,
    arrayMax(arrayDifference(arraySort(groupArray(toUnixTimestamp64Milli(read_at))))) / 3600000 AS longest_gap_hours
FROM
(
    SELECT member.chain_id AS chain_id, reading.occurred_at AS read_at, toFloat64OrNull(JSONExtractString(reading.payload, 'data', 'temperature_c')) AS celsius
    FROM (SELECT * FROM events WHERE type = 'logistics.temperature.read') AS reading
    INNER JOIN (SELECT chain_id, event_key FROM chain_members WHERE type = 'logistics.temperature.read') AS member ON member.event_key = reading.event_key
)
WHERE isNotNull(celsius)
GROUP BY chain_id
COMMENT 'Temperatures read in each chain: extremes, median, and the longest time without a reading: counted when it is asked';
