-- Two corridors, measure by measure, over the chains that departed on the days from since to until, both included:
--   SELECT * FROM corridor_compare(left = 'land-sea', right = 'yangtze', since = '2026-01-01', until = '2026-12-31')
-- The measures are those of corridor_transit, customs_clearance, title_turnaround and finance_cycle, for a whole corridor.
-- +goose Up
CREATE OR REPLACE VIEW corridor_compare AS
WITH
    measured AS
    (
        SELECT
            corridor,
            [
                ('chains', 'count', toFloat64(count())),
                ('delivered', 'share', countIf(isNotNull(delivered_at)) / count()),
                ('gross weight', 't', toFloat64(sum(ifNull(gross_kg, 0))) / 1000),
                ('value', 'USD', toFloat64(sum(ifNull(value_usd, 0)))),
                ('transit, median', 'hours', quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000),
                ('transit, nine of ten within', 'hours', quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', departed_at, arrived_at)) / 3600000),
                ('lead time, median', 'hours', quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', coalesce(ordered_at, booked_at), delivered_at)) / 3600000),
                ('on time against the plan', 'share', if(countIf(isNotNull(arrived_at) AND isNotNull(legs[-1].planned_arrival_at)) = 0, NULL,
                    countIf(arrived_at <= legs[-1].planned_arrival_at + toIntervalHour(24)) / countIf(isNotNull(arrived_at) AND isNotNull(legs[-1].planned_arrival_at)))),
                ('import clearance, median', 'hours', quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', import_lodged_at, import_cleared_at)) / 3600000),
                ('import clearance, nine of ten within', 'hours', quantileExactInclusiveOrNull(0.9)(dateDiff('millisecond', import_lodged_at, import_cleared_at)) / 3600000),
                ('issue to surrender of the title, median', 'hours', quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', title_issued_at, title_surrendered_at)) / 3600000),
                ('invoice to payment, median', 'days', quantileExactInclusiveOrNull(0.5)(dateDiff('millisecond', invoiced_at, paid_at)) / 86400000),
                ('chains with a finding', 'share', countIf(notEmpty(findings)) / count()),
                ('completeness of the four legs, mean', 'share', avg((completeness_trade + completeness_customs + completeness_logistics + completeness_finance) / 4))
            ] AS measures
        FROM chain
        WHERE corridor IN ({left:String}, {right:String}) AND toDate(departed_at) BETWEEN {since:Date} AND {until:Date}
        GROUP BY corridor
    )
SELECT
    m.1 AS measure, m.2 AS unit,
    anyIf(m.3, corridor = {left:String}) AS left,
    anyIf(m.3, corridor = {right:String}) AS right,
    right - left AS difference,
    if(left = 0, NULL, right / left) AS ratio
FROM measured
ARRAY JOIN measures AS m, arrayEnumerate(measures) AS place
GROUP BY measure, unit, place
ORDER BY place
COMMENT 'The corridors given as left and right, measure by measure, over the chains departed on the days since to until: measure, unit, left, right, difference (right less left), ratio (right to left); NULL: no chain tells';
