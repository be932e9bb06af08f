-- The views that refresh are made anew with the measures of first plans (0219, 0221, 0223). corridor_rollup stays, with what it has, until it is counted
-- again; what the other two store has no other place than the views themselves. A table that a refresh replaces cannot be altered beside it (0218).
-- +goose Up
DROP VIEW IF EXISTS corridor_rollup_refresh, corridor_measures, span_rollup SYNC;
