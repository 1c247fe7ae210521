-- The first rooms. One text for SQLite and PostgreSQL: TEXT and BIGINT columns, ids and times
-- made by us (times in unix milliseconds). `{{seq_key}}`, `{{clustered}}` and `{{bytes}}` are the
-- dialect hook.

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
){{clustered}};
INSERT INTO counters (name, value) VALUES ('events', 0);

-- How far a reader of the inbox journal has come; moved in the transaction that applied it.
CREATE TABLE inbox_cursors (
    reader TEXT NOT NULL PRIMARY KEY,
    segment BIGINT NOT NULL,
    byte_offset BIGINT NOT NULL
){{clustered}};

-- Identity keys of updates that are neither a message nor a status.
CREATE TABLE seen_updates (
    identity TEXT NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
){{clustered}};
CREATE INDEX seen_updates_by_age ON seen_updates (seen_at);

CREATE TABLE channels (
    id TEXT NOT NULL PRIMARY KEY,
    carrier TEXT NOT NULL,
    name TEXT NOT NULL,
    phone_number_id TEXT,
    waba_id TEXT,
    display_phone_number TEXT,
    access_token TEXT,
    app_secret TEXT,
    verify_token TEXT,
    throughput BIGINT NOT NULL,
    paused_at BIGINT,
    pause_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
){{clustered}};
CREATE UNIQUE INDEX channels_by_number ON channels (carrier, phone_number_id);

CREATE TABLE contacts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    username TEXT,
    wa_id TEXT,
    bsuid TEXT,
    parent_bsuid TEXT,
    group_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
){{clustered}};

-- kind: wa_id, bsuid (also of the parent) or group.
CREATE TABLE contact_identities (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (kind, value)
){{clustered}};
CREATE INDEX contact_identities_by_contact ON contact_identities (contact_id);

CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_message_at BIGINT NOT NULL,
    last_inbound_at BIGINT
){{clustered}};
CREATE UNIQUE INDEX conversations_by_contact ON conversations (contact_id, channel_id);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    carrier_id TEXT,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    request_id TEXT,
    state TEXT NOT NULL,
    state_detail TEXT,
    attempts BIGINT NOT NULL,
    notification TEXT,
    occurred_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX messages_by_carrier_id ON messages (carrier_id, channel_id);
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
CREATE INDEX messages_unsettled ON messages (state, channel_id, id)
    WHERE state IN ('sending', 'unknown');

-- What waits to be sent. A row leaves when its message is taken by the channel's sender.
-- `position` orders what is due in the same millisecond.
CREATE TABLE send_queue (
    channel_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (channel_id, due_at, position, message_id)
){{clustered}};

-- Callback data that the caller of a message set itself, kept while its outcome is unknown.
CREATE TABLE send_callbacks (
    channel_id TEXT NOT NULL,
    callback_data TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (channel_id, callback_data, message_id)
){{clustered}};

CREATE TABLE send_attempts (
    message_id TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    detail TEXT,
    PRIMARY KEY (message_id, attempt)
){{clustered}};

CREATE TABLE message_statuses (
    carrier_id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    status TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT,
    occurred_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (carrier_id, channel_id, status, recipient)
){{clustered}};

CREATE TABLE events (
    seq {{seq_key}},
    id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    type TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    message_id TEXT,
    notification TEXT,
    data TEXT NOT NULL
);
CREATE UNIQUE INDEX events_by_id ON events (id);

-- `event_types` and `channels` are JSON lists; an empty one means all.
CREATE TABLE endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    secret TEXT NOT NULL,
    event_types TEXT NOT NULL,
    channels TEXT NOT NULL,
    cursor_seq BIGINT NOT NULL,
    disabled_at BIGINT,
    disabled_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
){{clustered}};

-- state: pending, delivered, failed or canceled. due_at counts only while pending.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    event_seq BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
){{clustered}};
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE INDEX deliveries_failed ON deliveries (id) WHERE state = 'failed';

CREATE TABLE delivery_attempts (
    delivery_id TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status BIGINT,
    error TEXT,
    response TEXT,
    PRIMARY KEY (delivery_id, attempt)
){{clustered}};

-- kind: send, delivery or ingest. What a person may look at, retry or discard.
CREATE TABLE dead_letters (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    channel_id TEXT,
    message_id TEXT,
    delivery_id TEXT,
    event_id TEXT,
    notification TEXT,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolution TEXT
);
CREATE INDEX dead_letters_open ON dead_letters (id) WHERE resolved_at IS NULL;
CREATE INDEX dead_letters_by_message ON dead_letters (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX dead_letters_by_delivery ON dead_letters (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
){{clustered}};
CREATE UNIQUE INDEX api_keys_by_hash ON api_keys (hash);

-- scope: who may repeat the key (an API key's id; later a channel on NATS).
CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, idempotency_key)
){{clustered}};
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
