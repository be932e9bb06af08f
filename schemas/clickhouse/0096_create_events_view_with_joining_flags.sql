-- The events that stand, as before, with the remarks of joining among the flags.
-- +goose Up
CREATE OR REPLACE VIEW events
(
    event_key UUID COMMENT 'Identity of the event whatever its revision: SHA-256 of source and id, as a UUID of version 8',
    source LowCardinality(String) COMMENT 'Who says so: CloudEvents source, urn:oneorder:org:<org> or a URI mapped to one',
    id String COMMENT 'CloudEvents id, unique within the source',
    revision UInt32 COMMENT 'Number of the revision, from 0; the highest one stands',
    org LowCardinality(String) COMMENT 'Organisation that published the event: its token, the unit of authority',
    domain LowCardinality(String) COMMENT 'trade, customs, logistics or finance: the part of type before the first dot',
    type LowCardinality(String) COMMENT 'What happened: domain.noun.verb, such as logistics.equipment.loaded',
    classifier LowCardinality(String) COMMENT 'PLN planned, EST estimated, ACT actual (DCSA eventClassifierCode)',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it happened or, for PLN and EST, is expected; UTC, milliseconds',
    recorded_at DateTime64(3, 'UTC') COMMENT 'When the publisher said so, else when the broker took the message; UTC, milliseconds',
    references Array(Tuple(kind LowCardinality(String), value String, issuer LowCardinality(String))) COMMENT 'Numbers of the one consignment that the event is about, in their normal form',
    containers Array(String) COMMENT 'ISO 6346 numbers of the containers named, transferred from and to included',
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
    flags Array(LowCardinality(String)) COMMENT 'Remarks on an event that is kept all the same: of reading (identifier_invalid, unknown_kind, placeholder, unknown_place …) and of joining (wide, link_suspect, unclear, revision_conflict)',
    payload String COMMENT 'The whole event in canonical JSON (RFC 8785)',
    stream_seq UInt64 COMMENT 'Sequence of the message in the stream EVENTS',
    version UInt64 COMMENT 'Epoch of the stream in the upper 16 bits, sequence of the message in the lower 48'
)
AS SELECT
    event_key, source, id, revision, org, domain, type, classifier, occurred_at, recorded_at, references,
    containers, unlocode, country, mode, carrier, conveyance, voyage, territory, direction, amount, currency,
    arrayConcat(flags, joining_flags) AS flags, payload, stream_seq, version
FROM events_all FINAL
LEFT ANY JOIN
(
    SELECT event_key, revision AS head_revision, bitNot(digest) AS head_rank
    FROM event_heads FINAL
) AS heads USING (event_key)
LEFT ANY JOIN
(
    SELECT event_key, flags AS joining_flags
    FROM event_flags FINAL
) AS remarks USING (event_key)
WHERE NOT retracted
    AND (revision > head_revision OR (revision = head_revision AND bitNot(digest) >= head_rank))
COMMENT 'The events that stand: no repeats, no superseded revisions, none that was taken back';
