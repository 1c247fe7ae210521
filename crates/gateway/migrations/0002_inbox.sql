-- The inbox of gateways that share a database: notifications as they were received. With SQLite they
-- are in the journal, and this stays empty. `inbox` counts what was stored in all;
-- `inbox_segment` is the first half of the names of new ones.
CREATE TABLE inbox (
    segment BIGINT NOT NULL,
    byte_offset BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    body {{bytes}} NOT NULL,
    PRIMARY KEY (segment, byte_offset)
);
INSERT INTO counters (name, value) VALUES ('inbox', 0), ('inbox_segment', 1);
