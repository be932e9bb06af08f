SELECT
    toString(chain_id), code, severity, about,
    left_says, left_value, left_unit, left_event, right_says, right_value, right_unit, right_event,
    events, opened_at, closed_at
FROM findings FINAL
PREWHERE (founded_on, chain_id) IN (@chains)
ORDER BY founded_on, chain_id, isNotNull(closed_at), code, opened_at, left_event, right_event, about
