-- What retention walks through in the order in which it came, and what it looks for.
CREATE INDEX message_statuses_by_time ON message_statuses (received_at);
CREATE INDEX audit_of_edits ON audit (created_at, id)
    WHERE action = 'dead_letter.edited' AND was IS NOT NULL;
