-- Files, in and out. Their bytes are in the object store, under `object_key`.

-- direction: inbound (from a user) or outbound (handed to us to be sent).
-- state: pending (not here yet), stored, failed (given up) or expired (its time is over).
-- `carrier_media_id` is what the carrier calls an inbound file, `wanted_sha256` the sum that it has
-- announced. `object_key` is empty once the bytes of an expired file are removed. An inbound file that is pending is fetched when it is due; `due_at` moves ahead while a
-- node works on it, and `tries` tells whether it is still that node's.
CREATE TABLE media (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT,
    direction TEXT NOT NULL,
    message_id TEXT,
    carrier_media_id TEXT,
    wanted_sha256 TEXT,
    state TEXT NOT NULL,
    mime_type TEXT,
    bytes BIGINT,
    sha256 TEXT,
    filename TEXT,
    is_voice BIGINT NOT NULL,
    object_key TEXT NOT NULL,
    tries BIGINT NOT NULL,
    error TEXT,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT
){{clustered}};
CREATE INDEX media_due ON media (direction, due_at, id) WHERE state = 'pending';
CREATE INDEX media_by_message ON media (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX media_by_channel ON media (channel_id, id);
CREATE INDEX media_expiring ON media (expires_at, id) WHERE object_key <> '';

-- What the carrier calls a file that was uploaded to a number, until it forgets it.
CREATE TABLE media_uploads (
    number_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    carrier_media_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (number_id, sha256, mime_type)
){{clustered}};
CREATE INDEX media_uploads_by_age ON media_uploads (expires_at);
