-- A tariff of free time in the words of deploy/free_time.yaml: six rules, the last of which fits what no other does.
INSERT INTO reference_free_time
(
    digest, rule, tariff, carrier, corridor, places, countries, demurrage_free_days, detention_free_days, combined_free_days,
    export_demurrage_free_days, export_detention_free_days, next_day, loaded_at
)
VALUES
    ('bench', 1, 'bench', '', 'land-sea', ['SGSIN'], [], 3, 5, NULL, NULL, NULL, false, {start:DateTime64(3, 'UTC')}),
    ('bench', 2, 'bench', '', 'yangtze', ['SGSIN'], [], 3, 5, NULL, NULL, NULL, false, {start:DateTime64(3, 'UTC')}),
    ('bench', 3, 'bench', '', 'europe-rail', ['DEDUI'], [], 2, 7, NULL, NULL, NULL, false, {start:DateTime64(3, 'UTC')}),
    ('bench', 4, 'bench', '', 'asean-road', [], [], NULL, NULL, 3, NULL, NULL, false, {start:DateTime64(3, 'UTC')}),
    ('bench', 5, 'bench', '', '', [], ['VN'], 5, 5, NULL, NULL, NULL, true, {start:DateTime64(3, 'UTC')}),
    ('bench', 6, 'bench', '', '', [], [], 5, 7, NULL, 3, 5, false, {start:DateTime64(3, 'UTC')})
