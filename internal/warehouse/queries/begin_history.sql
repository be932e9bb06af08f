INSERT INTO chain_changes (* EXCEPT (written_at, rebuild), written_at, rebuild)
WITH (SELECT max(rebuild) FROM chain_changes) AS before
SELECT *, now64(3, 'UTC'), before + 1
FROM chains FINAL
UNION ALL
SELECT * REPLACE (1 AS is_deleted), now64(3, 'UTC'), before + 1
FROM @shadow FINAL
WHERE chain_id NOT IN (SELECT chain_id FROM chains FINAL)
