-- What was planned first of each leg, in the history too.
-- +goose Up
ALTER TABLE chain_changes
    ADD COLUMN IF NOT EXISTS first_plans Array(Tuple(departure_at Nullable(DateTime64(3, 'UTC')), arrival_at Nullable(DateTime64(3, 'UTC')))) COMMENT 'Departure and arrival of each of the legs as the plan said that was recorded first (UTC, milliseconds; NULL: no plan is known; no members: written before first plans were kept)';
