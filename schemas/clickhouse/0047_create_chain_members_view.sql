-- Which event is in which chain, and why: chain_events, and beside it the events that are stored once. For one chain, take
-- chain_timeline.
-- +goose Up
CREATE OR REPLACE VIEW chain_members
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
AS SELECT chain_id, founded_on, event_key, type, occurred_at, rule, via, steps, by
FROM chain_events FINAL
UNION ALL
SELECT chain_id, founded_on, event_key, type, occurred_at, rule, via, steps, by
FROM chain_apart
COMMENT 'Events of each chain with the evidence for it, those included that are stored once';
