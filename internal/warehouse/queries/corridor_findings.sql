SELECT corridor, finding, count() AS chains
FROM discrepancies
GROUP BY corridor, finding
ORDER BY corridor, chains DESC, finding
