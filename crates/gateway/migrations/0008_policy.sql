-- Who may be written to: since when a channel hears of what users do, who wants nothing more, and
-- what a message was before a template took its place.

-- `since` is when the first webhook with messages or statuses came: before, a user may have written
-- without our hearing of it. `waba_id` is the WABA that webhooks name.
CREATE TABLE channel_hearing (
    channel_id TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    waba_id TEXT
){{clustered}};

-- One refusal of a contact's, with its proof. `channel_id` is empty for all channels. What is lifted
-- stays as proof; a row that was never in force (`lifted_at` = `occurred_at`) says that the contact
-- wanted messages again at that time, so that an older refusal that comes late counts for nothing.
-- scope: marketing or all. source: keyword, user_preferences, 131050, api or console.
CREATE TABLE suppressions (
    id TEXT NOT NULL PRIMARY KEY,
    contact_id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    proof TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT
){{clustered}};
CREATE INDEX suppressions_by_contact ON suppressions (contact_id, channel_id);
CREATE UNIQUE INDEX suppressions_in_force
    ON suppressions (contact_id, channel_id, scope, source) WHERE lifted_at IS NULL;

-- JSON of kind and content of a message that a template replaced because the window was closed.
ALTER TABLE messages ADD COLUMN replaced TEXT;
-- When the contact last came through an advertisement or a page's button. It concerns the price only.
ALTER TABLE conversations ADD COLUMN referred_at BIGINT;
