-- Demurrage and detention, container by container: how long each was in the terminal of destination and out of it, and how much of that is
-- beyond free time. A container of several consignments (groupage) is one row: what a terminal and a line bill, they bill once.
--
-- Definitions, after FIATA, Best Practice Guide: Demurrage and Detention in Container Shipping (2018), and the practice of tariffs that
-- 46 CFR 541 (US Federal Maritime Commission) regulates the invoices of:
-- demurrage: of a laden container within the terminal, from discharge to gate-out, beyond free time.
-- detention: of a container outside the terminal, from gate-out to the return of the empty, beyond free time (per diem).
-- combined: where a tariff has one free time for both, from discharge to return.
-- Free time runs from the discharge: that a container was available later is not reported by an event of its own. Days are calendar days
-- of UTC. The days are facts; free time is configuration (deploy/free_time.yaml, table reference_free_time), and the built-in an example.
--
-- Times at depots and terminals on the way, and before the export, are not of it.
--
-- Above counted_from chains from import_boxes_stored, as of its last refresh; up to now, and by the free time of now, in either case.
-- +goose Up
CREATE OR REPLACE VIEW demurrage_detention
(
    container String COMMENT 'ISO 6346 number',
    iso_type LowCardinality(String) COMMENT 'ISO 6346 size and type, such as 45G1; empty: not said',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the last leg ends',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    carrier LowCardinality(String) COMMENT 'Carrier of the last leg, as it was reported; empty: not said',
    chains Array(FixedString(16)) COMMENT 'Chains whose goods were in it: several of a groupage',
    discharged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Discharge from the conveyance of the last leg; UTC, milliseconds; NULL: not reported',
    gated_out_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Gate-out of the terminal, laden; UTC, milliseconds; NULL: not reported',
    returned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Return of the empty to a depot; UTC, milliseconds; NULL: not reported',
    state LowCardinality(String) COMMENT 'terminal: it is in the terminal; outside: it is out and not yet back; returned; unknown: the goods were delivered, or the empty returned, and the gate-out was not reported',
    terminal_hours Nullable(Float64) COMMENT 'Discharge to gate-out, hours; NULL: an end is not reported',
    outside_hours Nullable(Float64) COMMENT 'Gate-out to the return of the empty, hours; NULL: an end is not reported',
    total_hours Nullable(Float64) COMMENT 'Discharge to the return of the empty, hours; NULL: an end is not reported',
    terminal_days Nullable(Int32) COMMENT 'Calendar days (UTC) in the terminal as the tariff counts them, up to now while it is there; NULL: an end is not reported',
    outside_days Nullable(Int32) COMMENT 'Calendar days (UTC) outside as the tariff counts them, up to now while it is out; NULL: an end is not reported',
    total_days Nullable(Int32) COMMENT 'Calendar days (UTC) from discharge to return as the tariff counts them, up to now while it is not back; NULL: an end is not reported',
    demurrage_free_days Nullable(UInt16) COMMENT 'Free days in the terminal (reference_free_time); NULL: the tariff has none, or combines',
    detention_free_days Nullable(UInt16) COMMENT 'Free days outside; NULL: the tariff has none, or combines',
    combined_free_days Nullable(UInt16) COMMENT 'Free days of both as one; NULL: the tariff does not combine',
    demurrage_days Nullable(Int32) COMMENT 'Days in the terminal beyond the free ones; NULL: not known, or combined',
    detention_days Nullable(Int32) COMMENT 'Days outside beyond the free ones; NULL: not known, or combined',
    combined_days Nullable(Int32) COMMENT 'Days from discharge to return beyond the free ones; NULL: not known, or not combined',
    tariff LowCardinality(String) COMMENT 'Name of the tariff of free time; example: the built-in one, which is nobody\'s; empty: there is none',
    rule UInt16 COMMENT 'Number of the rule of it that fits; 0: none',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS WITH
    (
        SELECT groupArray((carrier, corridor, places, countries, demurrage_free_days, detention_free_days, combined_free_days, next_day, tariff, rule))
        FROM (SELECT * FROM reference_free_time WHERE digest = (SELECT argMax(digest, loaded_at) FROM reference_free_time) ORDER BY rule)
    ) AS rules,
    now64(3, 'UTC') AS now,
    1 - rules.8[fits] AS first,
    if(state = 'terminal', now, gated_out_at) AS left,
    if(state = 'outside', now, returned_at) AS back,
    if(state IN ('terminal', 'outside'), now, returned_at) AS ended
SELECT
    container, iso_type, unlocode, corridor, carrier, chains, discharged_at, gated_out_at, returned_at, state,
    dateDiff('millisecond', discharged_at, gated_out_at) / 3600000 AS terminal_hours,
    dateDiff('millisecond', gated_out_at, returned_at) / 3600000 AS outside_hours,
    dateDiff('millisecond', discharged_at, returned_at) / 3600000 AS total_hours,
    dateDiff('day', discharged_at, left) + first AS terminal_days,
    dateDiff('day', gated_out_at, back) + first AS outside_days,
    dateDiff('day', discharged_at, ended) + first AS total_days,
    rules.5[fits] AS demurrage_free_days,
    rules.6[fits] AS detention_free_days,
    rules.7[fits] AS combined_free_days,
    if(terminal_days < demurrage_free_days, 0, terminal_days - demurrage_free_days) AS demurrage_days,
    if(outside_days < detention_free_days, 0, outside_days - detention_free_days) AS detention_days,
    if(total_days < combined_free_days, 0, total_days - combined_free_days) AS combined_days,
    rules.9[fits] AS tariff,
    rules.10[fits] AS rule,
    as_of
FROM
(
    SELECT
        *,
        multiIf(isNotNull(returned_at) AND isNotNull(gated_out_at), 'returned', isNotNull(returned_at), 'unknown', isNotNull(gated_out_at), 'outside', delivered, 'unknown', 'terminal') AS state,
        arrayFirstIndex(r -> (r.1 = '' OR r.1 = carrier) AND (r.2 = '' OR r.2 = corridor)
            AND (empty(r.3) AND empty(r.4) OR has(r.3, unlocode) OR has(r.4, substring(unlocode, 1, 2))), rules) AS fits
    FROM
    (
        SELECT container, iso_type, unlocode, corridor, carrier, chains, discharged_at, gated_out_at, returned_at, delivered, as_of
        FROM import_boxes_stored
        WHERE (SELECT import FROM boxes_are_stored) AND NOT shared
        UNION ALL
        SELECT
            container, max(of.iso_type) AS iso_type, unlocode, min(of.corridor) AS corridor, max(of.carrier) AS carrier, arraySort(groupUniqArrayArray(of.chains)) AS chains,
            max(of.discharged_at) AS discharged_at, max(of.gated_out_at) AS gated_out_at, max(of.returned_at) AS returned_at, max(of.delivered) AS delivered, min(of.as_of) AS as_of
        FROM
        (
            SELECT *, now64(3, 'UTC') AS as_of
            FROM import_boxes_live
            WHERE NOT (SELECT import FROM boxes_are_stored)
            UNION ALL
            SELECT * EXCEPT shared
            FROM import_boxes_stored
            WHERE (SELECT import FROM boxes_are_stored) AND shared
        ) AS of
        GROUP BY container, unlocode, coalesce(of.discharged_at, of.gated_out_at)
    )
)
COMMENT 'Containers at the terminal of destination and out of it: days, and those beyond free time (demurrage, detention)';
