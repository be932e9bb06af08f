SELECT
    chains.counted, chains.at, events.counted, events.at, from.chains
FROM (SELECT sum(chains) AS counted, max(toNullable(refreshed_at)) AS at FROM corridor_rollup WHERE slice = 'ends') AS chains
CROSS JOIN (SELECT sum(events) AS counted, max(toNullable(as_of)) AS at FROM event_totals) AS events
CROSS JOIN counted_from AS from
