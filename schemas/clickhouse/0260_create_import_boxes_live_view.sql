-- Containers at the terminal of destination, one row for each chain whose goods were in them: what demurrage_detention counts from, once for each
-- container. From the table, as chain_spans is: the members that it reads, and no others.
-- +goose Up
CREATE OR REPLACE VIEW import_boxes_live
(
    container String COMMENT 'ISO 6346 number',
    iso_type LowCardinality(String) COMMENT 'ISO 6346 size and type, such as 45G1; empty: not said',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE of where the last leg ends',
    corridor LowCardinality(String) COMMENT 'Corridor of the chain by its id (deploy/corridors.yaml), or other',
    carrier LowCardinality(String) COMMENT 'Carrier of the last leg of the chain, as it was reported; empty: not said',
    chains Array(FixedString(16)) COMMENT 'The one chain whose goods were in it',
    discharged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Discharge from the conveyance of the last leg; UTC, milliseconds; NULL: not reported',
    gated_out_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Gate-out of the terminal, laden; UTC, milliseconds; NULL: not reported',
    returned_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Return of the empty to a depot; UTC, milliseconds; NULL: not reported',
    delivered Bool COMMENT 'The goods of the chain were delivered',
    orgs Array(LowCardinality(String)) COMMENT 'Organisations that reported in the chain, sorted'
)
AS SELECT
    box.container AS container, box.iso_type AS iso_type, box.unlocode AS unlocode, corridor, carrier, [chain_id] AS chains,
    box.discharged_at AS discharged_at, box.gated_out_at AS gated_out_at, box.returned_at AS returned_at, delivered, orgs
FROM
(
    SELECT chain_id, corridor, legs.carrier[-1] AS carrier, isNotNull(delivered_at) AS delivered, orgs, arrayJoin(boxes) AS box
    FROM chains FINAL
    WHERE notEmpty(boxes)
)
WHERE box.unlocode != ''
COMMENT 'Containers at the terminal of destination, chain by chain: what demurrage_detention counts from';
