-- Two corridors, measure by measure, over the chains that departed on the days from since to until, both included:
--   SELECT * FROM corridor_compare(left = 'land-sea', right = 'yangtze', since = '2026-01-01', until = '2026-12-31')
-- The measures are those of corridor_transit, customs_clearance, title_turnaround and finance_cycle, for a whole corridor: first plans are among them.
-- Above counted_from chains from the rollup, as of its last refresh: counts and sums as exact, quantiles within 0.5 %.
-- +goose Up
CREATE OR REPLACE VIEW corridor_compare AS
WITH
    measured AS
    (
        SELECT
            corridor,
            [
                ('chains', 'count', toFloat64(count())),
                ('delivered', 'share', sum(of.delivered) / count()),
                ('gross weight', 't', toFloat64(sum(ifNull(of.gross_kg, 0))) / 1000),
                ('value', 'USD', toFloat64(sum(ifNull(of.value_usd, 0)))),
                ('transit, median', 'hours', quantileExactInclusiveOrNull(0.5)(transit_ms) / 3600000),
                ('transit, nine of ten within', 'hours', quantileExactInclusiveOrNull(0.9)(transit_ms) / 3600000),
                ('lead time, median', 'hours', quantileExactInclusiveOrNull(0.5)(lead_ms) / 3600000),
                ('on time against the plan', 'share', if(countIf(isNotNull(on_time)) = 0, NULL, countIf(on_time = 1) / countIf(isNotNull(on_time)))),
                ('on time against the first plan', 'share', if(countIf(isNotNull(first_on_time)) = 0, NULL, countIf(first_on_time = 1) / countIf(isNotNull(first_on_time)))),
                ('slip of the plan, mean', 'hours', avgOrNull(slip_ms) / 3600000),
                ('import clearance, median', 'hours', quantileExactInclusiveOrNull(0.5)(clear_ms) / 3600000),
                ('import clearance, nine of ten within', 'hours', quantileExactInclusiveOrNull(0.9)(clear_ms) / 3600000),
                ('issue to surrender of the title, median', 'hours', quantileExactInclusiveOrNull(0.5)(surrender_ms) / 3600000),
                ('invoice to payment, median', 'days', quantileExactInclusiveOrNull(0.5)(outstanding_ms) / 86400000),
                ('chains with a finding', 'share', sum(of.contradicted) / count()),
                ('completeness of the four legs, mean', 'share', sum(of.completeness) / count())
            ] AS measures
        FROM chain_spans AS of
        WHERE corridor IN ({left:String}, {right:String}) AND departed_on BETWEEN {since:Date} AND {until:Date}
            AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') < (SELECT chains FROM counted_from)
        GROUP BY corridor
        UNION ALL
        WITH
            quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.transit_q) AS transit,
            quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.lead_q) AS lead,
            quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.clear_q) AS clearance,
            quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.surrender_q) AS surrender,
            quantilesDDMerge(0.005, 0.5, 0.9, 0.99)(of.outstanding_q) AS outstanding
        SELECT
            corridor,
            [
                ('chains', 'count', toFloat64(sum(of.chains))),
                ('delivered', 'share', sum(of.delivered) / sum(of.chains)),
                ('gross weight', 't', toFloat64(sum(of.gross_kg)) / 1000),
                ('value', 'USD', toFloat64(sum(of.value_usd))),
                ('transit, median', 'hours', if(isNaN(transit[1]), NULL, transit[1])),
                ('transit, nine of ten within', 'hours', if(isNaN(transit[2]), NULL, transit[2])),
                ('lead time, median', 'hours', if(isNaN(lead[1]), NULL, lead[1])),
                ('on time against the plan', 'share', if(sum(of.planned) = 0, NULL, sum(of.punctual) / sum(of.planned))),
                ('on time against the first plan', 'share', if(sum(of.first_planned) = 0, NULL, sum(of.first_punctual) / sum(of.first_planned))),
                ('slip of the plan, mean', 'hours', if(sum(of.slipped) = 0, NULL, sum(of.slip_hours) / sum(of.slipped))),
                ('import clearance, median', 'hours', if(isNaN(clearance[1]), NULL, clearance[1])),
                ('import clearance, nine of ten within', 'hours', if(isNaN(clearance[2]), NULL, clearance[2])),
                ('issue to surrender of the title, median', 'hours', if(isNaN(surrender[1]), NULL, surrender[1])),
                ('invoice to payment, median', 'days', if(isNaN(outstanding[1]), NULL, outstanding[1] / 24)),
                ('chains with a finding', 'share', sum(of.contradicted) / sum(of.chains)),
                ('completeness of the four legs, mean', 'share', sum(of.completeness) / sum(of.chains))
            ] AS measures
        FROM corridor_rollup AS of
        WHERE slice = 'day' AND corridor IN ({left:String}, {right:String}) AND day BETWEEN {since:Date} AND {until:Date}
            AND (SELECT sum(chains) FROM corridor_rollup WHERE slice = 'ends') >= (SELECT chains FROM counted_from)
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
