-- What waits and what was refused is counted as it is: it is keyed by itself, and little of all.
SELECT
    (SELECT sum(n) FROM
    (
        SELECT count() AS n FROM chains FINAL
        WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < least((SELECT chains FROM counted_from), @few)
        UNION ALL
        SELECT sum(chains) FROM corridor_rollup
        WHERE slice = 'ends' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= least((SELECT chains FROM counted_from), @few)
    )) AS chains,
    (SELECT sum(n) FROM
    (
        SELECT count() AS n FROM events
        WHERE (SELECT sum(events) FROM event_totals) < least((SELECT chains FROM counted_from), @few_events)
        UNION ALL
        SELECT sum(events) FROM event_totals
        WHERE (SELECT sum(events) FROM event_totals) >= least((SELECT chains FROM counted_from), @few_events)
    )) AS events,
    (SELECT count() FROM unattributed_events FINAL) AS unattributed,
    (SELECT count() FROM rejected_events FINAL) AS rejected,
    (SELECT min(as_of) FROM
    (
        SELECT max(toNullable(refreshed_at)) AS as_of FROM corridor_rollup
        WHERE slice = 'ends' AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= least((SELECT chains FROM counted_from), @few)
        UNION ALL
        SELECT max(toNullable(as_of)) FROM event_totals
        WHERE (SELECT sum(events) FROM event_totals) >= least((SELECT chains FROM counted_from), @few_events)
    )) AS as_of
