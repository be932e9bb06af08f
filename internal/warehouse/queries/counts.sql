SELECT
    (SELECT uniqExact(event_key) FROM events_all) AS stored,
    (SELECT count() FROM events) AS current,
    (SELECT count() FROM chains FINAL) AS chains,
    (SELECT count() FROM chain_members) AS attributions,
    (SELECT uniqExact(event_key) FROM (SELECT event_key FROM chain_events FINAL UNION ALL SELECT event_key FROM apart_events FINAL)) AS attributed,
    (SELECT count() FROM unattributed_events FINAL) AS unattributed,
    (SELECT count() FROM rejected_events FINAL) AS rejected
