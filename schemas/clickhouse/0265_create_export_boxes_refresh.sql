-- Fills export_boxes_stored anew, five minutes after the last time, in one thread. Chains are read twice, the second time with the keys that came more than once: a
-- tenth of what sorting or grouping whole rows takes. Both readings are of the same snapshot, or a container whose second chain came between them
-- would be two.
-- +goose Up
CREATE MATERIALIZED VIEW IF NOT EXISTS export_boxes_refresh
REFRESH AFTER 5 MINUTE TO export_boxes_stored
(
    shared Bool COMMENT 'As in export_boxes_stored',
    container String COMMENT 'As in export_boxes_stored',
    iso_type LowCardinality(String) COMMENT 'As in export_boxes_stored',
    unlocode LowCardinality(String) COMMENT 'As in export_boxes_stored',
    corridor LowCardinality(String) COMMENT 'As in export_boxes_stored',
    carrier LowCardinality(String) COMMENT 'As in export_boxes_stored',
    chains Array(FixedString(16)) COMMENT 'As in export_boxes_stored',
    picked_up_at Nullable(DateTime64(3, 'UTC')) COMMENT 'As in export_boxes_stored',
    gated_in_at Nullable(DateTime64(3, 'UTC')) COMMENT 'As in export_boxes_stored',
    loaded_at Nullable(DateTime64(3, 'UTC')) COMMENT 'As in export_boxes_stored',
    departed Bool COMMENT 'As in export_boxes_stored',
    orgs Array(LowCardinality(String)) COMMENT 'As in export_boxes_stored',
    as_of DateTime64(3, 'UTC') COMMENT 'As in export_boxes_stored'
)
AS SELECT
    cityHash64(container, unlocode, coalesce(picked_up_at, gated_in_at, loaded_at, toDateTime64(0, 3, 'UTC'))) IN (
        SELECT cityHash64(container, unlocode, coalesce(picked_up_at, gated_in_at, loaded_at, toDateTime64(0, 3, 'UTC'))) AS place
        FROM export_boxes_live
        GROUP BY place
        HAVING count() > 1
    ) AS shared,
    container, iso_type, unlocode, corridor, carrier, chains, picked_up_at, gated_in_at, loaded_at, departed, orgs, now64(3, 'UTC') AS as_of
FROM export_boxes_live
SETTINGS max_threads = 1, max_bytes_before_external_group_by = 1000000000, enable_shared_storage_snapshot_in_query = 1
COMMENT 'Fills export_boxes_stored anew every five minutes';
