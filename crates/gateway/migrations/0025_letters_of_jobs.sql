-- The last job over dead letters that came to a letter, and whether the letter was refused then.
ALTER TABLE dead_letters ADD COLUMN job_id TEXT;
ALTER TABLE dead_letters ADD COLUMN job_refused BIGINT;
CREATE INDEX dead_letters_by_job ON dead_letters (job_id, id) WHERE job_id IS NOT NULL;
-- Has all that the groups are made of: consoles ask for them all the time.
DROP INDEX dead_letters_open;
CREATE INDEX dead_letters_open ON dead_letters (id, kind, reason, channel_id, created_at, resolved_at)
    WHERE resolved_at IS NULL;
