SELECT table, sum(rows), sum(bytes_on_disk), count(), max(parts_of_partition)
FROM
(
    SELECT table, rows, bytes_on_disk, count() OVER (PARTITION BY table, partition_id) AS parts_of_partition
    FROM system.parts
    WHERE database = currentDatabase() AND active AND NOT startsWith(table, '_tmp_replace_') -- of which a view that is refreshed makes one each time
)
GROUP BY table
ORDER BY table
