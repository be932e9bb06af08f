-- emissions as before, but what is not asked is not read: ARRAY JOIN makes rows of every array it names, wanted or not, so only mode and kilograms
-- well-to-wheel, which nearly every question has, are joined, and the others found by the place of the leg (docs/decisions/0028-members-of-arrays.md).
--
-- What each leg of each chain emits, with how it was made: tonnes times kilometres times the factor of the mode. Of a chain whose legs
-- have no emissions, or fewer, none are shown.
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
    chain_id, corridor, leg, mode, carriers[leg] AS carrier, origins[leg] AS origin, destinations[leg] AS destination,
    toFloat64(gross_kg) / 1000 AS tonnes, kms[leg] AS km, distances[leg] AS distance, tiers[leg] AS tier, versions[leg] AS factors,
    ttws[leg] AS ttw_kg, wtw_kg
FROM
(
    SELECT
        chain_id, corridor, gross_kg, legs.mode AS modes, legs.carrier AS carriers, legs.origin AS origins, legs.destination AS destinations,
        emissions.km AS kms, emissions.distance AS distances, emissions.tier AS tiers, emissions.factors AS versions,
        emissions.ttw_kg AS ttws, emissions.wtw_kg AS wtws
    FROM chains FINAL
    WHERE length(emissions.wtw_kg) = length(legs.mode)
)
ARRAY JOIN modes AS mode, wtws AS wtw_kg, arrayEnumerate(modes) AS leg
COMMENT 'Greenhouse gases of each leg: distance, factors and their version, kilograms CO2e';
