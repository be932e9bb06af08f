SELECT
    arrayJoin(arrayDistinct(arrayMap(g -> substring(g.1, 1, 4), JSONExtract(payload, 'data', 'goods', 'Array(Tuple(hs String))')))) AS heading, count()
FROM events_all
WHERE position(payload, '"hs":') > 0
GROUP BY heading
HAVING heading != ''
