-- When the machine booted, in seconds since 1970, by how long it has been up; and how long the server has, in seconds.
SELECT count() > 0 AS known, toInt64(toUnixTimestamp(now())) - toInt64(max(value)) AS booted, uptime() AS up
FROM system.asynchronous_metrics
WHERE metric = 'OSUptime'
