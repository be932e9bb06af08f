SELECT
    (SELECT max(version) FROM reader_positions WHERE reader = {reader:String}) AS position,
    (SELECT count() FROM events_all) + (SELECT count() FROM rejected_events) + (SELECT count() FROM chains) > 0 AS stored
