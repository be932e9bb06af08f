-- What demurrage_summary and span_rollup count of the containers that demurrage_detention has: a row for each hour and day of it that is known and over.
--
-- What a container is not counted for is left out by a condition beside it, not by an if: within an if ClickHouse would look for the tariff again, in each.
-- +goose Up
CREATE VIEW IF NOT EXISTS demurrage_spans
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE',
    carrier LowCardinality(String) COMMENT 'Carrier of the last leg; empty: not said',
    month Date COMMENT 'First day of the month (UTC) of the discharge, else of the gate-out; 1970-01-01: neither is reported',
    span LowCardinality(String) COMMENT 'terminal, outside, total: hours of which both ends are known; demurrage: days of a container that has left the terminal, detention: of one that is back, combined: of one that is back or was delivered; containers: each once, in_terminal and outside_now: those that are there',
    amount Float64 COMMENT 'Hours; of demurrage, detention and combined days beyond the free ones; 0 of what is only counted',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT corridor, unlocode, carrier, month, s.1 AS span, assumeNotNull(s.2) AS amount, as_of
FROM
(
    SELECT
        corridor, unlocode, carrier, toStartOfMonth(coalesce(discharged_at, gated_out_at, toDateTime64(0, 3, 'UTC'))) AS month, as_of,
        arrayJoin(arrayFilter(s -> s.3 AND isNotNull(s.2), [
                ('containers', toNullable(toFloat64(0)), true),
                ('in_terminal', toNullable(toFloat64(0)), state = 'terminal'),
                ('outside_now', toNullable(toFloat64(0)), state = 'outside'),
                ('terminal', terminal_hours, true), ('outside', outside_hours, true), ('total', total_hours, true),
                ('demurrage', toFloat64(demurrage_days), state != 'terminal'),
                ('detention', toFloat64(detention_days), state = 'returned'),
                ('combined', toFloat64(combined_days), state IN ('returned', 'unknown'))])) AS s
    FROM demurrage_detention
)
COMMENT 'Hours of containers at the terminal of destination and out of it, and days beyond free time, one by one as they are summed';
