SELECT org, type, recorded_at, version, payload
FROM events_all
