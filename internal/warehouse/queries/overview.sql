-- Few chains are counted as they are; many come from the rollups, as of their last refresh.
SELECT
    corridor, chains, moving, delivered, containers, toString(gross_kg), toString(value_usd),
    transit_p50, transit_p90, clear_p50, clear_p90, planned, punctual, contradicted, complete, events, as_of
FROM
(
    SELECT
        corridor, count() AS chains, countIf(of.status = 'in_transit') AS moving, sum(of.delivered) AS delivered,
        uniqExactArray(of.containers) AS containers, sum(ifNull(of.gross_kg, 0)) AS gross_kg, sum(ifNull(of.value_usd, 0)) AS value_usd,
        quantileExactInclusiveOrNull(0.5)(transit_ms) / 3600000 AS transit_p50, quantileExactInclusiveOrNull(0.9)(transit_ms) / 3600000 AS transit_p90,
        quantileExactInclusiveOrNull(0.5)(clear_ms) / 3600000 AS clear_p50, quantileExactInclusiveOrNull(0.9)(clear_ms) / 3600000 AS clear_p90,
        countIf(isNotNull(on_time)) AS planned, countIf(on_time = 1) AS punctual, sum(of.contradicted) AS contradicted,
        avg(of.completeness) AS complete, sum(of.events) AS events, CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS as_of
    FROM chain_spans AS of
    WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < least((SELECT chains FROM counted_from), @few)
    GROUP BY corridor
    UNION ALL
    WITH
        quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.transit_q) AS transit,
        quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.clear_q) AS clearance
    SELECT
        corridor, sum(of.chains) AS chains, any(now.moving) AS moving, sum(of.delivered) AS delivered,
        uniqCombined64Merge(17)(of.containers) AS containers, sum(of.gross_kg) AS gross_kg, sum(of.value_usd) AS value_usd,
        if(isNaN(transit[1]), NULL, transit[1]) AS transit_p50, if(isNaN(transit[2]), NULL, transit[2]) AS transit_p90,
        if(isNaN(clearance[1]), NULL, clearance[1]) AS clear_p50, if(isNaN(clearance[2]), NULL, clearance[2]) AS clear_p90,
        sum(of.planned) AS planned, sum(of.punctual) AS punctual, sum(of.contradicted) AS contradicted,
        sum(of.completeness) / sum(of.chains) AS complete, sum(of.events) AS events, max(toNullable(of.refreshed_at)) AS as_of
    FROM corridor_rollup AS of
    LEFT ANY JOIN (SELECT corridor, chains AS moving FROM corridor_states WHERE what = 'status' AND value = 'in_transit') AS now USING (corridor)
    WHERE of.slice = 'ends'
        AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= least((SELECT chains FROM counted_from), @few)
    GROUP BY corridor
) AS counted
ORDER BY counted.value_usd DESC, corridor
