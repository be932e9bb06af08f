-- corridor_measures is made anew with all measures (0277). What it stores has no other place than the view itself, so it is empty until it is counted again.
-- +goose Up
DROP VIEW IF EXISTS corridor_measures SYNC;
