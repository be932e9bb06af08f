SELECT
    corridor, count(), countIf(status = 'in_transit'), countIf(isNotNull(delivered_at)), uniqExactArray(chain.containers),
    toString(sum(ifNull(chain.gross_kg, 0))), toString(sum(ifNull(chain.value_usd, 0))),
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000,
    quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', import_lodged_at, import_cleared_at)) / 3600000,
    quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', import_lodged_at, import_cleared_at)) / 3600000,
    countIf(isNotNull(arrived_at) AND isNotNull(legs[-1].planned_arrival_at)),
    countIf(arrived_at <= legs[-1].planned_arrival_at + toIntervalHour(24)),
    countIf(notEmpty(chain.findings)),
    avg((completeness_trade + completeness_customs + completeness_logistics + completeness_finance) / 4)
FROM chain
GROUP BY corridor
ORDER BY sum(ifNull(chain.value_usd, 0)) DESC, corridor
