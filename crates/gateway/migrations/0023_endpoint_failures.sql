-- Since when an endpoint has answered nothing but failures, and when it last did.
ALTER TABLE endpoints ADD COLUMN failing_since BIGINT;
ALTER TABLE endpoints ADD COLUMN failed_at BIGINT;
