SELECT events.source, events.id, if(members.chain_id = toFixedString('', 16), '', toString(members.chain_id)) AS chain
FROM events
LEFT JOIN (SELECT event_key, chain_id FROM chain_members) AS members ON members.event_key = events.event_key
ORDER BY events.source, events.id, chain
