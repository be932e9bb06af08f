-- When the next milestones are due, and what the legs emit, in the history too.
-- +goose Up
ALTER TABLE chain_changes
    ADD COLUMN IF NOT EXISTS due Array(Tuple(milestone LowCardinality(String), due_at DateTime64(3, 'UTC'))) COMMENT 'The next milestones, and when they are normally reached (deploy/corridors.yaml): UTC, milliseconds',
    ADD COLUMN IF NOT EXISTS emissions Array(Tuple(km Nullable(Decimal(18, 4)), distance LowCardinality(String), tier LowCardinality(String), factors LowCardinality(String), ttw_kg Nullable(Decimal(18, 4)), wtw_kg Nullable(Decimal(18, 4)))) COMMENT 'What each of the legs emits: kilometres and how they were measured, tier of the data, version of the factors, kilograms CO2e tank-to-wheel and well-to-wheel; NULL: not known',
    ADD COLUMN IF NOT EXISTS co2e_ttw_kg Nullable(Decimal(18, 4)) COMMENT 'Kilograms CO2e of all legs, tank-to-wheel; NULL: that of a leg is not known',
    ADD COLUMN IF NOT EXISTS co2e_kg Nullable(Decimal(18, 4)) COMMENT 'Kilograms CO2e of all legs, well-to-wheel; NULL: that of a leg is not known';
