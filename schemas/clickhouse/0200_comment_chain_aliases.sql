-- chain_aliases also has the ids of numbers that lead to the chain by other events than its own: an invoice of two bills leads to both,
-- and the event that put a permit beside it named one of them, too.
-- +goose Up
ALTER TABLE chain_aliases
    COMMENT COLUMN kind 'Kind of the number that makes the id: bl, booking, invoice …; number for one that leads to the chain and that none of its events names; chain for an id that the chain has or had';
