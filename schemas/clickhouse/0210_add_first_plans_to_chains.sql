-- What was planned first of each leg, beside the plan that was known last, which legs has.
-- A column of its own, as emissions is, not two members more in legs: those would have every row written again.
-- +goose Up
ALTER TABLE chains
    ADD COLUMN IF NOT EXISTS first_plans Array(Tuple(departure_at Nullable(DateTime64(3, 'UTC')), arrival_at Nullable(DateTime64(3, 'UTC')))) COMMENT 'Departure and arrival of each of the legs as the plan said that was recorded first (UTC, milliseconds; NULL: no plan is known; no members: written before first plans were kept)';
