SELECT
    corridor, count(), countIf(of.status = 'in_transit'), sum(of.delivered), uniqExactArray(of.containers),
    toString(sum(ifNull(of.gross_kg, 0))), toString(sum(ifNull(of.value_usd, 0))),
    quantileExactInclusiveOrNull(0.5)(transit_ms) / 3600000, quantileExactInclusiveOrNull(0.9)(transit_ms) / 3600000,
    quantileExactInclusiveOrNull(0.5)(clear_ms) / 3600000, quantileExactInclusiveOrNull(0.9)(clear_ms) / 3600000,
    countIf(isNotNull(on_time)), countIf(on_time = 1), countIf(isNotNull(first_on_time)), countIf(first_on_time = 1),
    sum(of.contradicted), avg(of.completeness), sum(of.events)
FROM chain_spans AS of
GROUP BY corridor
ORDER BY sum(ifNull(of.value_usd, 0)) DESC, corridor
