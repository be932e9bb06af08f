-- The record of one chain as it could be seen at a time:
--   SELECT * FROM chain_as_of(chain_id = '...', at = '2026-03-01 00:00:00')
-- No row: the chain was not yet, or no longer, or its history is older than chain_changes keeps.
--
-- Not by the newest written_at: a batch that is done again may write an older version after a newer one.
-- +goose Up
CREATE OR REPLACE VIEW chain_as_of AS
SELECT * EXCEPT (is_deleted, rebuild)
FROM
(
    SELECT *
    FROM chain_changes
    WHERE chain_id = {chain_id:String} AND written_at <= {at:DateTime64(3, 'UTC')}
    ORDER BY rebuild DESC, version DESC, written_at
    LIMIT 1
)
WHERE NOT is_deleted
COMMENT 'The record of the chain given as chain_id, as it could be seen at the time given as at (UTC): the columns of the view chain, and written_at';
