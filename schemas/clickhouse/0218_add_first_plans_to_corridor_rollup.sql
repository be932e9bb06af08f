-- How first plans held, and how far they slipped.
-- +goose Up
ALTER TABLE corridor_rollup
    ADD COLUMN IF NOT EXISTS first_planned UInt64 COMMENT 'Number of chains that arrived and had a first plan' AFTER punctual,
    ADD COLUMN IF NOT EXISTS first_punctual UInt64 COMMENT 'Number of them that arrived on time by it' AFTER first_planned,
    ADD COLUMN IF NOT EXISTS slipped UInt64 COMMENT 'Number of chains with a first plan' AFTER first_punctual,
    ADD COLUMN IF NOT EXISTS slip_hours Float64 COMMENT 'Sum of the hours from the first plan to the last, below 0: earlier' AFTER slipped,
    ADD COLUMN IF NOT EXISTS slip_q AggregateFunction(quantilesDD(0.005, 0.5, 0.9, 0.99), Nullable(Float64)) COMMENT 'First planned arrival of the last leg to the one planned or estimated last, hours: quantile state' AFTER financing_q;
