-- Demurrage and detention by corridor, terminal, carrier and month: definitions stand at the view demurrage_detention.
-- Above counted_from chains from span_rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW demurrage_summary
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    unlocode LowCardinality(String) COMMENT 'The terminal: UN/LOCODE',
    carrier LowCardinality(String) COMMENT 'Carrier of the last leg; empty: not said',
    month Date COMMENT 'First day of the month (UTC) of the discharge, else of the gate-out',
    containers UInt64 COMMENT 'Number of containers',
    in_terminal UInt64 COMMENT 'Number of them that are in the terminal',
    outside UInt64 COMMENT 'Number of them that are out and not yet back',
    terminal_p50_hours Nullable(Float64) COMMENT 'Discharge to gate-out, hours: the median; NULL: none is known',
    terminal_p90_hours Nullable(Float64) COMMENT 'Discharge to gate-out, hours: nine of ten are within; NULL: none is known',
    terminal_p99_hours Nullable(Float64) COMMENT 'Discharge to gate-out, hours: ninety-nine of a hundred are within; NULL: none is known',
    outside_p50_hours Nullable(Float64) COMMENT 'Gate-out to the return of the empty, hours: the median; NULL: none is known',
    outside_p90_hours Nullable(Float64) COMMENT 'Gate-out to the return of the empty, hours: nine of ten are within; NULL: none is known',
    outside_p99_hours Nullable(Float64) COMMENT 'Gate-out to the return of the empty, hours: ninety-nine of a hundred are within; NULL: none is known',
    total_p50_hours Nullable(Float64) COMMENT 'Discharge to the return of the empty, hours: the median; NULL: none is known',
    total_p90_hours Nullable(Float64) COMMENT 'Discharge to the return of the empty, hours: nine of ten are within; NULL: none is known',
    total_p99_hours Nullable(Float64) COMMENT 'Discharge to the return of the empty, hours: ninety-nine of a hundred are within; NULL: none is known',
    demurrage_days Float64 COMMENT 'Days in the terminal beyond the free ones, of the containers that have left it',
    detention_days Float64 COMMENT 'Days outside beyond the free ones, of the containers that are back',
    combined_days Float64 COMMENT 'Days from discharge to return beyond the free ones, where the tariff combines, of the containers that are back',
    demurrage_containers UInt64 COMMENT 'Number of containers with such days in the terminal',
    detention_containers UInt64 COMMENT 'Number of containers with such days outside',
    combined_containers UInt64 COMMENT 'Number of containers with such days of both as one',
    demurrage_p50_days Nullable(Float64) COMMENT 'Days in the terminal beyond the free ones, of a container, days: the median; NULL: none is known',
    demurrage_p90_days Nullable(Float64) COMMENT 'Days in the terminal beyond the free ones, of a container, days: nine of ten are within; NULL: none is known',
    demurrage_p99_days Nullable(Float64) COMMENT 'Days in the terminal beyond the free ones, of a container, days: ninety-nine of a hundred are within; NULL: none is known',
    detention_p50_days Nullable(Float64) COMMENT 'Days outside beyond the free ones, of a container, days: the median; NULL: none is known',
    detention_p90_days Nullable(Float64) COMMENT 'Days outside beyond the free ones, of a container, days: nine of ten are within; NULL: none is known',
    detention_p99_days Nullable(Float64) COMMENT 'Days outside beyond the free ones, of a container, days: ninety-nine of a hundred are within; NULL: none is known',
    as_of DateTime64(3, 'UTC') COMMENT 'Up to when chains are known here: now, or the last refresh of what is stored; UTC, milliseconds'
)
AS SELECT
    corridor, unlocode, carrier, month,
    countIf(of.span = 'containers') AS containers,
    countIf(of.span = 'in_terminal') AS in_terminal,
    countIf(of.span = 'outside_now') AS outside,
    quantileExactInclusiveOrNullIf(0.5)(of.amount, of.span = 'terminal') AS terminal_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(of.amount, of.span = 'terminal') AS terminal_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(of.amount, of.span = 'terminal') AS terminal_p99_hours,
    quantileExactInclusiveOrNullIf(0.5)(of.amount, of.span = 'outside') AS outside_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(of.amount, of.span = 'outside') AS outside_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(of.amount, of.span = 'outside') AS outside_p99_hours,
    quantileExactInclusiveOrNullIf(0.5)(of.amount, of.span = 'total') AS total_p50_hours,
    quantileExactInclusiveOrNullIf(0.9)(of.amount, of.span = 'total') AS total_p90_hours,
    quantileExactInclusiveOrNullIf(0.99)(of.amount, of.span = 'total') AS total_p99_hours,
    sumIf(of.amount, of.span = 'demurrage') AS demurrage_days,
    sumIf(of.amount, of.span = 'detention') AS detention_days,
    sumIf(of.amount, of.span = 'combined') AS combined_days,
    countIf(of.span = 'demurrage' AND of.amount > 0) AS demurrage_containers,
    countIf(of.span = 'detention' AND of.amount > 0) AS detention_containers,
    countIf(of.span = 'combined' AND of.amount > 0) AS combined_containers,
    quantileExactInclusiveOrNullIf(0.5)(of.amount, of.span = 'demurrage') AS demurrage_p50_days,
    quantileExactInclusiveOrNullIf(0.9)(of.amount, of.span = 'demurrage') AS demurrage_p90_days,
    quantileExactInclusiveOrNullIf(0.99)(of.amount, of.span = 'demurrage') AS demurrage_p99_days,
    quantileExactInclusiveOrNullIf(0.5)(of.amount, of.span = 'detention') AS detention_p50_days,
    quantileExactInclusiveOrNullIf(0.9)(of.amount, of.span = 'detention') AS detention_p90_days,
    quantileExactInclusiveOrNullIf(0.99)(of.amount, of.span = 'detention') AS detention_p99_days,
    min(of.as_of) AS as_of
FROM demurrage_spans AS of
WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
GROUP BY corridor, unlocode, carrier, month
UNION ALL
SELECT
    corridor, of.destination AS unlocode, carrier, month,
    sumIf(of.spans, of.span = 'containers') AS containers,
    sumIf(of.spans, of.span = 'in_terminal') AS in_terminal,
    sumIf(of.spans, of.span = 'outside_now') AS outside,
    if(countIf(of.span = 'terminal') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'terminal')[1]) AS terminal_p50_hours,
    if(countIf(of.span = 'terminal') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'terminal')[2]) AS terminal_p90_hours,
    if(countIf(of.span = 'terminal') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'terminal')[3]) AS terminal_p99_hours,
    if(countIf(of.span = 'outside') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'outside')[1]) AS outside_p50_hours,
    if(countIf(of.span = 'outside') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'outside')[2]) AS outside_p90_hours,
    if(countIf(of.span = 'outside') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'outside')[3]) AS outside_p99_hours,
    if(countIf(of.span = 'total') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'total')[1]) AS total_p50_hours,
    if(countIf(of.span = 'total') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'total')[2]) AS total_p90_hours,
    if(countIf(of.span = 'total') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'total')[3]) AS total_p99_hours,
    sumIf(of.total, of.span = 'demurrage') AS demurrage_days,
    sumIf(of.total, of.span = 'detention') AS detention_days,
    sumIf(of.total, of.span = 'combined') AS combined_days,
    sumIf(of.beyond, of.span = 'demurrage') AS demurrage_containers,
    sumIf(of.beyond, of.span = 'detention') AS detention_containers,
    sumIf(of.beyond, of.span = 'combined') AS combined_containers,
    if(countIf(of.span = 'demurrage') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'demurrage')[1]) AS demurrage_p50_days,
    if(countIf(of.span = 'demurrage') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'demurrage')[2]) AS demurrage_p90_days,
    if(countIf(of.span = 'demurrage') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'demurrage')[3]) AS demurrage_p99_days,
    if(countIf(of.span = 'detention') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'detention')[1]) AS detention_p50_days,
    if(countIf(of.span = 'detention') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'detention')[2]) AS detention_p90_days,
    if(countIf(of.span = 'detention') = 0, NULL, quantilesDDMergeIf(0.005, 0.5, 0.9, 0.99)(of.quantiles, of.span = 'detention')[3]) AS detention_p99_days,
    min(of.refreshed_at) AS as_of
FROM span_rollup AS of
WHERE of.slice = 'container' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
GROUP BY corridor, unlocode, carrier, month
COMMENT 'Demurrage and detention by corridor, terminal, carrier and month: hours, and days beyond free time';
