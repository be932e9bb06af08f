-- Every copy of every event that archive stored, superseded and retracted ones too. Ask the view `events`.
--
-- ENGINE: ReplacingMergeTree on copy_rank, the complement of version, so of several copies of one content
-- the first one stored wins: a repeat that arrives a year later changes nothing.
-- ORDER BY: keys taken from the content alone, so that a repeat lands in the same place whenever it comes.
-- type first, because almost every question names types and because neighbours then compress well; then
-- time. digest last: two contents at one revision are both kept until event_heads says which one stands.
-- PARTITION BY year: a batch in stream order spans months (plans lie ahead, late reports behind), and an
-- insert writes one part per partition it touches.
-- The deduplication window lets a batch be sent again under its token without effect.
-- min_level_for_wide_part: what an insert writes is one file of all columns; the first merge makes files of it.
-- index_granularity 1024: a look-up reads single rows by their key; small granules spare it most of the rest.
-- Codecs and figures: docs/decisions/0006-clickhouse-tables.md.
-- +goose Up
CREATE TABLE IF NOT EXISTS events_all
(
    type LowCardinality(String) COMMENT 'What happened: domain.noun.verb, such as logistics.equipment.loaded',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened or, for PLN and EST, is expected; UTC, milliseconds' CODEC(Delta(8), LZ4),
    event_key UUID COMMENT 'Identity of the event whatever its revision: SHA-256 of source and id, as a UUID of version 8' CODEC(NONE),
    revision UInt32 COMMENT 'Number of the revision, from 0; the highest one stands',
    digest UInt64 COMMENT 'First eight bytes of the SHA-256 of the canonical event, big-endian; at equal revisions the smallest stands' CODEC(NONE),
    source LowCardinality(String) COMMENT 'Who says so: CloudEvents source, urn:oneorder:org:<org> or a URI mapped to one',
    id String COMMENT 'CloudEvents id, unique within the source' CODEC(LZ4),
    org LowCardinality(String) COMMENT 'Organisation that published the event: its token, the unit of authority',
    domain LowCardinality(String) ALIAS substring(type, 1, position(type, '.') - 1) COMMENT 'trade, customs, logistics or finance: the part of type before the first dot',
    classifier LowCardinality(String) COMMENT 'PLN planned, EST estimated, ACT actual (DCSA eventClassifierCode)',
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the publisher said so, else when the broker took the message; UTC, milliseconds' CODEC(Delta(8), LZ4),
    retracted Bool COMMENT 'The event takes itself back',
    references Array(Tuple(kind LowCardinality(String), value String, issuer LowCardinality(String))) COMMENT 'Numbers of the one consignment that the event is about, in their normal form' CODEC(ZSTD(1)),
    containers Array(String) COMMENT 'ISO 6346 numbers of the containers named, transferred from and to included' CODEC(ZSTD(1)),
    unlocode LowCardinality(String) COMMENT 'Place: UN/LOCODE; empty when not given',
    country LowCardinality(String) COMMENT 'Country of the place: ISO 3166-1 alpha-2; empty when not known',
    mode LowCardinality(String) COMMENT 'Mode of transport: sea, rail, road, air, barge, multimodal; empty when not given',
    carrier LowCardinality(String) COMMENT 'Carrier: SCAC, IATA designator or railway code; empty when not given',
    conveyance LowCardinality(String) COMMENT 'Vessel IMO number, dated train or flight, truck plate; empty when not given',
    voyage LowCardinality(String) COMMENT 'Voyage number, as the carrier writes it; empty when not given',
    territory LowCardinality(String) COMMENT 'Customs territory: ISO 3166-1 alpha-2, or EU; empty outside customs',
    direction LowCardinality(String) COMMENT 'Customs direction: import, export, transit; empty outside customs',
    amount Nullable(Decimal(18, 4)) COMMENT 'Amount of money that the event states, in units of currency; NULL when none',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of amount; empty when none',
    flags Array(LowCardinality(String)) COMMENT 'Remarks on an event that is kept all the same: identifier_invalid, unknown_kind, placeholder, unknown_place …',
    payload String COMMENT 'The whole event in canonical JSON (RFC 8785)' CODEC(ZSTD(1)),
    copy_rank UInt64 COMMENT 'Complement of version: of several copies the highest, which is the first one stored, wins' CODEC(Delta(8), LZ4),
    version UInt64 ALIAS bitNot(copy_rank) COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message in the lower 48',
    stream_seq UInt64 ALIAS bitAnd(bitNot(copy_rank), 281474976710655) COMMENT 'Sequence of the message in the stream EVENTS'
)
ENGINE = ReplacingMergeTree(copy_rank)
PARTITION BY toYear(occurred_at)
ORDER BY (type, occurred_at, event_key, revision, digest)
SETTINGS non_replicated_deduplication_window = 10000, min_level_for_wide_part = 1, index_granularity = 1024
COMMENT 'Every copy of every event stored, superseded and retracted ones too; the view events shows what stands';
