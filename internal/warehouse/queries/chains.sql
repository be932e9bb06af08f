SELECT
    -- record
FROM chains FINAL
WHERE (founded_on, chain_id) IN (SELECT toDate(pair.1), toFixedString(pair.2, 16) FROM (SELECT arrayJoin(arrayZip(@days, @ids)) AS pair))
ORDER BY founded_on, chain_id
