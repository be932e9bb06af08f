-- The events that are stored once, in each of their chains. For whoever may read it, as chain_numbers: a row of apart_events has the
-- chains of everybody in one, so organisations are not given that table.
-- +goose Up
CREATE OR REPLACE VIEW chain_apart
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains',
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chains',
    event_key UUID COMMENT 'Identity of the event: as in events',
    type LowCardinality(String) COMMENT 'Type of the event: as in events',
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event: as in events; UTC, milliseconds',
    rule LowCardinality(String) COMMENT 'Rule of joining that put the event into the chain: reference, covers, container, bundle, conveyance',
    via String COMMENT 'Number that it went through: kind:value@issuer; or the conveyance',
    steps UInt16 COMMENT 'Number of events between the number of the event and the document of the consignment',
    by UUID COMMENT 'Identity of the event that made the membership'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT chain AS chain_id, why.founded_on AS founded_on, event_key, type, occurred_at, why.rule AS rule, why.via AS via, why.steps AS steps, why.by AS by
FROM (SELECT event_key, type, occurred_at, chain_ids, evidence FROM apart_events FINAL WHERE conveyance = '') AS apart
ARRAY JOIN chain_ids AS chain, evidence AS why
UNION ALL
SELECT stay.chain_id AS chain_id, stay.founded_on AS founded_on, apart.event_key AS event_key, apart.type AS type, apart.occurred_at AS occurred_at,
    toLowCardinality('conveyance') AS rule, apart.conveyance AS via, stay.steps AS steps, stay.by AS by
FROM (SELECT conveyance, event_key, type, occurred_at FROM apart_events FINAL WHERE conveyance != '') AS apart
INNER JOIN (SELECT * FROM chain_stays FINAL) AS stay ON stay.conveyance = apart.conveyance
WHERE apart.occurred_at >= stay.aboard_from AND apart.occurred_at <= stay.aboard_until
COMMENT 'Events that are stored once, in each of their chains, with the evidence for it';
