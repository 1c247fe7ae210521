-- What the caller of an outbound message asked for beside its content (JSON), and what the carrier
-- says that it costs (JSON, from its last priced status).
ALTER TABLE messages ADD COLUMN options TEXT;
ALTER TABLE messages ADD COLUMN pricing TEXT;
