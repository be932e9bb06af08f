-- chain_timeline as before, by way of chain_timeline_of.
-- +goose Up
CREATE OR REPLACE VIEW chain_timeline AS
SELECT
    occurred_at, type, classifier, unlocode, country, mode, conveyance, org, source, id, references, containers, rule, via, steps, by, event_key, flags
FROM chain_timeline_of(chain_id = {chain_id:String})
ORDER BY occurred_at, type, event_key
COMMENT 'Events of the chain given as chain_id, in order of time, with the rule, number, steps and event that put each there, and the remarks on it';
