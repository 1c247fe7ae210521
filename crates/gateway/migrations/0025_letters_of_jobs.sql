-- The last job over dead letters that came to a letter, and whether the letter was refused then.
ALTER TABLE dead_letters ADD COLUMN job_id TEXT;
ALTER TABLE dead_letters ADD COLUMN job_refused BIGINT;
CREATE INDEX dead_letters_by_job ON dead_letters (job_id, job_refused, id) WHERE job_id IS NOT NULL;
-- These have all that is counted of what is open and of what waits: consoles ask for it all the time.
DROP INDEX dead_letters_open;
CREATE INDEX dead_letters_open ON dead_letters (id, kind, reason, channel_id, created_at, resolved_at)
    WHERE resolved_at IS NULL;
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at, id, attempts, state)
    WHERE state = 'pending';
