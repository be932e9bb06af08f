-- Names of chapters and headings: dictGet('hs', 'name', '8703').
--
-- It reads its table as the user dictionaries, who comes from the server itself alone and may read nothing else (deploy/clickhouse/users.d):
-- whoever may use a dictionary is given all of it. It reads again after one to five minutes; the table has what is in force.
-- Its columns are those of the table, which have the comments.
-- +goose Up
CREATE DICTIONARY IF NOT EXISTS hs
(
    code String,
    name String DEFAULT '',
    chapter String DEFAULT ''
)
PRIMARY KEY code
SOURCE(CLICKHOUSE(USER 'dictionaries' TABLE 'reference_hs'))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 60 MAX 300)
COMMENT 'Codes of the Harmonized System: name, chapter';
