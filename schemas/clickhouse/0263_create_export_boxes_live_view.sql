-- Containers before the export, one row for each chain whose goods were in them: what demurrage_detention_export counts from, once for each container.
-- A container that was picked up and is on its way to the terminal is shown at the origin of its chain. One that joins on the way, in the place of
-- another, is not of it. From the table, as chain_spans is: the members that it reads, and no others.
-- +goose Up
CREATE OR REPLACE VIEW export_boxes_live
(
    container String COMMENT 'ISO 6346 number',
    iso_type LowCardinality(String) COMMENT 'ISO 6346 size and type, such as 45G1; empty: not said',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the first leg begins; of a container that is not in yet, the origin of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor of the chain by its id (deploy/corridors.yaml), or other',
    carrier LowCardinality(String) COMMENT 'Carrier of the first leg of the chain, as it was reported; empty: not said',
    chains Array(FixedString(16)) COMMENT 'The one chain whose goods were in it',
    picked_up_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Pick-up of the empty from a depot; UTC, milliseconds; NULL: not reported',
    gated_in_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Gate-in of the terminal, laden; UTC, milliseconds; NULL: not reported',
    loaded_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Loading onto the conveyance of the first leg; UTC, milliseconds; NULL: not reported',
    departed Bool COMMENT 'The goods of the chain departed',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported in the chain, sorted'
)
AS SELECT
    box.container AS container, box.iso_type AS iso_type, if(box.unlocode = '', origin, box.unlocode) AS unlocode, corridor, carrier, [chain_id] AS chains,
    box.picked_up_at AS picked_up_at, box.gated_in_at AS gated_in_at, box.loaded_at AS loaded_at, departed, orgs
FROM
(
    SELECT chain_id, corridor, origin, legs.carrier[1] AS carrier, isNotNull(departed_at) AS departed, orgs, arrayJoin(export_boxes) AS box
    FROM chains FINAL
    WHERE notEmpty(export_boxes)
)
WHERE box.unlocode != '' OR NOT departed
COMMENT 'Containers before the export, chain by chain: what demurrage_detention_export counts from';
