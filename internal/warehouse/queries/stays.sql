SELECT toString(chain_id), conveyance, aboard_from, aboard_until, steps, by
FROM chain_stays FINAL
PREWHERE (founded_on, chain_id) IN (@chains)
