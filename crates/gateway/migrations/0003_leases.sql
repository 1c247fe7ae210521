-- Who does what among the nodes that share one database. A row stays when its holder is gone, so
-- that `token` never goes back; `holder` is empty while nobody has it. Rows named `node/…` are the
-- nodes themselves, and `about` tells what such a node is.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    token BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    about TEXT
){{clustered}};

-- Which node makes a call: while it lives, it alone says how the call ended.
ALTER TABLE send_attempts ADD COLUMN node TEXT;
