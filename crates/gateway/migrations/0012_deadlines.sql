-- Until when the carrier tries to deliver an accepted message: then it has expired.
ALTER TABLE messages ADD COLUMN deadline_at BIGINT;
UPDATE messages SET deadline_at = updated_at + 2592000000 WHERE state IN ('accepted', 'sent');
CREATE INDEX messages_by_deadline ON messages (deadline_at) WHERE state IN ('accepted', 'sent');

-- Channels that the carrier's refusals have paused. A row counts while its channel is paused since
-- `paused_at`; `lifted_at` is when a probe passed, so that the next pause waits longer if it comes
-- soon. What a person does removes the row.
CREATE TABLE channel_pauses (
    channel_id TEXT NOT NULL PRIMARY KEY,
    paused_at BIGINT NOT NULL,
    class TEXT NOT NULL,
    code BIGINT,
    probes BIGINT NOT NULL,
    probe_at BIGINT NOT NULL,
    lifted_at BIGINT
){{clustered}};
