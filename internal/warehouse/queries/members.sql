SELECT toString(chain_id), event_key, type, occurred_at, rule, via, steps, by
FROM chain_events FINAL
PREWHERE (founded_on, chain_id) IN (@chains)
