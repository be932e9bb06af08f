SELECT founded_on, toString(chain_id)
FROM chains FINAL
WHERE chain_id IN @numbers AND (@org = '' OR has(orgs, @org))
