-- The hash of the key's secret that a session was begun with; NULL: it is not good.
ALTER TABLE sessions ADD COLUMN secret_hash TEXT;
-- None that was begun with the older of two secrets lasts longer than that.
UPDATE sessions SET secret_hash = (
    SELECT CASE WHEN sessions.expires_at <= k.old_until THEN k.old_hash ELSE k.hash END
    FROM api_keys k WHERE k.id = sessions.key_id);
