-- How long money takes. Days sales outstanding are from the invoice to the payment; weighted, a dollar counts and not a chain.
-- Financing days are from the grant to the repayment.
-- Above counted_from chains from the rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW finance_cycle
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    invoiced UInt64 COMMENT 'Number of chains that were invoiced',
    financed UInt64 COMMENT 'Number of chains that were financed',
    repaid UInt64 COMMENT 'Number of the financed chains that were repaid',
    paid UInt64 COMMENT 'Number of the invoiced chains that were paid',
    unpaid_usd Decimal(38, 4) COMMENT 'Value in US dollars of the invoiced chains that are not paid, of those that know theirs',
    outstanding_p50_days Nullable(Float64) COMMENT 'Days sales outstanding: invoice to payment, days: the median; NULL: no chain has both ends',
    outstanding_p90_days Nullable(Float64) COMMENT 'Days sales outstanding: invoice to payment, days: nine of ten are within; NULL: no chain has both ends',
    outstanding_p99_days Nullable(Float64) COMMENT 'Days sales outstanding: invoice to payment, days: ninety-nine of a hundred are within; NULL: no chain has both ends',
    outstanding_weighted_days Nullable(Float64) COMMENT 'Days sales outstanding, each chain weighted by its value in US dollars; NULL: none is paid',
    financing_p50_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: the median; NULL: no chain has both ends',
    financing_p90_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: nine of ten are within; NULL: no chain has both ends',
    financing_p99_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: ninety-nine of a hundred are within; NULL: no chain has both ends',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are counted: now, or the last refresh of the rollup; UTC, milliseconds'
)
AS SELECT
    corridor,
    sum(of.invoiced) AS invoiced,
    sum(of.financed) AS financed,
    sum(of.repaid) AS repaid,
    sum(of.paid) AS paid,
    sumIf(ifNull(of.value_usd, 0), of.invoiced AND NOT of.paid) AS unpaid_usd,
    quantileExactInclusiveOrNull(0.5)(outstanding_ms) / 86400000 AS outstanding_p50_days,
    quantileExactInclusiveOrNull(0.9)(outstanding_ms) / 86400000 AS outstanding_p90_days,
    quantileExactInclusiveOrNull(0.99)(outstanding_ms) / 86400000 AS outstanding_p99_days,
    if(sumIf(ifNull(of.value_usd, 0), isNotNull(outstanding_ms)) = 0, NULL, sum(toFloat64(ifNull(of.value_usd, 0)) * outstanding_ms) / toFloat64(sumIf(ifNull(of.value_usd, 0), isNotNull(outstanding_ms))) / 86400000) AS outstanding_weighted_days,
    quantileExactInclusiveOrNull(0.5)(financing_ms) / 86400000 AS financing_p50_days,
    quantileExactInclusiveOrNull(0.9)(financing_ms) / 86400000 AS financing_p90_days,
    quantileExactInclusiveOrNull(0.99)(financing_ms) / 86400000 AS financing_p99_days,
    now64(3, 'UTC') AS as_of
FROM chain_spans AS of
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from) AND (of.invoiced OR of.financed)
GROUP BY corridor
UNION ALL
WITH
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.outstanding_q) AS outstanding,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.financing_q) AS financing
SELECT
    corridor,
    sum(of.invoiced) AS invoiced,
    sum(of.financed) AS financed,
    sum(of.repaid) AS repaid,
    sum(of.paid) AS paid,
    sum(of.unpaid_usd) AS unpaid_usd,
    if(isNaN(outstanding[1]), NULL, outstanding[1] / 24) AS outstanding_p50_days,
    if(isNaN(outstanding[2]), NULL, outstanding[2] / 24) AS outstanding_p90_days,
    if(isNaN(outstanding[3]), NULL, outstanding[3] / 24) AS outstanding_p99_days,
    if(sum(of.paid_usd) = 0, NULL, sum(of.dollar_days) / toFloat64(sum(of.paid_usd))) AS outstanding_weighted_days,
    if(isNaN(financing[1]), NULL, financing[1] / 24) AS financing_p50_days,
    if(isNaN(financing[2]), NULL, financing[2] / 24) AS financing_p90_days,
    if(isNaN(financing[3]), NULL, financing[3] / 24) AS financing_p99_days,
    max(of.refreshed_at) AS as_of
FROM corridor_rollup AS of
WHERE of.slice = 'ends' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from) AND of.billed > 0
GROUP BY corridor
COMMENT 'Days from invoice to payment, and from financing to repayment, by corridor';
