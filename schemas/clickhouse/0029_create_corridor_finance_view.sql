-- The facts of finance that belong to no consignment: bonds, loans, investments and rates of the corridor.
-- +goose Up
CREATE OR REPLACE VIEW corridor_finance
(
    day Date COMMENT 'Day on which it happened, UTC',
    type LowCardinality(String) COMMENT 'finance.bond.priced, finance.loan.drawn, finance.investment.approved or finance.rate.fixed',
    org LowCardinality(String) COMMENT 'Organisation that reported it',
    amount Nullable(Decimal(18, 4)) COMMENT 'Amount of money, in units of currency; NULL: none',
    currency LowCardinality(String) COMMENT 'ISO 4217 currency of amount',
    instrument LowCardinality(String) COMMENT 'bond, loan, qdlp …; empty: not given',
    rail LowCardinality(String) COMMENT 'SWIFT, CIPS, FAST, ECNY or OTHER; empty: not given',
    green Bool COMMENT 'The financing is green',
    event_key UUID COMMENT 'Identity of the event'
)
AS SELECT
    toDate(occurred_at) AS day, type, org, amount, currency,
    JSONExtractString(payload, 'data', 'finance', 'instrument') AS instrument,
    JSONExtractString(payload, 'data', 'finance', 'rail') AS rail,
    JSONExtractBool(payload, 'data', 'finance', 'green') AS green,
    event_key
FROM events
WHERE type IN ('finance.bond.priced', 'finance.loan.drawn', 'finance.investment.approved', 'finance.rate.fixed')
COMMENT 'Bonds, loans, investments and rates of the corridor, which belong to no consignment';
