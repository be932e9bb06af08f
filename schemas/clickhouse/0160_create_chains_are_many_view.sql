-- Whether there are so many chains (counted_from) that views show what was stored at the last refresh. With the rights of who made it, since
-- organisations have no rows of the rollup: it tells them this and no more.
-- +goose Up
CREATE OR REPLACE VIEW chains_are_many
(
    many Bool COMMENT 'There are at least as many chains as counted_from says, by the last refresh of corridor_rollup'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from) AS many
COMMENT 'Whether views show what was stored at the last refresh, since chains are many';
