-- Whether containers are shown as they were stored at the last refresh: chains are many, and they were stored once. With the rights of who made it,
-- since an organisation has no rows of the rollup, and of what is stored its own: it tells them this and no more.
-- +goose Up
CREATE OR REPLACE VIEW boxes_are_stored
(
    import Bool COMMENT 'demurrage_detention shows import_boxes_stored',
    export Bool COMMENT 'demurrage_detention_export shows export_boxes_stored'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS SELECT
    (SELECT many FROM chains_are_many) AND (SELECT count() FROM import_boxes_stored) > 0 AS import,
    (SELECT many FROM chains_are_many) AND (SELECT count() FROM export_boxes_stored) > 0 AS export
COMMENT 'Whether views show containers as they were stored at the last refresh, since chains are many';
