-- The one contact that a file was sent to; '*' once there are several. An erasure takes it along.
ALTER TABLE media ADD COLUMN sent_to TEXT;
CREATE INDEX media_by_recipient ON media (sent_to) WHERE sent_to IS NOT NULL;
