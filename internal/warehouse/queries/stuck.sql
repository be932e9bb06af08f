SELECT
    toString(chain_id), corridor, status, reached, waits_for, idle_hours, last_event_at, origin, destination, toString(value_usd), orgs,
    count() OVER () AS total
FROM stuck_chains
WHERE @org = '' OR has(orgs, @org)
ORDER BY idle_hours DESC, chain_id
LIMIT @most
