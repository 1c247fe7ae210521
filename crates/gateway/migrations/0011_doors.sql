-- The tags that callers gave to their messages. An id sorts by time, so a tag's newest come first.
CREATE TABLE message_tags (
    tag TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (tag, message_id)
){{clustered}};

-- A message by its caller's name for the request, and what happened to it, for its timeline.
CREATE INDEX messages_by_request ON messages (request_id, id) WHERE request_id IS NOT NULL;
CREATE INDEX events_by_message ON events (message_id, seq) WHERE message_id IS NOT NULL;

-- Messages that somebody may want to look at; the others only pass through their states.
CREATE INDEX messages_aside ON messages (state, id)
    WHERE state IN ('scheduled', 'requires_template', 'failed', 'expired', 'canceled');

-- The HTTP status of the carrier's answer.
ALTER TABLE send_attempts ADD COLUMN http_status BIGINT;
