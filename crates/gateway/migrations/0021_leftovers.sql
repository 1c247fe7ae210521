-- The hash of the key's secret that a session was begun with; NULL: it is not good.
ALTER TABLE sessions ADD COLUMN secret_hash TEXT;
-- None that was begun with the older of two secrets lasts longer than that.
UPDATE sessions SET secret_hash = (
    SELECT CASE WHEN sessions.expires_at <= k.old_until THEN k.old_hash ELSE k.hash END
    FROM api_keys k WHERE k.id = sessions.key_id);

-- 0: on this channel nobody has used the contact's number yet, neither they nor we.
ALTER TABLE conversations ADD COLUMN number_known BIGINT NOT NULL DEFAULT 1;

-- Objects of files that were given up while their bytes came: should a crash have left them, they are
-- removed then.
CREATE TABLE leftover_objects (
    object_key TEXT NOT NULL PRIMARY KEY,
    due_at BIGINT NOT NULL
){{clustered}};
CREATE INDEX leftover_objects_by_due ON leftover_objects (due_at);
