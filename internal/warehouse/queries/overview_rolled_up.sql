WITH
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.transit_q) AS transit,
    quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.clear_q) AS clearance
SELECT
    corridor, sum(of.chains), any(now.moving), sum(of.delivered), uniqCombined64Merge(17)(of.containers),
    toString(sum(of.gross_kg)), toString(sum(of.value_usd)),
    if(isNaN(transit[1]), NULL, transit[1]), if(isNaN(transit[2]), NULL, transit[2]),
    if(isNaN(clearance[1]), NULL, clearance[1]), if(isNaN(clearance[2]), NULL, clearance[2]),
    sum(of.planned), sum(of.punctual), sum(of.first_planned), sum(of.first_punctual),
    sum(of.contradicted), sum(of.completeness) / sum(of.chains), sum(of.events)
FROM corridor_rollup AS of
LEFT ANY JOIN (SELECT corridor, chains AS moving FROM corridor_states WHERE what = 'status' AND value = 'in_transit') AS now USING (corridor)
WHERE of.slice = 'ends'
GROUP BY corridor
ORDER BY sum(of.value_usd) DESC, corridor
