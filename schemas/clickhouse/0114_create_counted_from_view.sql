-- From how many chains on the measures are shown from the rollups, as of their last refresh, instead of counted when they are asked.
-- A million chains are counted in half a second of processor time; whoever has a faster machine may say more. Organisations have
-- no rows of the rollups: their measures are counted always, over the chains that they take part in.
-- +goose Up
CREATE OR REPLACE VIEW counted_from
(
    chains UInt64 COMMENT 'Number of chains from which on measures are shown from the rollups'
)
AS SELECT toUInt64(1000000) AS chains
COMMENT 'Number of chains from which on measures come from the rollups, as of their last refresh';
