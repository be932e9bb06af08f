-- The main measures of the corridors by what a chain has several of or is looked at by: the chapter of its goods, its parties, its ends,
-- its modes, the zones where it was, the day of its departure. A chain counts once for each value that it has, so the rows of one dimension are to be summed only
-- where a chain has one value. A party is named by an identifier of companies only: other ones may be those of persons.
--
-- Counted anew five minutes after the last time, in one thread, and shown as of then: as_of. Quantiles are exact.
-- ENGINE: plain MergeTree, since a refresh replaces the whole content at once. ORDER BY what is asked for. No partition, no TTL: it has
-- what stands. It counts everybody's chains, so organisations are not given it.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS corridor_measures
REFRESH AFTER 5 MINUTE
(
    dimension LowCardinality(String) COMMENT 'hs_chapter, party, origin, destination, mode_path, zone or departed_on',
    value String COMMENT 'Chapter of the Harmonized System, two digits; party as role kind:identifier; UN/LOCODE; modes; code of the zone or park (zones.csv); day, UTC',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    chains UInt64 COMMENT 'Number of chains',
    delivered UInt64 COMMENT 'Number of them that were delivered',
    gross_kg Decimal(38, 4) COMMENT 'Gross weight in kilograms, of the chains that know theirs',
    value_usd Decimal(38, 4) COMMENT 'Value in US dollars, of the chains that know theirs',
    transit_p50_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: the median; NULL: no chain has both ends',
    transit_p90_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: nine of ten are within; NULL: no chain has both ends',
    clearance_p50_hours Nullable(Float64) COMMENT 'Lodging to clearance of the import, hours: the median; NULL: no chain has both ends',
    clearance_p90_hours Nullable(Float64) COMMENT 'Lodging to clearance of the import, hours: nine of ten are within; NULL: no chain has both ends',
    outstanding_p50_days Nullable(Float64) COMMENT 'Invoice to payment, days: the median; NULL: no chain has both ends',
    on_time_share Nullable(Float64) COMMENT 'Share of the chains with a plan that arrived no later than a day after it as it was known last, 0 to 1; NULL: none had one',
    first_on_time_share Nullable(Float64) COMMENT 'Share of the chains with a first plan that arrived no later than a day after it, 0 to 1; NULL: none had one',
    slip_p50_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, hours, below 0: earlier: the median; NULL: no chain has a plan',
    slip_p90_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, hours: nine of ten are within; NULL: no chain has a plan',
    contradicted UInt64 COMMENT 'Number of chains with a finding',
    complete UInt64 COMMENT 'Number of chains whose one order is complete: all expected milestones of all four legs are reached',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (dimension, value, corridor)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT
    one.1 AS dimension, one.2 AS value, of.corridor AS corridor,
    count() AS chains,
    sum(of.delivered) AS delivered,
    sum(ifNull(of.gross_kg, 0)) AS gross_kg,
    sum(ifNull(of.value_usd, 0)) AS value_usd,
    quantileExactInclusiveOrNull(0.5)(transit_ms) / 3600000 AS transit_p50_hours,
    quantileExactInclusiveOrNull(0.9)(transit_ms) / 3600000 AS transit_p90_hours,
    quantileExactInclusiveOrNull(0.5)(clear_ms) / 3600000 AS clearance_p50_hours,
    quantileExactInclusiveOrNull(0.9)(clear_ms) / 3600000 AS clearance_p90_hours,
    quantileExactInclusiveOrNull(0.5)(outstanding_ms) / 86400000 AS outstanding_p50_days,
    if(countIf(isNotNull(on_time)) = 0, NULL, countIf(on_time = 1) / countIf(isNotNull(on_time))) AS on_time_share,
    if(countIf(isNotNull(first_on_time)) = 0, NULL, countIf(first_on_time = 1) / countIf(isNotNull(first_on_time))) AS first_on_time_share,
    quantileExactInclusiveOrNull(0.5)(slip_ms) / 3600000 AS slip_p50_hours,
    quantileExactInclusiveOrNull(0.9)(slip_ms) / 3600000 AS slip_p90_hours,
    sum(of.contradicted) AS contradicted,
    sum(of.complete) AS complete,
    now64(3, 'UTC') AS as_of
FROM
(
    SELECT
        *,
        arrayConcat(
            arrayMap(chapter -> ('hs_chapter', chapter), arrayDistinct(arrayMap(code -> substring(code, 1, 2), hs))),
            arrayMap(name -> ('party', name), arrayDistinct(arrayMap(p -> concat(p.role, ' ', p.id_kind, ':', p.id), arrayFilter(p -> p.id != '' AND p.id_kind != 'other', parties)))),
            [('origin', toString(origin)), ('destination', toString(destination)), ('mode_path', toString(mode_path))],
            arrayMap(zone -> ('zone', toString(zone)), zones),
            if(isNull(departed_on), [], [('departed_on', toString(assumeNotNull(departed_on)))])
        ) AS ones
    FROM chain_spans
) AS of
ARRAY JOIN ones AS one
WHERE one.2 != ''
GROUP BY dimension, value, corridor
SETTINGS max_threads = 1
COMMENT 'Measures of the corridors by chapter of the goods, party, ends, modes, zone and day of departure, counted anew every five minutes';
