-- NATS JetStream: how far events are published, receipts that wait for the carrier, and files that
-- are uploaded before their message is sent.

-- `mark` names the last acknowledged message in its stream, to see when the server has lost some.
CREATE TABLE bus_cursors (
    name TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    mark TEXT
){{clustered}};

-- One command `read` each. `message_ids` is a JSON list of those that are not marked yet, `failed`
-- one of those that the carrier refused. `due_at` moves ahead while a node works on the row.
CREATE TABLE read_receipts (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    request_id TEXT,
    message_ids TEXT NOT NULL,
    failed TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
){{clustered}};
CREATE INDEX read_receipts_due ON read_receipts (due_at);

-- The file of an outbound message. `content` is base64; it is emptied once the carrier has the
-- message, and `media_id` is what the carrier calls the file.
CREATE TABLE attachments (
    message_id TEXT NOT NULL PRIMARY KEY,
    mime_type TEXT NOT NULL,
    filename TEXT,
    content TEXT NOT NULL,
    media_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX attachments_full ON attachments (message_id) WHERE content <> '';
CREATE INDEX attachments_by_age ON attachments (created_at);
