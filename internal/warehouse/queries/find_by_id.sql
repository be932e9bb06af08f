SELECT founded_on, toString(chain_id)
FROM chains FINAL
PREWHERE chain_id IN @numbers
WHERE (@org = '' OR has(orgs, @org))
