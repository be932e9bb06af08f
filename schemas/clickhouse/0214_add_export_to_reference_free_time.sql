-- Free time before the export, for the view demurrage_detention_export. Rules of before say nothing of it.
-- +goose Up
ALTER TABLE reference_free_time
    ADD COLUMN IF NOT EXISTS export_demurrage_free_days Nullable(UInt16) COMMENT 'Free days in the terminal of the first leg, from gate-in to loading; NULL: the rule says nothing of before the export' AFTER combined_free_days,
    ADD COLUMN IF NOT EXISTS export_detention_free_days Nullable(UInt16) COMMENT 'Free days before that, from the pick-up of the empty to gate-in; NULL: the rule says nothing of before the export' AFTER export_demurrage_free_days;
