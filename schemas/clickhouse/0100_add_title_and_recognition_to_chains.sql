-- Who holds the document of title, who recognised which document, completeness of the one order, and the rate of exchange that was used.
-- +goose Up
ALTER TABLE chains
    ADD COLUMN IF NOT EXISTS completeness Float32 COMMENT 'Share of all expected milestones that were reached, 0 to 1: that of the one order',
    ADD COLUMN IF NOT EXISTS title_holder String COMMENT 'Who has the document of title now, as kind:value; empty: not known',
    ADD COLUMN IF NOT EXISTS title_beneficiary String COMMENT 'To whom the document of title is endorsed now, as kind:value; empty: not known',
    ADD COLUMN IF NOT EXISTS title_platform LowCardinality(String) COMMENT 'Registry or platform on which the document of title is now; empty: on paper, or not known',
    ADD COLUMN IF NOT EXISTS title_steps Array(Tuple(at DateTime64(3, 'UTC'), step LowCardinality(String), number String, actor String, holder String, beneficiary String, platform LowCardinality(String), org LowCardinality(String), event_key UUID, refused Bool)) COMMENT 'Steps of the document of title in order of time (UTC, milliseconds): what was done, the number of the document, who did it, who had it then and to whom it was endorsed as the event states it (kind:value), platform, who reported it, key of the event, and whether the step could not be and changed nothing',
    ADD COLUMN IF NOT EXISTS recognition Array(Tuple(at DateTime64(3, 'UTC'), act LowCardinality(String), kind LowCardinality(String), number String, digest String, match LowCardinality(String), org LowCardinality(String), event_key UUID)) COMMENT 'Who presented, recognised or refused which document, in order of time (UTC, milliseconds): act (presented, recognised, refused), kind, number and SHA-256 digest of the document, match (digest: of a version that another event reports; number: of a document that another event names; other: another digest under such a number; none), who reported it, key of the event',
    ADD COLUMN IF NOT EXISTS value_per_usd Nullable(Decimal(18, 8)) COMMENT 'Units of currency for one US dollar by which value_usd was converted; NULL: it was not',
    ADD COLUMN IF NOT EXISTS value_rate_of LowCardinality(String) COMMENT 'Day or month that the rate is of, such as 2026-06-15 or 2026-06',
    ADD COLUMN IF NOT EXISTS value_rate_source LowCardinality(String) COMMENT 'Who says so',
    ADD COLUMN IF NOT EXISTS rails Array(LowCardinality(String)) COMMENT 'Settlement rails of its finance, sorted: SWIFT, CIPS, FAST, ECNY, OTHER',
    ADD COLUMN IF NOT EXISTS green Bool COMMENT 'Some of its finance is green';
