SELECT sumIf(value, event = 'InsertQuery'), sumIf(value, event = 'InsertedRows'), sumIf(value, event = 'FailedInsertQuery')
FROM system.events
WHERE event IN ('InsertQuery', 'InsertedRows', 'FailedInsertQuery')
