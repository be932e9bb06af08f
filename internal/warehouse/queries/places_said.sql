SELECT
    toString(unlocode), JSONExtractString(payload, 'data', 'place', 'facility') AS facility, toString(territory), toString(country),
    has(flags, 'unknown_place'), position(payload, 'unknown_place') > 0 AS own, count()
FROM events_all
GROUP BY ALL
