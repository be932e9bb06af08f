-- Demurrage and detention before the export, container by container: how long each was out of the depot until it came into the terminal where the
-- first leg begins, how long there until it was loaded, and how much of that is beyond free time. What demurrage_detention has of the import; a
-- container of several consignments (groupage) is one row here as well.
--
-- Definitions, after FIATA, Best Practice Guide: Demurrage and Detention in Container Shipping (2018), export:
-- detention: of a container outside the terminal, from the pick-up of the empty to gate-in, laden, beyond free time.
-- demurrage: of a laden container within the terminal, from gate-in to loading, beyond free time (storage, where the terminal bills it).
-- Days are calendar days of UTC. The days are facts; free time is configuration (deploy/free_time.yaml), by the first leg's carrier and terminal.
--
-- A container that was picked up and is on its way to the terminal is shown at the origin of its chain. One that joins on the way, in the place of
-- another, is not of it. Above counted_from chains from export_boxes_stored, as of its last refresh; up to now, and by the free time of now, in either case.
-- +goose Up
CREATE OR REPLACE VIEW demurrage_detention_export
(
    container String COMMENT 'ISO 6346 number',
    iso_type LowCardinality(String) COMMENT 'ISO 6346 size and type, such as 45G1; empty: not said',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the first leg begins; of a container that is not in yet, the origin of its chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    carrier LowCardinality(String) COMMENT 'Carrier of the first leg, as it was reported; empty: not said',
    chains Array(FixedString(16)) COMMENT 'Chains whose goods were in it: several of a groupage',
    picked_up_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Pick-up of the empty from a depot; UTC, milliseconds; NULL: not reported',
    gated_in_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Gate-in of the terminal, laden; UTC, milliseconds; NULL: not reported',
    loaded_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Loading onto the conveyance of the first leg; UTC, milliseconds; NULL: not reported',
    state LowCardinality(String) COMMENT 'outside: it was picked up and is not in the terminal yet; terminal: it is in the terminal; loaded; unknown: the goods departed, or it was loaded, and the gate-in or the loading was not reported',
    outside_hours Nullable(Float64) COMMENT 'Pick-up of the empty to gate-in, hours; NULL: an end is not reported',
    terminal_hours Nullable(Float64) COMMENT 'Gate-in to loading, hours; NULL: an end is not reported',
    total_hours Nullable(Float64) COMMENT 'Pick-up of the empty to loading, hours; NULL: an end is not reported',
    outside_days Nullable(Int32) COMMENT 'Calendar days (UTC) outside as the tariff counts them, up to now while it is out; NULL: an end is not reported',
    terminal_days Nullable(Int32) COMMENT 'Calendar days (UTC) in the terminal as the tariff counts them, up to now while it is there; NULL: an end is not reported',
    detention_free_days Nullable(UInt16) COMMENT 'Free days outside (reference_free_time); NULL: the tariff says nothing of before the export',
    demurrage_free_days Nullable(UInt16) COMMENT 'Free days in the terminal; NULL: the tariff says nothing of before the export',
    detention_days Nullable(Int32) COMMENT 'Days outside beyond the free ones; NULL: not known',
    demurrage_days Nullable(Int32) COMMENT 'Days in the terminal beyond the free ones; NULL: not known',
    tariff LowCardinality(String) COMMENT 'Name of the tariff of free time; example: the built-in one, which is nobody\'s; empty: there is none',
    rule UInt16 COMMENT 'Number of the rule of it that fits; 0: none',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS WITH
    (
        SELECT groupArray((carrier, corridor, places, countries, export_demurrage_free_days, export_detention_free_days, next_day, tariff, rule))
        FROM (SELECT * FROM reference_free_time WHERE digest = (SELECT argMax(digest, loaded_at) FROM reference_free_time) AND isNotNull(export_demurrage_free_days) ORDER BY rule)
    ) AS rules,
    now64(3, 'UTC') AS now,
    1 - rules.7[fits] AS first,
    if(state = 'outside', now, gated_in_at) AS came,
    if(state = 'terminal', now, loaded_at) AS left
SELECT
    container, iso_type, unlocode, corridor, carrier, chains, picked_up_at, gated_in_at, loaded_at, state,
    dateDiff('millisecond', picked_up_at, gated_in_at) / 3600000 AS outside_hours,
    dateDiff('millisecond', gated_in_at, loaded_at) / 3600000 AS terminal_hours,
    dateDiff('millisecond', picked_up_at, loaded_at) / 3600000 AS total_hours,
    dateDiff('day', picked_up_at, came) + first AS outside_days,
    dateDiff('day', gated_in_at, left) + first AS terminal_days,
    rules.6[fits] AS detention_free_days,
    rules.5[fits] AS demurrage_free_days,
    if(outside_days < detention_free_days, 0, outside_days - detention_free_days) AS detention_days,
    if(terminal_days < demurrage_free_days, 0, terminal_days - demurrage_free_days) AS demurrage_days,
    rules.8[fits] AS tariff,
    rules.9[fits] AS rule,
    as_of
FROM
(
    SELECT
        *,
        multiIf(isNotNull(loaded_at) AND isNotNull(gated_in_at), 'loaded', isNotNull(loaded_at) OR departed, 'unknown', isNotNull(gated_in_at), 'terminal', 'outside') AS state,
        arrayFirstIndex(r -> (r.1 = '' OR r.1 = carrier) AND (r.2 = '' OR r.2 = corridor)
            AND (empty(r.3) AND empty(r.4) OR has(r.3, unlocode) OR has(r.4, substring(unlocode, 1, 2))), rules) AS fits
    FROM
    (
        SELECT container, iso_type, unlocode, corridor, carrier, chains, picked_up_at, gated_in_at, loaded_at, departed, as_of
        FROM export_boxes_stored
        WHERE (SELECT export FROM boxes_are_stored) AND NOT shared
        UNION ALL
        SELECT
            container, max(of.iso_type) AS iso_type, unlocode, min(of.corridor) AS corridor, max(of.carrier) AS carrier, arraySort(groupUniqArrayArray(of.chains)) AS chains,
            max(of.picked_up_at) AS picked_up_at, max(of.gated_in_at) AS gated_in_at, max(of.loaded_at) AS loaded_at, max(of.departed) AS departed, min(of.as_of) AS as_of
        FROM
        (
            SELECT *, now64(3, 'UTC') AS as_of
            FROM export_boxes_live
            WHERE NOT (SELECT export FROM boxes_are_stored)
            UNION ALL
            SELECT * EXCEPT shared
            FROM export_boxes_stored
            WHERE (SELECT export FROM boxes_are_stored) AND shared
        ) AS of
        GROUP BY container, unlocode, coalesce(of.picked_up_at, of.gated_in_at, of.loaded_at)
    )
)
COMMENT 'Containers before the export, out of the depot and in the terminal where the first leg begins: days, and those beyond free time (detention, demurrage)';
