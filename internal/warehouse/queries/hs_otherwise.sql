SELECT count()
FROM events_all
WHERE position(payload, '"hs":') > 0
    AND hasAny(arrayMap(g -> substring(g.1, 1, 4), JSONExtract(payload, 'data', 'goods', 'Array(Tuple(hs String))')), @unknown) != has(flags, 'unknown_hs')
