-- rejected_events also has what the domain services refuse, which may have come over HTTP and then stands in no stream but REJECTED.
-- +goose Up
ALTER TABLE rejected_events
    COMMENT COLUMN stage 'Who refused it: archive, or the domain service: trade, customs, logistics, finance',
    COMMENT COLUMN received_at 'When the broker took the message; of one that came over HTTP, when it was refused; UTC, milliseconds',
    COMMENT COLUMN stream_seq 'Sequence of the message in the stream that it came on; of one that came over HTTP, in REJECTED',
    COMMENT COLUMN version 'Epoch of the stream in the upper 16 bits, sequence of the message in the lower 48: of EVENTS for what archive refused, else of REJECTED';
