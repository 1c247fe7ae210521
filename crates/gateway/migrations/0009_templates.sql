-- What Meta tells of the templates of the WABAs of our channels. `definition` is Meta's JSON as it
-- was fetched; the columns beside it are newer where a webhook has changed them since.
CREATE TABLE templates (
    id TEXT NOT NULL,
    waba_id TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    category TEXT,
    quality TEXT,
    parameter_format TEXT,
    rejected_reason TEXT,
    paused_until BIGINT,
    definition TEXT NOT NULL,
    status_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (id, waba_id)
){{clustered}};
CREATE INDEX templates_by_name ON templates (waba_id, name, language);

-- When the templates of a WABA were listed last. `wanted_at`: something changed since that only
-- listing them again can tell.
CREATE TABLE template_lists (
    waba_id TEXT NOT NULL PRIMARY KEY,
    fetched_at BIGINT,
    wanted_at BIGINT,
    tried_at BIGINT,
    error TEXT
){{clustered}};
