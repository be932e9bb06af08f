SELECT
    corridor, chains, delivered, containers, toString(gross_kg), toString(value_usd),
    median_transit_hours, median_clearance_hours, events
FROM corridor_summary
ORDER BY corridor_summary.value_usd DESC, corridor
