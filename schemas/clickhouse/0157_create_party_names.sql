-- The companies of all chains by their identifiers, with the name that the newest chain has: what the dictionary `parties` reads. Identifiers of
-- companies only (LEI, USCC, UEN, SCAC …): others may be those of persons.
--
-- Counted anew an hour after the last time, in one thread. ENGINE: plain MergeTree, since a refresh replaces the whole content at once.
-- ORDER BY what is looked up. No partition, no TTL: it has what stands. It names everybody's parties, so organisations are not given it.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS party_names
REFRESH AFTER 1 HOUR
(
    id_kind LowCardinality(String) COMMENT 'Kind of the identifier, such as lei, uscc, uen, scac',
    id String COMMENT 'Identifier of the company',
    name String COMMENT 'Its name in the newest chain that has one; empty: none has',
    country LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2, likewise; empty: none has',
    roles Array(LowCardinality(String)) COMMENT 'Roles in which it stands in chains, sorted',
    chains UInt64 COMMENT 'Number of chains in which it stands',
    as_of DateTime64(3, 'UTC') COMMENT 'When this was counted; UTC, milliseconds'
)
ENGINE = MergeTree
ORDER BY (id_kind, id)
SETTINGS non_replicated_deduplication_window = 10000
AS SELECT
    party.id_kind AS id_kind, party.id AS id,
    argMaxIf(party.name, (version, party.name), party.name != '') AS name,
    argMaxIf(party.country, (version, party.country), party.country != '') AS country,
    arraySort(groupUniqArray(party.role)) AS roles,
    uniqExact(chain_id) AS chains,
    now64(3, 'UTC') AS as_of
FROM (SELECT chain_id, version, arrayJoin(parties) AS party FROM chain)
WHERE party.id != '' AND party.id_kind NOT IN ('', 'other')
GROUP BY id_kind, id
SETTINGS max_threads = 1
COMMENT 'Companies of all chains by identifier: name, country, roles, chains; counted anew every hour';
