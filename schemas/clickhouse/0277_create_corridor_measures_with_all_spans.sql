-- The measures of the corridors by what a chain has several of or is looked at by: the chapter of its goods, its parties, its ends,
-- its modes, the zones where it was, the day of its departure. A chain counts once for each value that it has, so the rows of one dimension are to be summed only
-- where a chain has one value. A party is named by an identifier of companies only: other ones may be those of persons. Definitions stand at the views
-- of the corridors: corridor_transit, customs_clearance, time_release, title_turnaround, finance_cycle, origin_preference and corridor_summary.
--
-- Counted anew five minutes after the last time, in one thread, and shown as of then: as_of. Quantiles are exact, of spans in whole seconds: one list of four bytes
-- a chain for the three of each (a span of over 68 years is nobody's). Groups past a gigabyte go to disk.
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
    transit_p99_hours Nullable(Float64) COMMENT 'Departure to arrival, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    lead_p50_hours Nullable(Float64) COMMENT 'Order, else booking, to delivery, hours: the median; NULL: no chain has both ends',
    lead_p90_hours Nullable(Float64) COMMENT 'Order, else booking, to delivery, hours: nine of ten are within; NULL: no chain has both ends',
    lead_p99_hours Nullable(Float64) COMMENT 'Order, else booking, to delivery, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    lodged_after_arrival_p50_hours Nullable(Float64) COMMENT 'Arrival to lodging of the import declaration, hours: the median; NULL: no chain has both ends',
    lodged_after_arrival_p90_hours Nullable(Float64) COMMENT 'Arrival to lodging of the import declaration, hours: nine of ten are within; NULL: no chain has both ends',
    lodged_after_arrival_p99_hours Nullable(Float64) COMMENT 'Arrival to lodging of the import declaration, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    released_after_lodging_p50_hours Nullable(Float64) COMMENT 'Lodging to release of the import, hours: the median; NULL: no chain has both ends',
    released_after_lodging_p90_hours Nullable(Float64) COMMENT 'Lodging to release of the import, hours: nine of ten are within; NULL: no chain has both ends',
    released_after_lodging_p99_hours Nullable(Float64) COMMENT 'Lodging to release of the import, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    gated_out_after_release_p50_hours Nullable(Float64) COMMENT 'Release of the import to gate-out, hours: the median; NULL: no chain has both ends',
    gated_out_after_release_p90_hours Nullable(Float64) COMMENT 'Release of the import to gate-out, hours: nine of ten are within; NULL: no chain has both ends',
    gated_out_after_release_p99_hours Nullable(Float64) COMMENT 'Release of the import to gate-out, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    clearance_p50_hours Nullable(Float64) COMMENT 'Lodging to clearance of the import, hours: the median; NULL: no chain has both ends',
    clearance_p90_hours Nullable(Float64) COMMENT 'Lodging to clearance of the import, hours: nine of ten are within; NULL: no chain has both ends',
    clearance_p99_hours Nullable(Float64) COMMENT 'Lodging to clearance of the import, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    draft_p50_hours Nullable(Float64) COMMENT 'Shipping instruction to issue of the title, hours: the median; NULL: no chain has both ends',
    draft_p90_hours Nullable(Float64) COMMENT 'Shipping instruction to issue of the title, hours: nine of ten are within; NULL: no chain has both ends',
    draft_p99_hours Nullable(Float64) COMMENT 'Shipping instruction to issue of the title, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    surrender_p50_hours Nullable(Float64) COMMENT 'Issue to surrender of the title, hours: the median; NULL: no chain has both ends',
    surrender_p90_hours Nullable(Float64) COMMENT 'Issue to surrender of the title, hours: nine of ten are within; NULL: no chain has both ends',
    surrender_p99_hours Nullable(Float64) COMMENT 'Issue to surrender of the title, hours: ninety-nine of a hundred are within; NULL: no chain has both ends',
    outstanding_p50_days Nullable(Float64) COMMENT 'Invoice to payment, days: the median; NULL: no chain has both ends',
    outstanding_p90_days Nullable(Float64) COMMENT 'Invoice to payment, days: nine of ten are within; NULL: no chain has both ends',
    outstanding_p99_days Nullable(Float64) COMMENT 'Invoice to payment, days: ninety-nine of a hundred are within; NULL: no chain has both ends',
    financing_p50_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: the median; NULL: no chain has both ends',
    financing_p90_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: nine of ten are within; NULL: no chain has both ends',
    financing_p99_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: ninety-nine of a hundred are within; NULL: no chain has both ends',
    slip_p50_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, below 0: earlier, hours: the median; NULL: no chain has a plan',
    slip_p90_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, below 0: earlier, hours: nine of ten are within; NULL: no chain has a plan',
    slip_p99_hours Nullable(Float64) COMMENT 'First plan of the arrival to the last plan or estimate, below 0: earlier, hours: ninety-nine of a hundred are within; NULL: no chain has a plan',
    on_time_share Nullable(Float64) COMMENT 'Share of the chains with a plan that arrived no later than a day after it as it was known last, 0 to 1; NULL: none had one',
    first_on_time_share Nullable(Float64) COMMENT 'Share of the chains with a first plan that arrived no later than a day after it, 0 to 1; NULL: none had one',
    presented UInt64 COMMENT 'Number of documents that were presented, recognised or refused across the border',
    recognised_share Nullable(Float64) COMMENT 'Share of them that another side recognised, 0 to 1; NULL: none was presented',
    co2e_g_per_tkm Nullable(Float64) COMMENT 'Grams CO2e well-to-wheel a tonne-kilometre, of the chains whose legs are all known; NULL: none is',
    rcep UInt64 COMMENT 'Number of chains from one party of the RCEP to another',
    rcep_certified UInt64 COMMENT 'Number of them with a certificate of origin: rcep_certified / rcep is the use of the preference',
    contradicted UInt64 COMMENT 'Number of chains with a finding',
    breached UInt64 COMMENT 'Number of chains with a breach of a reefer (finding temperature_breach)',
    complete UInt64 COMMENT 'Number of chains whose one order is complete: all expected milestones of all four legs are reached',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (dimension, value, corridor)
SETTINGS non_replicated_deduplication_window = 10000
AS WITH
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(transit_ms / 1000, 'Int32')) AS transit,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(lead_ms / 1000, 'Int32')) AS lead,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(lodge_ms / 1000, 'Int32')) AS lodged_after_arrival,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(release_ms / 1000, 'Int32')) AS released_after_lodging,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(gate_out_ms / 1000, 'Int32')) AS gated_out_after_release,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(clear_ms / 1000, 'Int32')) AS clearance,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(draft_ms / 1000, 'Int32')) AS draft,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(surrender_ms / 1000, 'Int32')) AS surrender,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(outstanding_ms / 1000, 'Int32')) AS outstanding,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(financing_ms / 1000, 'Int32')) AS financing,
    quantilesExactInclusive(0.5, 0.9, 0.99)(accurateCastOrNull(slip_ms / 1000, 'Int32')) AS slip
SELECT
    one.1 AS dimension, one.2 AS value, of.corridor AS corridor,
    count() AS chains,
    sum(of.delivered) AS delivered,
    sum(ifNull(of.gross_kg, 0)) AS gross_kg,
    sum(ifNull(of.value_usd, 0)) AS value_usd,
    if(isNaN(transit[1]), NULL, transit[1] / 3600) AS transit_p50_hours,
    if(isNaN(transit[2]), NULL, transit[2] / 3600) AS transit_p90_hours,
    if(isNaN(transit[3]), NULL, transit[3] / 3600) AS transit_p99_hours,
    if(isNaN(lead[1]), NULL, lead[1] / 3600) AS lead_p50_hours,
    if(isNaN(lead[2]), NULL, lead[2] / 3600) AS lead_p90_hours,
    if(isNaN(lead[3]), NULL, lead[3] / 3600) AS lead_p99_hours,
    if(isNaN(lodged_after_arrival[1]), NULL, lodged_after_arrival[1] / 3600) AS lodged_after_arrival_p50_hours,
    if(isNaN(lodged_after_arrival[2]), NULL, lodged_after_arrival[2] / 3600) AS lodged_after_arrival_p90_hours,
    if(isNaN(lodged_after_arrival[3]), NULL, lodged_after_arrival[3] / 3600) AS lodged_after_arrival_p99_hours,
    if(isNaN(released_after_lodging[1]), NULL, released_after_lodging[1] / 3600) AS released_after_lodging_p50_hours,
    if(isNaN(released_after_lodging[2]), NULL, released_after_lodging[2] / 3600) AS released_after_lodging_p90_hours,
    if(isNaN(released_after_lodging[3]), NULL, released_after_lodging[3] / 3600) AS released_after_lodging_p99_hours,
    if(isNaN(gated_out_after_release[1]), NULL, gated_out_after_release[1] / 3600) AS gated_out_after_release_p50_hours,
    if(isNaN(gated_out_after_release[2]), NULL, gated_out_after_release[2] / 3600) AS gated_out_after_release_p90_hours,
    if(isNaN(gated_out_after_release[3]), NULL, gated_out_after_release[3] / 3600) AS gated_out_after_release_p99_hours,
    if(isNaN(clearance[1]), NULL, clearance[1] / 3600) AS clearance_p50_hours,
    if(isNaN(clearance[2]), NULL, clearance[2] / 3600) AS clearance_p90_hours,
    if(isNaN(clearance[3]), NULL, clearance[3] / 3600) AS clearance_p99_hours,
    if(isNaN(draft[1]), NULL, draft[1] / 3600) AS draft_p50_hours,
    if(isNaN(draft[2]), NULL, draft[2] / 3600) AS draft_p90_hours,
    if(isNaN(draft[3]), NULL, draft[3] / 3600) AS draft_p99_hours,
    if(isNaN(surrender[1]), NULL, surrender[1] / 3600) AS surrender_p50_hours,
    if(isNaN(surrender[2]), NULL, surrender[2] / 3600) AS surrender_p90_hours,
    if(isNaN(surrender[3]), NULL, surrender[3] / 3600) AS surrender_p99_hours,
    if(isNaN(outstanding[1]), NULL, outstanding[1] / 86400) AS outstanding_p50_days,
    if(isNaN(outstanding[2]), NULL, outstanding[2] / 86400) AS outstanding_p90_days,
    if(isNaN(outstanding[3]), NULL, outstanding[3] / 86400) AS outstanding_p99_days,
    if(isNaN(financing[1]), NULL, financing[1] / 86400) AS financing_p50_days,
    if(isNaN(financing[2]), NULL, financing[2] / 86400) AS financing_p90_days,
    if(isNaN(financing[3]), NULL, financing[3] / 86400) AS financing_p99_days,
    if(isNaN(slip[1]), NULL, slip[1] / 3600) AS slip_p50_hours,
    if(isNaN(slip[2]), NULL, slip[2] / 3600) AS slip_p90_hours,
    if(isNaN(slip[3]), NULL, slip[3] / 3600) AS slip_p99_hours,
    if(countIf(isNotNull(on_time)) = 0, NULL, countIf(on_time = 1) / countIf(isNotNull(on_time))) AS on_time_share,
    if(countIf(isNotNull(first_on_time)) = 0, NULL, countIf(first_on_time = 1) / countIf(isNotNull(first_on_time))) AS first_on_time_share,
    sum(of.presented) AS presented,
    if(sum(of.presented) = 0, NULL, sum(of.recognised) / sum(of.presented)) AS recognised_share,
    if(sum(ifNull(of.tonne_km, 0)) = 0, NULL, 1000 * toFloat64(sum(ifNull(of.co2e_kg, 0))) / sum(ifNull(of.tonne_km, 0))) AS co2e_g_per_tkm,
    countIf(of.between_parties) AS rcep,
    countIf(of.between_parties AND of.has_certificate) AS rcep_certified,
    sum(of.contradicted) AS contradicted,
    sum(of.breached) AS breached,
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
        ) AS ones,
        substring(origin, 1, 2) != substring(destination, 1, 2) AND substring(origin, 1, 2) IN ('AU', 'BN', 'CN', 'ID', 'JP', 'KH', 'KR', 'LA', 'MM', 'MY', 'NZ', 'PH', 'SG', 'TH', 'VN')
            AND substring(destination, 1, 2) IN ('AU', 'BN', 'CN', 'ID', 'JP', 'KH', 'KR', 'LA', 'MM', 'MY', 'NZ', 'PH', 'SG', 'TH', 'VN') AS between_parties,
        chain_id IN (SELECT chain_id FROM chain_events FINAL WHERE type = 'trade.origin.certified') AS has_certificate
    FROM chain_spans
) AS of
ARRAY JOIN ones AS one
WHERE one.2 != ''
GROUP BY dimension, value, corridor
SETTINGS max_threads = 1, max_bytes_before_external_group_by = 1000000000
COMMENT 'Measures of the corridors by chapter of the goods, party, ends, modes, zone and day of departure, counted anew every five minutes';
