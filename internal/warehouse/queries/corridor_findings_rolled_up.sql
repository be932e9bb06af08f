SELECT corridor, value, chains
FROM corridor_states
WHERE what = 'finding'
ORDER BY corridor, chains DESC, value
