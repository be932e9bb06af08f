SELECT name
FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND NOT startsWith(name, 'goose')
    AND NOT startsWith(name, '.tmp.') AND NOT startsWith(name, '_tmp_replace_') -- what a refreshing view fills, and drops when it has taken another's place
    AND if(startsWith(engine, 'Replicated'),
        match(engine_full, '[ ,]replicated_deduplication_window(_seconds)? = 0'),
        toUInt64OrZero(extract(engine_full, 'non_replicated_deduplication_window = ([0-9]+)')) = 0)
ORDER BY name
