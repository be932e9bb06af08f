SELECT now64(3, 'UTC') AS now, name AS disk, unreserved_space AS free
FROM system.disks
WHERE name NOT LIKE '\_%'
ORDER BY unreserved_space
LIMIT 1
