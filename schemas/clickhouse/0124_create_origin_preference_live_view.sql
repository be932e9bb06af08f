-- How far the preference of the Regional Comprehensive Economic Partnership is used: chains between two of its
-- parties, and those of them with a certificate of origin. The agreement came into force for ten parties on 2022-01-01
-- and for the last, the Philippines, on 2023-06-02, before anything that is stored here: so the list has no dates. HS
-- chapters are the first two digits.
--
-- Counted when it is asked, over all chains: the view origin_preference shows it, or what origin_preference_stored has of it.
-- +goose Up
CREATE OR REPLACE VIEW origin_preference_live
(
    corridor LowCardinality(String) COMMENT 'Corridor by its id (deploy/corridors.yaml), or other',
    origin_country LowCardinality(String) COMMENT 'Country where the journey begins: ISO 3166-1 alpha-2',
    destination_country LowCardinality(String) COMMENT 'Country where it ends: ISO 3166-1 alpha-2',
    hs_chapter LowCardinality(String) COMMENT 'Chapter of the Harmonized System: two digits; empty: not known',
    chains UInt64 COMMENT 'Number of chains between the two parties; one with goods of several chapters counts in each',
    certified UInt64 COMMENT 'Number of them with a certificate of origin',
    certified_share Float64 COMMENT 'Their share, 0 to 1',
    certified_usd Decimal(38, 4) COMMENT 'Value in US dollars of the certified chains, of those that know theirs'
)
AS SELECT
    corridor, substring(origin, 1, 2) AS origin_country, substring(destination, 1, 2) AS destination_country, hs_chapter,
    count() AS chains,
    countIf(has_certificate) AS certified,
    certified / chains AS certified_share,
    sumIf(ifNull(of.value_usd, 0), has_certificate) AS certified_usd
FROM
(
    SELECT
        corridor, origin, destination, value_usd,
        arrayJoin(if(empty(hs), [''], arrayDistinct(arrayMap(code -> substring(code, 1, 2), hs)))) AS hs_chapter,
        chain_id IN (SELECT chain_id FROM chain_events FINAL WHERE type = 'trade.origin.certified') AS has_certificate
    FROM chain
) AS of
WHERE origin_country != destination_country AND origin_country IN ('AU', 'BN', 'CN', 'ID', 'JP', 'KH', 'KR', 'LA', 'MM', 'MY', 'NZ', 'PH', 'SG', 'TH', 'VN') AND destination_country IN ('AU', 'BN', 'CN', 'ID', 'JP', 'KH', 'KR', 'LA', 'MM', 'MY', 'NZ', 'PH', 'SG', 'TH', 'VN')
GROUP BY corridor, origin_country, destination_country, hs_chapter
COMMENT 'Use of the RCEP preference: chains between its parties, and those with a certificate of origin: counted when it is asked';
