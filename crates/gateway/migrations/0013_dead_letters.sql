-- What a person did, to what, and when; `was` and `became` are JSON where something was changed.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    was TEXT,
    became TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, id);

-- Many dead letters settled one after the other. `filter` is JSON; `last_id` is the last letter that
-- the job came to, in the order of their ids.
CREATE TABLE dead_letter_jobs (
    id TEXT NOT NULL PRIMARY KEY,
    action TEXT NOT NULL,
    reason TEXT,
    filter TEXT NOT NULL,
    per_second BIGINT NOT NULL,
    state TEXT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    last_id TEXT NOT NULL,
    last_error TEXT,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX dead_letter_jobs_running ON dead_letter_jobs (id) WHERE state = 'running';
