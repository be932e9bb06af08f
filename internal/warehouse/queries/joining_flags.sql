SELECT event_key, flags
FROM event_flags FINAL
PREWHERE event_key IN @keys
