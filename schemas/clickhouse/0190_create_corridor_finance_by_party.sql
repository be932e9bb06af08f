-- The same facts, by the corridor that they name (data.detail.corridor) and by party: whom they name first, else the financier, else who reports.
-- They wait for no consignment. One that names a number of a consignment stands in its chain as well (chain_members).
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
    event_key UUID COMMENT 'Identity of the event',
    corridor LowCardinality(String) COMMENT 'Corridor that the fact is of, by its id: data.detail.corridor; empty: not said, so of the whole scheme',
    party String COMMENT 'Whom it is about: name, else number, of the first party that it names, else of the financier, else the organisation that reported it',
    parties Array(Tuple(role String, kind String, id String, name String, country String)) COMMENT 'All parties that it names: role, kind of their number, number, name, ISO 3166-1 country'
)
AS SELECT
    toDate(occurred_at) AS day, type, org, amount, currency,
    JSONExtractString(payload, 'data', 'finance', 'instrument') AS instrument,
    JSONExtractString(payload, 'data', 'finance', 'rail') AS rail,
    JSONExtractBool(payload, 'data', 'finance', 'green') AS green,
    event_key,
    JSONExtractString(payload, 'data', 'detail', 'corridor') AS corridor,
    arrayFirst(name -> name != '', [
        parties[1].4, parties[1].3, JSONExtractString(payload, 'data', 'finance', 'financier', 'value'), toString(org)]) AS party,
    arrayMap(p -> (p.1, p.2.1, p.2.2, p.3, p.4),
        JSONExtract(payload, 'data', 'parties', 'Array(Tuple(role String, id Tuple(kind String, value String), name String, country String))')) AS parties
FROM events
WHERE type IN ('finance.bond.priced', 'finance.loan.drawn', 'finance.investment.approved', 'finance.rate.fixed')
COMMENT 'Bonds, loans, investments and rates: facts of the corridor and of parties, which need no consignment';
