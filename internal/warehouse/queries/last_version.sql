-- The highest version of anything that a reader wrote.
SELECT greatest(
    (SELECT max(version) FROM reader_positions),
    (SELECT if(count() = 0, 0, bitNot(min(copy_rank))) FROM events_all),
    (SELECT max(version) FROM rejected_events),
    (SELECT max(version) FROM chains)) AS version
