-- Names and nodes of corridors: dictGet('corridors', 'name', 'land-sea').
--
-- It reads its table as the user dictionaries, who comes from the server itself alone and may read nothing else (deploy/clickhouse/users.d):
-- whoever may use a dictionary is given all of it. It reads again after one to five minutes; the table has what is in force.
-- Its columns are those of the table, which have the comments.
-- +goose Up
CREATE DICTIONARY IF NOT EXISTS corridors
(
    corridor String,
    name String DEFAULT '',
    nodes Array(String) DEFAULT '[]',
    modes Array(String) DEFAULT '[]',
    leg_hours Array(UInt32) DEFAULT '[]',
    dwell_hours Array(UInt32) DEFAULT '[]',
    expected Array(String) DEFAULT '[]'
)
PRIMARY KEY corridor
SOURCE(CLICKHOUSE(USER 'dictionaries' TABLE 'reference_corridors'))
LAYOUT(COMPLEX_KEY_HASHED())
LIFETIME(MIN 60 MAX 300)
COMMENT 'Corridors by their id: name, nodes, modes, normal times, expected milestones';
