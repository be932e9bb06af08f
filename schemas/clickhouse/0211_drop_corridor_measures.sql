-- corridor_measures is made anew with a dimension more (0212): what a refresh stores has no other place than the view itself, and is counted anew.
-- +goose Up
DROP VIEW IF EXISTS corridor_measures SYNC;
