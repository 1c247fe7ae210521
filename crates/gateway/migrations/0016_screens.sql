-- What the screens ask for: the inbox by its last activity, search by names, figures over a day,
-- and what passed between us and an endpoint.

-- Up to this message id everything of the user's is answered or marked as read.
ALTER TABLE conversations ADD COLUMN seen_to TEXT;
CREATE INDEX conversations_by_activity ON conversations (channel_id, last_message_at, id);

CREATE INDEX contacts_by_name ON contacts (LOWER(name)) WHERE name IS NOT NULL;
CREATE INDEX contacts_by_username ON contacts (LOWER(username)) WHERE username IS NOT NULL;
CREATE INDEX channels_by_display_number ON channels (display_phone_number);

-- What one node counted in the minute that began at `at`, as JSON. Two days are kept.
CREATE TABLE samples (
    at BIGINT NOT NULL,
    node TEXT NOT NULL,
    counted TEXT NOT NULL,
    PRIMARY KEY (at, node)
);

-- Until then the secrets that a new one has replaced sign too.
ALTER TABLE endpoints ADD COLUMN old_secrets_until BIGINT;

CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, id);
-- Headers as JSON lists of name and value.
ALTER TABLE delivery_attempts ADD COLUMN request_headers TEXT;
ALTER TABLE delivery_attempts ADD COLUMN response_headers TEXT;

-- What the carrier says of a number's quality, and of how many people it may write to first.
ALTER TABLE channels ADD COLUMN quality TEXT;
ALTER TABLE channels ADD COLUMN tier TEXT;
