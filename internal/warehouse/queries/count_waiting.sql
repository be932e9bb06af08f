SELECT (SELECT count() FROM unattributed_events FINAL), (SELECT count() FROM rejected_events FINAL)
