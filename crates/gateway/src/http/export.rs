//! What we have of a person, as lines of JSON, a page at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;

use super::Gate;
use super::authenticate::Caller;
use super::contacts::Contact;
use super::conversations::Conversation;
use super::events::Event;
use super::message_body::Message;
use super::problem::{Problem, Thing};
use super::query::{Id, found};
use super::suppressions::Suppression;
use crate::app::App;
use crate::clock::Millis;
use crate::retention::Subject;
use crate::store::erasures::find;
use crate::store::page::Page;
use crate::store::{StoreError, Tx, contacts, events, inbox, media, messages, suppressions};

/// Messages of a page, each with what belongs to it.
const MESSAGES: i64 = 50;

/// Rows of other pages, and numbers of events that are looked through at once.
const ROWS: i64 = 200;
const EVENTS: i64 = 5000;

/// One line.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub(super) enum ExportLine {
    Contact(Contact),
    Conversation(Conversation),
    Suppression(Suppression),
    /// With its statuses, and the file that it came with.
    Message(Box<Message>),
    Event(Box<Event>),
}

/// What comes next.
#[derive(Debug, Clone)]
enum Part {
    Contact,
    Conversations { before: Option<String> },
    Suppressions { before: Option<String> },
    Messages { position: String },
    Events { from: i64, to: i64 },
    End,
}

/// An export under way.
struct Export {
    app: Arc<App>,
    subject: Arc<Subject>,
    part: Part,
    lines: VecDeque<Bytes>,
}

/// Export what is kept of a person
///
/// A stream of lines, each a JSON object with `kind` and `data`: `contact`, `conversation`,
/// `suppression`, `message` (with its statuses and its file's description; the bytes are at `content`
/// of the file) and `event`. Raw notifications are what events were made of and are not repeated.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/export", tag = "Contacts",
    operation_id = "export_contact",
    params(("id" = String, Path, description = "`cnt_…`")), responses(
        (status = 200, description = "Lines of JSON", content_type = "application/x-ndjson",
            body = ExportLine),
        (status = 403, description = "`texts_hidden`, `role_forbidden`, `scope_forbidden`"),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn export(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Response, Problem> {
    caller.must_show_texts()?;
    let look = move |tx: &Tx<'_>| {
        let Some(contact) = contacts::by_id(tx, &id)? else {
            return Ok(None);
        };
        Subject::of(tx, &contact).map(Some)
    };
    let subject = found(gate.app.store.read(look).await?, Thing::Contact)?;
    let export = Export {
        app: Arc::clone(&gate.app),
        subject: Arc::new(subject),
        part: Part::Contact,
        lines: VecDeque::new(),
    };
    let lines = stream::unfold(Some(export), next);
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"contact.ndjson\"",
        ),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The next bytes; an error breaks the stream, so that it is not taken for whole.
async fn next(export: Option<Export>) -> Option<(Result<Bytes, StoreError>, Option<Export>)> {
    let mut export = export?;
    loop {
        if let Some(line) = export.lines.pop_front() {
            return Some((Ok(line), Some(export)));
        }
        if matches!(export.part, Part::End) {
            return None;
        }
        let (part, subject) = (export.part.clone(), Arc::clone(&export.subject));
        let now = export.app.clock.now();
        let page = move |tx: &Tx<'_>| page(tx, &subject, part, now);
        match export.app.store.read(page).await {
            Ok((lines, part)) => {
                export.lines = lines.into();
                export.part = part;
            }
            Err(error) => {
                tracing::error!(%error, "an export broke");
                return Some((Err(error), None));
            }
        }
    }
}

/// The lines of a part, and the part after it.
fn page(
    tx: &Tx<'_>,
    subject: &Subject,
    part: Part,
    now: Millis,
) -> Result<(Vec<Bytes>, Part), StoreError> {
    let contact = &subject.contact_id;
    Ok(match part {
        Part::Contact => {
            let line = contacts::by_id(tx, contact)?
                .map(|row| written(&ExportLine::Contact(row.into())))
                .transpose()?;
            let before = None;
            (line.into_iter().collect(), Part::Conversations { before })
        }
        Part::Conversations { before } => {
            let page = Page::new(before, ROWS);
            let filter = inbox::Filter {
                contact: Some(contact.clone()),
                channels: None,
            };
            let rows = inbox::by_beginning(tx, &filter, &page)?;
            let last = last(&rows, |row| &row.conversation.id);
            let rows: Result<Vec<_>, _> = (rows.into_iter())
                .map(|row| Conversation::in_full(row, now))
                .collect();
            let lines = all(rows?.into_iter().map(ExportLine::Conversation))?;
            let after = match last {
                Some(id) => Part::Conversations { before: Some(id) },
                None => Part::Suppressions { before: None },
            };
            (lines, after)
        }
        Part::Suppressions { before } => {
            let filter = suppressions::Filter {
                contact: Some(contact.clone()),
                lifted: true,
                ..suppressions::Filter::default()
            };
            let rows = suppressions::list(tx, &filter, &Page::new(before, ROWS))?.rows;
            let last = last(&rows, |row| &row.refusal.id);
            let rows = rows.into_iter().map(Suppression::from);
            let lines = all(rows.map(ExportLine::Suppression))?;
            let after = match last {
                Some(id) => Part::Suppressions { before: Some(id) },
                None => Part::Messages {
                    position: String::new(),
                },
            };
            (lines, after)
        }
        Part::Messages { position } => {
            let mut lines = Vec::new();
            let next = find::messages(tx, contact, &position, MESSAGES)?;
            let after = if let Some((rows, position)) = next {
                for row in rows {
                    lines.extend(message(tx, &row.id)?);
                }
                Part::Messages { position }
            } else {
                let to = events::last_seq(tx)?;
                Part::Events { from: 0, to }
            };
            (lines, after)
        }
        Part::Events { from, to } => {
            let end = to.min(from.saturating_add(EVENTS));
            let mut lines = Vec::new();
            for (seq, _) in find::events(tx, subject, from, end)? {
                lines.extend(of_event(events::after(tx, seq - 1, 1)?)?);
            }
            let after = if end < to {
                Part::Events { from: end, to }
            } else {
                Part::End
            };
            (lines, after)
        }
        Part::End => (Vec::new(), Part::End),
    })
}

/// The last id of a full page.
fn last<R>(rows: &[R], id: impl Fn(&R) -> &String) -> Option<String> {
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= ROWS);
    rows.last().filter(|_| full).map(|row| id(row).clone())
}

/// A message with its statuses and its file, and its events.
fn message(tx: &Tx<'_>, id: &str) -> Result<Vec<Bytes>, StoreError> {
    let Some(row) = messages::by_id(tx, id)? else {
        return Ok(Vec::new());
    };
    let (statuses, file) = (messages::statuses(tx, &row)?, media::of_message(tx, id)?);
    let corrupt = |_| StoreError::Corrupt { what: "message" };
    let message = Message::with_statuses(row, statuses, file).map_err(corrupt)?;
    let mut lines = vec![written(&ExportLine::Message(Box::new(message)))?];
    lines.extend(of_event(find::events_of(tx, id)?)?);
    Ok(lines)
}

fn of_event(rows: Vec<events::Event>) -> Result<Vec<Bytes>, StoreError> {
    let lines = rows.into_iter().map(|row| {
        let event = Event::try_from(row).map_err(|_| StoreError::Corrupt { what: "event" })?;
        written(&ExportLine::Event(Box::new(event)))
    });
    lines.collect()
}

fn all(lines: impl Iterator<Item = ExportLine>) -> Result<Vec<Bytes>, StoreError> {
    lines.map(|line| written(&line)).collect()
}

fn written(line: &ExportLine) -> Result<Bytes, StoreError> {
    let line = serde_json::to_string(line).map_err(|_| StoreError::Corrupt { what: "export" })?;
    Ok((line + "\n").into())
}
