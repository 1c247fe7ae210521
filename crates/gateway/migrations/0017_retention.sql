-- What is too old, and what a person wants erased.

-- When the content of a message was removed, and whether that was because its person was erased.
ALTER TABLE messages ADD COLUMN content_expired_at BIGINT;
ALTER TABLE messages ADD COLUMN erased_at BIGINT;

-- How far retention has come with what it walks through in the order of ids, and what it passed over
-- because it still waited for something.
CREATE TABLE retention_cursors (
    kind TEXT NOT NULL PRIMARY KEY,
    position TEXT NOT NULL
){{clustered}};
CREATE TABLE retention_left (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, id)
){{clustered}};

-- The key of the hashes that stand for erased people who want no messages: see `store/erased.rs`.
-- There is none as long as nobody like that was erased.
CREATE TABLE erasure_key (
    value TEXT NOT NULL PRIMARY KEY
){{clustered}};

-- People who are erased, or were. `subject` is JSON of what they are found by; it is emptied when the
-- work is done. `step` and `position` are how far it has come, `counts` is JSON.
CREATE TABLE erasures (
    id TEXT NOT NULL PRIMARY KEY,
    contact_id TEXT NOT NULL,
    subject TEXT,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    position TEXT NOT NULL,
    inbox_from TEXT NOT NULL,
    inbox_to TEXT,
    events_to BIGINT,
    total BIGINT NOT NULL,
    counts TEXT NOT NULL,
    last_error TEXT,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE UNIQUE INDEX erasures_by_contact ON erasures (contact_id);
CREATE INDEX erasures_running ON erasures (id) WHERE state = 'running';
