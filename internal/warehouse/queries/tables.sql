-- A materialized view keeps its rows in a table of its own, named after its id: it is shown by the view's name.
SELECT name, sum(rows), sum(bytes_on_disk), count(), max(parts_of_partition)
FROM
(
    SELECT if(views.name = '', parts.table, views.name) AS name, parts.rows AS rows, parts.bytes_on_disk AS bytes_on_disk,
        count() OVER (PARTITION BY parts.table, parts.partition_id) AS parts_of_partition
    FROM system.parts AS parts
    LEFT ANY JOIN (SELECT name, concat('.inner_id.', toString(uuid)) AS inner FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView') AS views
        ON views.inner = parts.table
    WHERE parts.database = currentDatabase() AND parts.active AND NOT startsWith(parts.table, '_tmp_replace_') -- of which a view that is refreshed makes one each time
)
GROUP BY name
ORDER BY name
