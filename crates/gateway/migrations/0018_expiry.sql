-- Until when a message that waits may be sent stands with the deadline of those that were sent.
CREATE INDEX messages_by_expiry ON messages (deadline_at)
    WHERE state IN ('queued', 'scheduled') AND deadline_at IS NOT NULL;
