-- What happened to the conveyances, from the first of the stays to the end of the last.
SELECT conveyance, event_key, type, occurred_at
FROM apart_events FINAL
PREWHERE conveyance IN @conveyances
WHERE occurred_at BETWEEN fromUnixTimestamp64Milli(@from, 'UTC') AND fromUnixTimestamp64Milli(@until, 'UTC')
