SELECT
    toString(chain_id), founded_on, version, orgs, corridor, origin, destination, mode_path,
    hs, containers, packages, toString(gross_kg), toString(value), currency, toString(value_usd),
    [ordered_at, invoiced_at, booked_at, title_issued_at, title_surrendered_at, export_lodged_at, export_cleared_at,
     departed_at, border_crossed_at, arrived_at, import_lodged_at, import_released_at, import_cleared_at, duty_paid_at,
     delivered_at, empty_returned_at, credit_issued_at, financed_at, repaid_at, paid_at],
    title, [completeness_trade, completeness_customs, completeness_logistics, completeness_finance],
    status, findings, events, last_event_at,
    legs.mode, legs.carrier, legs.conveyance, legs.origin, legs.destination,
    legs.planned_departure_at, legs.departed_at, legs.planned_arrival_at, legs.arrived_at,
    due.milestone, due.due_at, arrayMap(e -> toString(e.km), emissions), emissions.distance, emissions.tier, emissions.factors,
    arrayMap(e -> toString(e.ttw_kg), emissions), arrayMap(e -> toString(e.wtw_kg), emissions), toString(co2e_ttw_kg), toString(co2e_kg),
    parties.role, parties.id_kind, parties.id, parties.name, parties.country
FROM chains FINAL
WHERE (founded_on, chain_id) IN (SELECT toDate(pair.1), toFixedString(pair.2, 16) FROM (SELECT arrayJoin(arrayZip(@days, @ids)) AS pair))
ORDER BY founded_on, chain_id
