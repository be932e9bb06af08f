SELECT toString(toDate(occurred_at)), JSONExtractString(payload, 'data', 'detail', 'pair'), JSONExtractString(payload, 'data', 'detail', 'rate'), org
FROM events
WHERE type = 'finance.rate.fixed' AND classifier IN ('ACT', '')
ORDER BY occurred_at, recorded_at, event_key
