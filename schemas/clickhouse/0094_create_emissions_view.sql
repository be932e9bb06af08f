-- What each leg of each chain emits, with how it was made: tonnes times kilometres times the factor of the mode.
-- +goose Up
CREATE OR REPLACE VIEW emissions
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    leg UInt32 COMMENT 'Place of the leg in the journey, from 1',
    mode LowCardinality(String) COMMENT 'sea, rail, road, air or barge',
    carrier LowCardinality(String) COMMENT 'Carrier: SCAC, IATA designator or railway code',
    origin LowCardinality(String) COMMENT 'Where the leg begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the leg ends: UN/LOCODE',
    tonnes Nullable(Float64) COMMENT 'Gross weight of the consignment',
    km Nullable(Decimal(18, 4)) COMMENT 'Kilometres; NULL: a place or the mode is not known',
    distance LowCardinality(String) COMMENT 'How the way was measured: great_circle, with the usual detour of the mode',
    tier LowCardinality(String) COMMENT 'Tier of the data: default, from factors of the mode',
    factors LowCardinality(String) COMMENT 'Version of the factors',
    ttw_kg Nullable(Decimal(18, 4)) COMMENT 'Kilograms CO2e, tank-to-wheel',
    wtw_kg Nullable(Decimal(18, 4)) COMMENT 'Kilograms CO2e, well-to-wheel'
)
AS SELECT
    chain_id, corridor, number AS leg,
    tupleElement(moved, 'mode') AS mode, tupleElement(moved, 'carrier') AS carrier,
    tupleElement(moved, 'origin') AS origin, tupleElement(moved, 'destination') AS destination,
    toFloat64(gross_kg) / 1000 AS tonnes,
    tupleElement(emitted, 'km') AS km, tupleElement(emitted, 'distance') AS distance, tupleElement(emitted, 'tier') AS tier,
    tupleElement(emitted, 'factors') AS factors, tupleElement(emitted, 'ttw_kg') AS ttw_kg, tupleElement(emitted, 'wtw_kg') AS wtw_kg
FROM (SELECT chain_id, corridor, gross_kg, legs AS moves, emissions AS emits FROM chain WHERE length(emissions) = length(legs))
ARRAY JOIN moves AS moved, emits AS emitted, arrayEnumerate(moves) AS number
COMMENT 'Greenhouse gases of each leg: distance, factors and their version, kilograms CO2e';
