SELECT version, org, type, recorded_at, payload
FROM events_all
WHERE stream_seq <= {last:UInt64}
ORDER BY copy_rank DESC
SETTINGS max_bytes_before_external_sort = 536870912, max_bytes_ratio_before_external_sort = 0.3
