//! The audit: listed, and handed out as a file.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::json::verbatim;
use super::problem::Problem;
use super::proof::Proof;
use super::query::{Cursor, Limit, List, Listed, Query};
use super::time::{Moment, Time};
use crate::app::App;
use crate::store::StoreError;
use crate::store::audit::{self, Deed, Filter, Scribe};
use crate::store::page::{Found, Page};

const LISTED: Listed = Listed("audit");

/// Deeds of a file that are read at once.
const AT_ONCE: i64 = 500;

/// Something that a person or a program did with an API key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "aud_01hf7yat00c5k9m2t8w3x6q4vz", "actor": "key_01hf7yat00c5k9m2t8w3x6q4vz",
    "actor_name": "support desk", "via": "console", "action": "channel.updated",
    "subject": "support", "was": {"name": "Support"}, "became": {"name": "Support desk"},
    "at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct AuditEntry {
    /// `aud_…`
    id: String,
    /// The id of the key.
    actor: String,
    actor_name: Option<String>,
    /// Through which door.
    via: Via,
    /// A stable word: what, a dot, and what was done to it.
    action: String,
    /// The id of what it was done to.
    subject: String,
    /// What was there before, if something was changed or taken away.
    #[schema(value_type = Option<Object>)]
    was: Option<Box<RawValue>>,
    /// What is there since.
    #[schema(value_type = Option<Object>)]
    became: Option<Box<RawValue>>,
    at: Time,
}

/// Through which door a deed came.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditVia)]
pub(super) enum Via {
    Api,
    Console,
}

/// How the deeds are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditFormat)]
pub(super) enum Format {
    /// A page.
    Json,
    /// All of them, one JSON object a line.
    Ndjson,
    /// All of them, as a table.
    Csv,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only what was done with this key (`key_…`).
    actor: Option<String>,
    /// Only this action, e.g. `channel.updated`.
    action: Option<String>,
    /// Only what was done to this.
    subject: Option<String>,
    /// At or after this time, RFC 3339.
    #[param(value_type = Option<Time>)]
    since: Option<Moment>,
    /// Before this time, RFC 3339.
    #[param(value_type = Option<Time>)]
    until: Option<Moment>,
    /// As what they are wanted; if absent, the header `Accept` may ask for `text/csv` or
    /// `application/x-ndjson`.
    #[param(inline)]
    format: Option<Format>,
    /// Items at most, 1 to 500; 50 if absent. Of a page only.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List what was done
///
/// Every change that was made with an API key, newest first. With `format=csv` or `format=ndjson`
/// all of it comes as one file.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Audit", operation_id = "list_audit",
    params(ListQuery), responses(
        (status = 200, description = "A page, or all as a file", content(
            (List<AuditEntry> = "application/json"),
            (String = "application/x-ndjson"),
            (String = "text/csv"),
        )),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let format = query.format.unwrap_or_else(|| accepted(&headers));
    let filter = Filter {
        actor: query.actor,
        action: query.action,
        subject: query.subject,
        since: query.since.map(|moment| moment.0),
        until: query.until.map(|moment| moment.0),
    };
    let kind = match format {
        Format::Json => {
            let limit = page.limit;
            let rows = gate
                .app
                .store
                .read(move |tx| audit::list(tx, &filter, &page));
            let rows = rows.await?;
            let list = LISTED.found(
                limit,
                rows,
                |(deed, _)| deed.id.clone(),
                |row| Ok(AuditEntry::try_from(row)?),
            );
            return list.map(|list| axum::Json(list).into_response());
        }
        Format::Ndjson => "application/x-ndjson",
        Format::Csv => "text/csv; charset=utf-8",
    };
    let name = match format {
        Format::Csv => "attachment; filename=\"audit.csv\"",
        _ => "attachment; filename=\"audit.ndjson\"",
    };
    let pages = Export {
        gate,
        filter,
        before: page.before,
        format,
        is_first: true,
        is_over: false,
    };
    let body = Body::from_stream(stream::try_unfold(pages, Export::next));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body).into_response())
}

/// A file on its way, read page by page as it is taken.
struct Export {
    gate: Gate,
    filter: Filter,
    before: Option<String>,
    format: Format,
    is_first: bool,
    is_over: bool,
}

impl Export {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let (filter, before) = (self.filter.clone(), self.before.take());
        let page = Page::new(before, AT_ONCE);
        let found = self
            .gate
            .app
            .store
            .read(move |tx| audit::list(tx, &filter, &page));
        let Found { rows, looked_to } = found.await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
        let last = rows.last().map(|(deed, _)| deed.id.clone());
        self.before = if is_full { last } else { looked_to };
        self.is_over = self.before.is_none();
        let mut text = String::new();
        if std::mem::take(&mut self.is_first) && self.format == Format::Csv {
            text.push_str("id,at,actor,actor_name,via,action,subject,was,became\r\n");
        }
        for row in rows {
            let entry = AuditEntry::try_from(row)?;
            match self.format {
                Format::Csv => entry.write_csv(&mut text),
                Format::Json | Format::Ndjson => {
                    text.push_str(&crate::store::outbound::json(&entry)?);
                    text.push('\n');
                }
            }
        }
        Ok(Some((text.into(), self)))
    }
}

impl AuditEntry {
    fn write_csv(&self, text: &mut String) {
        let at = serde_json::to_value(self.at).unwrap_or_default();
        let via = serde_json::to_value(self.via).unwrap_or_default();
        let json = |value: &Option<Box<RawValue>>| {
            value
                .as_ref()
                .map_or(String::new(), |value| value.get().to_owned())
        };
        let fields = [
            self.id.as_str(),
            at.as_str().unwrap_or_default(),
            &self.actor,
            self.actor_name.as_deref().unwrap_or_default(),
            via.as_str().unwrap_or_default(),
            &self.action,
            &self.subject,
            &json(&self.was),
            &json(&self.became),
        ];
        for (index, field) in fields.into_iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            write_field(text, field);
        }
        text.push_str("\r\n");
    }
}

/// Quoted; what a spreadsheet would take for a formula gets an apostrophe.
fn write_field(text: &mut String, field: &str) {
    text.push('"');
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        text.push('\'');
    }
    text.push_str(&field.replace('"', "\"\""));
    text.push('"');
}

fn accepted(headers: &HeaderMap) -> Format {
    let accept = headers.get(header::ACCEPT);
    let accept = accept
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let first = accept.split([',', ';']).next().unwrap_or_default().trim();
    match first {
        "text/csv" => Format::Csv,
        "application/x-ndjson" => Format::Ndjson,
        _ => Format::Json,
    }
}

impl Caller {
    /// Who writes down what this caller does now.
    pub(super) fn scribe(&self, app: &App) -> Scribe {
        Scribe {
            actor: self.key_id.clone(),
            at_console: matches!(self.proof, Proof::Session(_)),
            random: app.random.clone(),
            now: app.clock.now(),
        }
    }
}

impl TryFrom<(Deed, Option<String>)> for AuditEntry {
    type Error = StoreError;

    fn try_from((deed, actor_name): (Deed, Option<String>)) -> Result<Self, StoreError> {
        let is_letter = deed.action == "dead_letter.edited";
        let read = |json: Option<String>| {
            let json = json.map(|json| {
                if is_letter {
                    without_message(&json)
                } else {
                    json
                }
            });
            json.map(|json| verbatim(json, "audit")).transpose()
        };
        Ok(Self {
            id: deed.id,
            actor: deed.actor,
            actor_name,
            via: if deed.at_console {
                Via::Console
            } else {
                Via::Api
            },
            action: deed.action,
            subject: deed.subject,
            was: read(deed.was)?,
            became: read(deed.became)?,
            at: Time(deed.created_at),
        })
    }
}

/// The history of a dead letter keeps the message that was edited, with its text and number; it is
/// shown with the letter, to those who may see texts, and nowhere else.
fn without_message(json: &str) -> String {
    let mut shown = serde_json::json!({});
    if let Ok(Value::Object(mut told)) = serde_json::from_str(json) {
        for field in ["id", "job"] {
            if let Some(value) = told.remove(field) {
                shown[field] = value;
            }
        }
    }
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stays_one_field_and_no_formula() {
        let mut text = String::new();
        write_field(&mut text, "=1+\"2\",\n");
        assert_eq!(text, "\"'=1+\"\"2\"\",\n\"");
    }

    #[test]
    fn an_edited_message_is_not_told() {
        let told = without_message(r#"{"id":"msg_1","message":{"text":{"body":"hush"}}}"#);
        assert_eq!(told, r#"{"id":"msg_1"}"#);
        assert_eq!(without_message("\"hush\""), "{}");
    }
}
