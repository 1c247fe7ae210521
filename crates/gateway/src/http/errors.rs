//! What the carrier said went wrong with messages.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wharf_model::ErrorCode;

use super::Gate;
use super::authenticate::Caller;
use super::problem::Problem;
use super::query::{Cursor, Limit, List, Listed, Query};
use super::time::{Moment, Time};
use crate::store::errors::{self, Filter, Source};

const LISTED: Listed = Listed("errors");

/// One thing that the carrier said went wrong. See [Cloud API/Error codes].
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "err_01hf7yat00c5k9m2t8w3x6q4vz", "channel": "support",
    "message": "msg_01hf7yat00c5k9m2t8w3x6q4vz", "code": 131_047, "class": "template",
    "advice": "Send an approved template: the user last wrote more than 24 hours ago.", "source": "answer",
    "at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct CarrierError {
    /// `err_…`
    id: String,
    channel: String,
    /// `msg_…`; null where it is no message of this gateway.
    message: Option<String>,
    /// The carrier's code; null where it gave none.
    code: Option<i64>,
    /// What kind of fault it is, e.g. `auth`, `template`, `retry_later`.
    class: String,
    /// What to do about it, where the code is known.
    advice: Option<String>,
    source: ErrorSource,
    at: Time,
}

/// By what the carrier told it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ErrorSource {
    /// The answer to a call: it did not take the message. Some are tried again.
    Answer,
    /// A status `failed`: it had taken the message, and could not deliver it.
    Status,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this channel.
    channel: Option<String>,
    /// Only with one of these codes of the carrier's, up to 100, separated by commas; 0: also those
    /// without one.
    #[param(value_type = Option<String>, pattern = "^-?[0-9]{1,18}(,-?[0-9]{1,18}){0,99}$", example = "131047")]
    code: Option<Codes>,
    /// At or after this time, RFC 3339.
    #[param(value_type = Option<Time>)]
    since: Option<Moment>,
    /// Before this time, RFC 3339.
    #[param(value_type = Option<Time>)]
    until: Option<Moment>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Codes in a query.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Codes(Vec<i64>);

/// Codes that may be asked for at once.
const CODES_LIMIT: usize = 100;

/// List errors
///
/// Each refusal of a call, also of one that was tried again, and each status `failed`, newest first.
/// What they say in full stands in the timeline of the message. They are kept as long as other logs.
#[utoipa::path(get, path = "/api/v1/errors", tag = "Messages", operation_id = "list_errors",
    params(ListQuery), responses(
        (status = 200, description = "A page of errors", body = List<CarrierError>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<List<CarrierError>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let filter = Filter {
        channel: query.channel,
        codes: query.code.map(|codes| codes.0).unwrap_or_default(),
        since: query.since.map(|moment| moment.0),
        until: query.until.map(|moment| moment.0),
        scope: caller.scope(),
    };
    let rows = gate
        .app
        .store
        .read(move |tx| errors::list(tx, &filter, &page))
        .await?;
    LISTED
        .found(limit, rows, |row| row.id.clone(), |row| Ok(row.into()))
        .map(Json)
}

impl From<errors::CarrierError> for CarrierError {
    fn from(row: errors::CarrierError) -> Self {
        let known = row.code.map(ErrorCode);
        let known = known.filter(|code| code.known_class().is_some());
        Self {
            id: row.id,
            channel: row.channel_id,
            message: row.message_id,
            code: row.code,
            class: row.class,
            advice: known.map(|code| code.advice().to_owned()),
            source: match row.source {
                Source::Answer => ErrorSource::Answer,
                Source::Status => ErrorSource::Status,
            },
            at: Time(row.created_at),
        }
    }
}

impl TryFrom<String> for Codes {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let codes = text.split(',').map(str::parse);
        let codes: Result<Vec<_>, _> = codes.collect();
        let codes = codes.map_err(|_| "must be numbers such as 131047,131026")?;
        if codes.len() > CODES_LIMIT {
            return Err("has too many codes: 100 at most");
        }
        Ok(Self(codes))
    }
}
