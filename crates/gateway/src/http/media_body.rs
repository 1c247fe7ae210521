//! What a file looks like in the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::message_body::MessageDirection;
use super::texts::Texts;
use super::time::Time;
use crate::media::url_of;
use crate::store::media::{self, State};

/// A file, of a user's or to be sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "med_01hf7yat00c5k9m2t8w3x6q4vz", "direction": "inbound", "state": "stored",
    "mime_type": "image/jpeg", "bytes": 81234,
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "filename": null, "url": "/api/v1/media/med_01hf7yat00c5k9m2t8w3x6q4vz/content",
    "channel": "support", "message_id": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "tries": 1,
    "error": null, "created_at": "2026-11-21T08:15:30.250Z",
    "expires_at": "2026-12-21T08:15:30.250Z"
}))]
pub(super) struct Media {
    /// Ours: `med_…`.
    id: String,
    direction: MessageDirection,
    state: MediaState,
    mime_type: Option<String>,
    bytes: Option<i64>,
    /// In hex.
    sha256: Option<String>,
    filename: Option<String>,
    /// `true`: the API key does not show texts, and neither the name nor the content of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hidden: Option<bool>,
    /// Where its content is served, once it is stored.
    url: Option<String>,
    /// The channel's id.
    channel: Option<String>,
    /// The inbound message that it came with.
    message_id: Option<String>,
    /// Tries to fetch it from the carrier.
    tries: i64,
    /// Why the last try failed.
    error: Option<String>,
    created_at: Time,
    /// When it is removed; null: never.
    expires_at: Option<Time>,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MediaState {
    /// On its way.
    Pending,
    /// Here.
    Stored,
    /// Given up.
    Failed,
    /// Removed, because its time was over.
    Expired,
}

/// A form with a file.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form; the handler reads it")]
pub(super) struct Upload {
    /// What the file is, if its part does not say it; before the file.
    #[schema(rename = "type")]
    r#type: Option<String>,
    /// Its name; before the file.
    filename: Option<String>,
    /// The channel whose retention it has; before the file.
    channel: Option<String>,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

impl From<media::Media> for Media {
    fn from(row: media::Media) -> Self {
        let stored = row.state == State::Stored;
        Self {
            url: stored.then(|| url_of(&row.id)),
            id: row.id,
            direction: row.direction.into(),
            state: row.state.into(),
            mime_type: row.mime_type,
            bytes: row.bytes,
            sha256: row.sha256,
            filename: row.filename,
            content_hidden: None,
            channel: row.channel_id,
            message_id: row.message_id,
            tries: row.tries,
            error: row.error,
            created_at: Time(row.created_at),
            expires_at: row.expires_at.map(Time),
        }
    }
}

impl Texts for Media {
    fn hide(&mut self) {
        self.filename = None;
        self.content_hidden = Some(true);
    }
}

impl From<State> for MediaState {
    fn from(state: State) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Stored => Self::Stored,
            State::Failed => Self::Failed,
            State::Expired => Self::Expired,
        }
    }
}

impl From<MediaState> for State {
    fn from(state: MediaState) -> Self {
        match state {
            MediaState::Pending => Self::Pending,
            MediaState::Stored => Self::Stored,
            MediaState::Failed => Self::Failed,
            MediaState::Expired => Self::Expired,
        }
    }
}
