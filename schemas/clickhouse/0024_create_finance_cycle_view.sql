-- How long money takes. Days sales outstanding are from the invoice to the payment; weighted, a dollar counts and not a chain.
-- Financing days are from the grant to the repayment.
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
    financing_p99_days Nullable(Float64) COMMENT 'Grant of financing to repayment, days: ninety-nine of a hundred are within; NULL: no chain has both ends'
)
AS SELECT
    corridor,
    countIf(isNotNull(invoiced_at)) AS invoiced,
    countIf(isNotNull(financed_at)) AS financed,
    countIf(isNotNull(financed_at) AND isNotNull(repaid_at)) AS repaid,
    countIf(isNotNull(invoiced_at) AND isNotNull(paid_at)) AS paid,
    sumIf(ifNull(chain.value_usd, 0), isNotNull(invoiced_at) AND isNull(paid_at)) AS unpaid_usd,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', invoiced_at, paid_at)) / 86400000 AS outstanding_p50_days,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', invoiced_at, paid_at)) / 86400000 AS outstanding_p90_days,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', invoiced_at, paid_at)) / 86400000 AS outstanding_p99_days,
    if(sumIf(ifNull(chain.value_usd, 0), isNotNull(dateDiff('millisecond', invoiced_at, paid_at))) = 0, NULL,
        sum(toFloat64(ifNull(chain.value_usd, 0)) * dateDiff('millisecond', invoiced_at, paid_at)) / toFloat64(sumIf(ifNull(chain.value_usd, 0), isNotNull(dateDiff('millisecond', invoiced_at, paid_at)))) / 86400000) AS outstanding_weighted_days,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', financed_at, repaid_at)) / 86400000 AS financing_p50_days,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', financed_at, repaid_at)) / 86400000 AS financing_p90_days,
    quantileExactInclusiveOrNull(0.99)(dateDiff('millisecond', financed_at, repaid_at)) / 86400000 AS financing_p99_days
FROM chain
WHERE isNotNull(invoiced_at) OR isNotNull(financed_at)
GROUP BY corridor
COMMENT 'Days from invoice to payment, and from financing to repayment, by corridor';
