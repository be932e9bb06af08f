-- chain_apart of one chain:
--   SELECT * FROM chain_apart_of(chain_id = '...')
-- The chain is looked for in the index of what lists its chains, and its times aboard by their key; chain_apart, which is of all chains,
-- would read what is stored once of all of them and choose then. For whoever may read it, as chain_apart.
-- +goose Up
CREATE OR REPLACE VIEW chain_apart_of
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS WITH
    stays AS
    (
        SELECT chain_id, founded_on, conveyance, aboard_from, aboard_until, steps, by
        FROM chain_stays FINAL
        WHERE (founded_on, chain_id) IN (SELECT founded_on, chain_id FROM chains FINAL WHERE chain_id = {chain_id:String})
    )
SELECT
    toFixedString({chain_id:String}, 16) AS chain_id, why.founded_on AS founded_on, event_key, type, occurred_at, why.rule AS rule, why.via AS via,
    why.steps AS steps, why.by AS by
FROM
(
    SELECT event_key, type, occurred_at, evidence[indexOf(chain_ids, toFixedString({chain_id:String}, 16))] AS why
    FROM apart_events FINAL
    WHERE conveyance = '' AND has(chain_ids, toFixedString({chain_id:String}, 16))
)
UNION ALL
SELECT stays.chain_id AS chain_id, stays.founded_on AS founded_on, apart.event_key AS event_key, apart.type AS type, apart.occurred_at AS occurred_at,
    toLowCardinality('conveyance') AS rule, apart.conveyance AS via, stays.steps AS steps, stays.by AS by
FROM (SELECT conveyance, event_key, type, occurred_at FROM apart_events FINAL WHERE conveyance IN (SELECT conveyance FROM stays)) AS apart
INNER JOIN stays ON stays.conveyance = apart.conveyance
WHERE apart.occurred_at >= stays.aboard_from AND apart.occurred_at <= stays.aboard_until
COMMENT 'Events that are stored once, in the chain given as chain_id, with the evidence for it: the columns of chain_apart';
