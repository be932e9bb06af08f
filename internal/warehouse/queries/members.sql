SELECT event_key, type, occurred_at, rule, via, steps, by, toString(chain_id)
FROM chain_events FINAL
PREWHERE (founded_on, chain_id) IN (@chains)
