SELECT corridor, value, chains
FROM
(
    SELECT corridor, toString(finding) AS value, count() AS chains
    FROM discrepancies
    WHERE (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < least((SELECT chains FROM counted_from), @few)
    GROUP BY corridor, value
    UNION ALL
    SELECT corridor, toString(value) AS value, chains
    FROM corridor_states
    WHERE what = 'finding'
        AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= least((SELECT chains FROM counted_from), @few)
)
ORDER BY corridor, chains DESC, value
