-- PREWHERE: of rows that are read with FINAL all columns would be merged before a WHERE drops what was not asked for. The key
-- decides here, which is the same in all versions of a row, so it may be asked first.
SELECT
    -- record
FROM chains FINAL
PREWHERE (founded_on, chain_id) IN (@chains)
ORDER BY founded_on, chain_id
