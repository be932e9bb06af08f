-- Every number that leads to a chain now. For whoever may read it: a row is shown by the reader's own conditions on this view,
-- and the table below it is read with the rights of who made it. Organisations are not given that table: ClickHouse shows the
-- keys of a table's index, one in a granule and whoever they belong to, to all who may read the key (mergeTreeIndex), and its key is
-- the number.
-- +goose Up
CREATE OR REPLACE VIEW chain_numbers
(
    value String COMMENT 'The number in its normal form',
    kind LowCardinality(String) COMMENT 'Kind of the number: bl, booking, invoice …; container for a container, chain for an id that the chain had before',
    issuer LowCardinality(String) COMMENT 'Who gave the number: SCAC, LEI, USCC, UEN or another code; empty when not known',
    chain_id FixedString(16) COMMENT 'Identity of the chain: as in chain',
    founded_on Date COMMENT 'Broker date on which the chain id was made, UTC: as in chain'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT value, kind, issuer, chain_id, founded_on
FROM chain_references FINAL
COMMENT 'Numbers that lead to each chain, containers and former ids included: look up any number here';
