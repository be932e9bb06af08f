-- chain_spans as before, straight from the table: through the view chain an array of tuples is read whole, where two of ten members are wanted.
-- Of ten million chains corridor_rollup is counted in 24 instead of 42 s of processor time. Figures: docs/decisions/0028-members-of-arrays.md.
--
-- What the measures are made of, chain by chain: each view of the corridors counts and sums this, so that a measure means the same in
-- all of them. A span is there where both of its ends are reached, whichever of the two came first.
--
-- Definitions, after those who measure:
-- lodge, release, clear, deliver: steps of a time release study (WCO, Guide to Measure the Time Required for the Release of Goods, version 3).
-- draft: shipping instructions to issue of the bill (DCSA, standard booking and bill of lading processes).
-- on_time: schedule reliability against the plan of the last leg, with a day of grace.
-- tonne_km: transport activity (ISO 14083): with co2e_kg it gives grams per tonne-kilometre.
-- +goose Up
CREATE OR REPLACE VIEW chain_spans
(
    chain_id FixedString(16) COMMENT 'Identity of the chain',
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin LowCardinality(String) COMMENT 'Where the journey begins: UN/LOCODE',
    destination LowCardinality(String) COMMENT 'Where the journey ends: UN/LOCODE',
    mode_path LowCardinality(String) COMMENT 'Modes in order of travel, such as rail>sea',
    departed_on Nullable(Date) COMMENT 'Day of departure, UTC; NULL: not departed',
    status LowCardinality(String) COMMENT 'open, in_transit, arrived, delivered or closed',
    hs Array(LowCardinality(String)) COMMENT 'Harmonized System codes of the goods, six digits, sorted',
    containers Array(String) COMMENT 'ISO 6346 numbers of the containers, sorted',
    parties Array(Tuple(role LowCardinality(String), id_kind LowCardinality(String), id String, name String, country LowCardinality(String))) COMMENT 'Organisations in their roles: kind and value of the identifier, name, ISO 3166-1 alpha-2 country',
    events UInt32 COMMENT 'Number of events attributed to the chain',
    gross_kg Nullable(Decimal(18, 4)) COMMENT 'Gross weight in kilograms; NULL: not known',
    value_usd Nullable(Decimal(18, 4)) COMMENT 'Value in US dollars; NULL: not known',
    co2e_kg Nullable(Decimal(18, 4)) COMMENT 'Kilograms CO2e of all legs, well-to-wheel; NULL: that of a leg is not known',
    tonne_km Nullable(Float64) COMMENT 'Tonnes times the kilometres of all legs, where the CO2e is known; NULL: it is not',
    transit_ms Nullable(Int64) COMMENT 'Departure of the first conveyance to arrival of the last; milliseconds; NULL: an end is not reached',
    lead_ms Nullable(Int64) COMMENT 'Order, else booking, to delivery; milliseconds; NULL: an end is not reached',
    lodge_ms Nullable(Int64) COMMENT 'Arrival to lodging of the import declaration; milliseconds; NULL: an end is not reached',
    release_ms Nullable(Int64) COMMENT 'Lodging of the import declaration to release; milliseconds; NULL: an end is not reached',
    clear_ms Nullable(Int64) COMMENT 'Lodging of the import declaration to clearance; milliseconds; NULL: an end is not reached',
    deliver_ms Nullable(Int64) COMMENT 'Release of the import to delivery; milliseconds; NULL: an end is not reached',
    export_ms Nullable(Int64) COMMENT 'Lodging of the export declaration to clearance; milliseconds; NULL: an end is not reached',
    draft_ms Nullable(Int64) COMMENT 'Shipping instruction (title drafted) to issue of the title document; milliseconds; NULL: an end is not reached',
    issue_ms Nullable(Int64) COMMENT 'Departure to issue of the title document; milliseconds; NULL: an end is not reached',
    surrender_ms Nullable(Int64) COMMENT 'Issue to surrender of the title document; milliseconds; NULL: an end is not reached',
    handover_ms Nullable(Int64) COMMENT 'Surrender of the title document to delivery; milliseconds; NULL: an end is not reached',
    outstanding_ms Nullable(Int64) COMMENT 'Invoice to payment (days sales outstanding); milliseconds; NULL: an end is not reached',
    financing_ms Nullable(Int64) COMMENT 'Grant of financing to repayment; milliseconds; NULL: an end is not reached',
    delivered UInt8 COMMENT '1: the cargo was delivered',
    import_lodged UInt8 COMMENT '1: it has an import declaration',
    import_cleared UInt8 COMMENT '1: it has one, which was cleared',
    export_lodged UInt8 COMMENT '1: it has an export declaration',
    export_cleared UInt8 COMMENT '1: it has one, which was cleared',
    issued UInt8 COMMENT '1: the title document was issued',
    surrendered UInt8 COMMENT '1: the title document was surrendered',
    surrendered_late UInt8 COMMENT '1: it was surrendered after the last conveyance had arrived',
    invoiced UInt8 COMMENT '1: it was invoiced',
    paid UInt8 COMMENT '1: it was invoiced and paid',
    financed UInt8 COMMENT '1: it was financed',
    repaid UInt8 COMMENT '1: it was financed, and the financing repaid',
    contradicted UInt8 COMMENT '1: it has a finding',
    complete UInt8 COMMENT '1: all expected milestones of all four legs are reached: the one order is complete',
    on_time Nullable(UInt8) COMMENT '1: arrived no later than 24 hours after the arrival planned for the last leg; 0: later; NULL: not arrived, or no plan',
    completeness Float64 COMMENT 'Mean of the completeness of the four legs, 0 to 1',
    presented UInt32 COMMENT 'Number of documents that were presented, recognised or refused across the border: by kind and number',
    recognised UInt32 COMMENT 'Number of them that another side recognised',
    recognised_by_digest UInt32 COMMENT 'Number of those whose digest is that of a version which another event reports'
)
AS SELECT
    of.chain_id AS chain_id, of.corridor AS corridor, of.origin AS origin, of.destination AS destination, of.mode_path AS mode_path,
    toDate(departed_at) AS departed_on, of.status AS status, of.hs AS hs, of.containers AS containers, of.parties AS parties, of.events AS events,
    of.gross_kg AS gross_kg, of.value_usd AS value_usd, of.co2e_kg AS co2e_kg,
    if(isNull(of.co2e_kg), NULL, toFloat64(ifNull(of.gross_kg, 0)) / 1000 * arraySum(k -> toFloat64(ifNull(k, 0)), emissions.km)) AS tonne_km,
    dateDiff('millisecond', departed_at, arrived_at) AS transit_ms,
    dateDiff('millisecond', coalesce(ordered_at, booked_at), delivered_at) AS lead_ms,
    dateDiff('millisecond', arrived_at, import_lodged_at) AS lodge_ms,
    dateDiff('millisecond', import_lodged_at, import_released_at) AS release_ms,
    dateDiff('millisecond', import_lodged_at, import_cleared_at) AS clear_ms,
    dateDiff('millisecond', import_released_at, delivered_at) AS deliver_ms,
    dateDiff('millisecond', export_lodged_at, export_cleared_at) AS export_ms,
    dateDiff('millisecond', if(indexOf(title_steps.step, 'drafted') = 0, NULL, toNullable(title_steps.at[indexOf(title_steps.step, 'drafted')])), title_issued_at) AS draft_ms,
    dateDiff('millisecond', departed_at, title_issued_at) AS issue_ms,
    dateDiff('millisecond', title_issued_at, title_surrendered_at) AS surrender_ms,
    dateDiff('millisecond', title_surrendered_at, delivered_at) AS handover_ms,
    dateDiff('millisecond', invoiced_at, paid_at) AS outstanding_ms,
    dateDiff('millisecond', financed_at, repaid_at) AS financing_ms,
    isNotNull(delivered_at) AS delivered,
    isNotNull(import_lodged_at) AS import_lodged,
    isNotNull(import_lodged_at) AND isNotNull(import_cleared_at) AS import_cleared,
    isNotNull(export_lodged_at) AS export_lodged,
    isNotNull(export_lodged_at) AND isNotNull(export_cleared_at) AS export_cleared,
    isNotNull(title_issued_at) AS issued,
    isNotNull(title_surrendered_at) AS surrendered,
    ifNull(title_surrendered_at > arrived_at, 0) AS surrendered_late,
    isNotNull(invoiced_at) AS invoiced,
    isNotNull(invoiced_at) AND isNotNull(paid_at) AS paid,
    isNotNull(financed_at) AS financed,
    isNotNull(financed_at) AND isNotNull(repaid_at) AS repaid,
    notEmpty(findings) AS contradicted,
    completeness_trade = 1 AND completeness_customs = 1 AND completeness_logistics = 1 AND completeness_finance = 1 AS complete,
    if(isNull(arrived_at) OR isNull(legs.planned_arrival_at[-1]), NULL, toNullable(arrived_at <= legs.planned_arrival_at[-1] + toIntervalHour(24))) AS on_time,
    (completeness_trade + completeness_customs + completeness_logistics + completeness_finance) / 4 AS completeness,
    toUInt32(length(arrayDistinct(arrayZip(recognition.kind, recognition.number)))) AS presented,
    toUInt32(length(arrayDistinct(arrayFilter((d, act) -> act = 'recognised', arrayZip(recognition.kind, recognition.number), recognition.act)))) AS recognised,
    toUInt32(length(arrayDistinct(arrayFilter((d, act, match) -> act = 'recognised' AND match = 'digest', arrayZip(recognition.kind, recognition.number), recognition.act, recognition.match)))) AS recognised_by_digest
FROM chains AS of FINAL
COMMENT 'Times and outcomes of each chain, of which the measures of the corridors are made';
