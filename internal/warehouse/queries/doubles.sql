SELECT toUInt64(
    (SELECT count() - uniqExact(event_key) FROM events)
    + (SELECT count() - uniqExact(chain_id, event_key) FROM chain_members)
    + (SELECT count() - uniqExact(chain_id) FROM chains FINAL)
    + (SELECT count() - uniqExact(stage, version) FROM rejected_events FINAL)) AS doubles
