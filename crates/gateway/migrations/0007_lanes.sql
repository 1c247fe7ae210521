-- The queue in lanes. What is due stands in `send_queue`, in the order in which it leaves: the lane
-- (0 high, 1 normal, 2 low), then the turn, which is fair between callers, then the order of arrival.
-- What is not due yet, or is tried again, stands in `send_later`. `shelf` is twice the lane, and one
-- more for what has no turn yet (-1) and gets it when it is due: so what is tried again does not wait
-- behind a campaign that is due at once. `pair` is the conversation whose own pace a message keeps; empty for groups.
-- An older wharf knows neither table.

CREATE TABLE send_later (
    channel_id TEXT NOT NULL,
    shelf BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    turn BIGINT NOT NULL,
    caller TEXT NOT NULL,
    pair TEXT NOT NULL,
    PRIMARY KEY (channel_id, shelf, due_at, position, message_id)
){{clustered}};

INSERT INTO send_later (channel_id, shelf, due_at, position, message_id, turn, caller, pair)
    SELECT q.channel_id, 3, q.due_at, q.position, q.message_id, -1, '',
        CASE WHEN c.group_id IS NULL THEN COALESCE(m.conversation_id, '') ELSE '' END
    FROM send_queue q
    LEFT JOIN messages m ON m.id = q.message_id
    LEFT JOIN contacts c ON c.id = m.contact_id;

DROP TABLE send_queue;

CREATE TABLE send_queue (
    channel_id TEXT NOT NULL,
    lane BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    position BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    pair TEXT NOT NULL,
    PRIMARY KEY (channel_id, lane, turn, position, message_id)
){{clustered}};
CREATE INDEX send_queue_by_caller ON send_queue (channel_id, lane, caller, turn);

-- How far the turns of a lane have come: that of the last message that left.
CREATE TABLE send_turns (
    channel_id TEXT NOT NULL,
    lane BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (channel_id, lane)
){{clustered}};

-- Messages that leave in order: of each conversation only the first stands in the queue. It stays
-- here until its outcome is known, or known to be unknown.
CREATE TABLE send_lines (
    conversation_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    lane BIGINT NOT NULL,
    caller TEXT NOT NULL,
    pair TEXT NOT NULL,
    PRIMARY KEY (conversation_id, position, message_id)
){{clustered}};
CREATE UNIQUE INDEX send_lines_by_message ON send_lines (message_id);

-- Pairs of a number and a user that rest: several messages went to the user at once, or the carrier
-- asked for it. `sent` counts those since `since`; `strikes` counts refusals in a row.
CREATE TABLE send_pairs (
    channel_id TEXT NOT NULL,
    pair TEXT NOT NULL,
    since BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    strikes BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    PRIMARY KEY (channel_id, pair)
){{clustered}};

-- What Meta says that a number may send in a second, and when it was asked. `throughput` is what a
-- person has set, 0 if nobody has: so far 80 stood for that.
ALTER TABLE channels ADD COLUMN learned_throughput BIGINT;
ALTER TABLE channels ADD COLUMN learned_at BIGINT;
UPDATE channels SET throughput = 0 WHERE throughput = 80;

UPDATE counters SET value = 7 WHERE name = 'schema_oldest';
