-- What demurrage_summary_export and span_rollup count of the containers that demurrage_detention_export has: a row for each hour and day of it that is known and over.
--
-- What a container is not counted for is left out by a condition beside it, not by an if: within an if ClickHouse would look for the tariff again, in each.
-- +goose Up
CREATE VIEW IF NOT EXISTS demurrage_spans_export
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the first leg begins; of a container that is not in yet, the origin of its chain',
    carrier LowCardinality(String) COMMENT 'Carrier of the first leg; empty: not said',
    month Date COMMENT 'First day of the month (UTC) of the loading, else of the gate-in, else of the pick-up; 1970-01-01: none is reported',
    span LowCardinality(String) COMMENT 'outside, terminal, total: hours of which both ends are known; detention: days of a container that is in, demurrage: of one that is loaded; containers: each once, in_terminal and outside_now: those that are there',
    amount Float64 COMMENT 'Hours; of detention and demurrage days beyond the free ones; 0 of what is only counted',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT corridor, unlocode, carrier, month, s.1 AS span, assumeNotNull(s.2) AS amount, as_of
FROM
(
    SELECT
        corridor, unlocode, carrier, toStartOfMonth(coalesce(loaded_at, gated_in_at, picked_up_at, toDateTime64(0, 3, 'UTC'))) AS month, as_of,
        arrayJoin(arrayFilter(s -> s.3 AND isNotNull(s.2), [
                ('containers', toNullable(toFloat64(0)), true),
                ('in_terminal', toNullable(toFloat64(0)), state = 'terminal'),
                ('outside_now', toNullable(toFloat64(0)), state = 'outside'),
                ('outside', outside_hours, true), ('terminal', terminal_hours, true), ('total', total_hours, true),
                ('detention', toFloat64(detention_days), state != 'outside'),
                ('demurrage', toFloat64(demurrage_days), state = 'loaded')])) AS s
    FROM demurrage_detention_export
)
COMMENT 'Hours of containers before the export, out of the depot and in the terminal, and days beyond free time, one by one as they are summed';
