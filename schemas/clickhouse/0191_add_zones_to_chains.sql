-- In which bonded and free-trade zones and parks a consignment was.
-- +goose Up
ALTER TABLE chains
    ADD COLUMN IF NOT EXISTS zones Array(LowCardinality(String)) COMMENT 'Bonded and free-trade zones and parks where it was, by code, sorted: those in which the facilities of its actual events lie';
