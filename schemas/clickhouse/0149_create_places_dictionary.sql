-- Names and countries of places: dictGet('places', 'name', 'CNQZH').
--
-- It reads its table as the user dictionaries, who comes from the server itself alone and may read nothing else (deploy/clickhouse/users.d):
-- whoever may use a dictionary is given all of it. It reads again after one to five minutes; the table has what is in force.
-- Its columns are those of the table, which have the comments.
-- +goose Up
CREATE DICTIONARY IF NOT EXISTS places
(
    code String,
    name String DEFAULT '',
    country String DEFAULT '',
    country_name String DEFAULT '',
    latitude Nullable(Float64) DEFAULT NULL,
    longitude Nullable(Float64) DEFAULT NULL,
    functions String DEFAULT '',
    node String DEFAULT ''
)
PRIMARY KEY code
SOURCE(CLICKHOUSE(USER 'dictionaries' TABLE 'reference_places'))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 60 MAX 300)
COMMENT 'Places and facilities by their code: name, country, coordinates, corridor node';
