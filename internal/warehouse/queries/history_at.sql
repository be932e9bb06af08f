-- To which history of the chain the version belongs that could be seen at a time, whether that is the newest history, and which version
-- came next in it; 0: none did.
WITH seen AS
(
    SELECT rebuild, version
    FROM chain_changes
    WHERE chain_id = @chain AND written_at <= @at
    ORDER BY rebuild DESC, version DESC
    LIMIT 1
)
SELECT
    rebuild,
    rebuild = (SELECT max(rebuild) FROM chain_changes),
    (SELECT min(version) FROM chain_changes WHERE chain_id = @chain AND rebuild = (SELECT rebuild FROM seen) AND version > (SELECT version FROM seen))
FROM seen
