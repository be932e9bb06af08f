SELECT DISTINCT partition_id
FROM system.parts
WHERE database = currentDatabase() AND table = @table AND active AND partition != @digest
