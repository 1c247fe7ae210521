-- What a key is limited to. `channels` is a JSON list of ids; NULL: all of them. `shows_texts`: whether
-- its holder sees what people write.
ALTER TABLE api_keys ADD COLUMN channels TEXT;
ALTER TABLE api_keys ADD COLUMN shows_texts BIGINT NOT NULL DEFAULT 1;
-- The secret that a rotation replaced is good until then.
ALTER TABLE api_keys ADD COLUMN old_hash TEXT;
ALTER TABLE api_keys ADD COLUMN old_until BIGINT;
CREATE UNIQUE INDEX api_keys_by_old_hash ON api_keys (old_hash);

-- A person signed in at the console with a key; `hash` is that of the cookie.
CREATE TABLE sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_key ON sessions (key_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE INDEX audit_by_time ON audit (created_at, id);
