-- Which event is in which chain, and why.
--
-- ENGINE and ORDER BY as in chains, so that a chain's rows lie together and an attribution that was
-- withdrawn ends with a deleted row; event_key makes the key.
-- type and occurred_at are here because they lead the key of events_all: a timeline finds its events by
-- the primary key instead of a search for event keys.
-- index_granularity 1024: the events of a chain are a few dozen neighbours.
-- +goose Up
CREATE TABLE IF NOT EXISTS chain_events
(
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chains' CODEC(LZ4),
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chains',
    event_key UUID COMMENT 'Identity of the event: as in events' CODEC(NONE),
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message that last changed the row in the lower 48' CODEC(Delta(8), LZ4),
    is_deleted UInt8 COMMENT '1: the event is no longer in the chain',
    type LowCardinality(String) COMMENT 'Type of the event: as in events',
    occurred_at DateTime64(3, 'UTC') COMMENT 'Time of the event: as in events; UTC, milliseconds' CODEC(LZ4),
    rule LowCardinality(String) COMMENT 'Rule of joining that put the event into the chain: reference, covers, container, bundle, conveyance',
    via String COMMENT 'Number that it went through: kind:value@issuer' CODEC(LZ4),
    steps UInt16 COMMENT 'Number of events between the number of the event and the document of the consignment',
    by UUID COMMENT 'Identity of the event that made the membership' CODEC(LZ4)
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (founded_on, chain_id, event_key)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Events of each chain with the evidence for it, a row a version: read it with FINAL';
