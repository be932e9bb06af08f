-- Names of companies: dictGet('parties', 'name', ('lei', '529900T8BM49AURSDO55')).
--
-- It reads party_names as the user dictionaries (deploy/clickhouse/users.d) and has the companies of all chains: a dictionary has no rows of one user,
-- so it is for analysts alone. An organisation has the names of its own chains in their column parties.
-- Its columns are those of party_names, which have the comments.
-- +goose Up
CREATE DICTIONARY IF NOT EXISTS parties
(
    id_kind String,
    id String,
    name String DEFAULT '',
    country String DEFAULT '',
    roles Array(String) DEFAULT '[]',
    chains UInt64 DEFAULT 0
)
PRIMARY KEY id_kind, id
SOURCE(CLICKHOUSE(USER 'dictionaries' TABLE 'party_names'))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 60 MAX 300)
COMMENT 'Companies by kind and value of their identifier: name, country, roles, chains; for analysts';
