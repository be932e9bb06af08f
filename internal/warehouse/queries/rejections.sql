SELECT org, stage, subject, stream_seq, received_at, version, faults.code, faults.pointer, faults.value, faults.message, payload
FROM rejected_events
