SELECT corridor, toMonday(day) AS week, sum(departed), sum(delivered)
FROM corridor_daily
WHERE day > (SELECT max(day) FROM corridor_daily) - toIntervalWeek(@weeks)
GROUP BY corridor, week
ORDER BY corridor, week
