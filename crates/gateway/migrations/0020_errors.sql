-- What the carrier said went wrong with messages: a row for each refusal, and for each status `failed`.
-- `message_id` is null where the message is none of ours, `code` where the carrier gave none.
CREATE TABLE errors (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    message_id TEXT,
    code BIGINT,
    class TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL
){{clustered}};
CREATE INDEX errors_by_code ON errors (COALESCE(code, 0), id);
