//! The suppression list: who wants no more of what, and how we know.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use wharf_model::{Bsuid, PhoneNumber};

use super::Gate;
use super::authenticate::Caller;
use super::json::Json;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::time::Time;
use crate::app::App;
use crate::send::consent;
use crate::store::audit::{Difference, Scribe};
use crate::store::contacts::{self, Identity};
use crate::store::scope::Scope as Reach;
use crate::store::suppressions::{self, Filter, Proof, Whose};
use crate::store::{StoreError, Tx, channels};

const LISTED: Listed = Listed("suppressions");

/// Characters of a note at most.
const NOTE_LIMIT: usize = 500;

/// A contact who wants no more of something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "sup_01hf7yat00c5k9m2t8w3x6q4vz", "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz",
    "channel": "support", "scope": "marketing", "source": "keyword",
    "proof": {"notification": "1-4096", "carrier_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI=",
        "keyword": "STOP", "language": "en"},
    "occurred_at": "2026-11-21T08:15:30.000Z", "created_at": "2026-11-21T08:15:30.250Z",
    "lifted_at": null, "lifted_by": null
}))]
pub(super) struct Suppression {
    /// Ours: `sup_…`.
    id: String,
    contact_id: String,
    /// Null: on all channels.
    channel: Option<String>,
    scope: SuppressionScope,
    source: SuppressionSource,
    proof: SuppressionProof,
    /// When the contact said so.
    occurred_at: Time,
    /// When we heard of it.
    created_at: Time,
    /// Since when it does not hold any more.
    lifted_at: Option<Time>,
    /// Who lifted it: the id of an API key, `contact (…)` with the way in which they said so, or
    /// `merged`.
    lifted_by: Option<String>,
}

/// What is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SuppressionScope {
    /// Templates of the category marketing, and those whose category is not known.
    Marketing,
    /// Anything.
    All,
}

/// How we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) enum SuppressionSource {
    /// The contact wrote a word of the list.
    #[serde(rename = "keyword")]
    Keyword,
    /// The contact stopped marketing in WhatsApp.
    #[serde(rename = "user_preferences")]
    Preferences,
    /// Meta refused a message with this code.
    #[serde(rename = "131050")]
    Refused,
    /// A caller of the API.
    #[serde(rename = "api")]
    Api,
    /// A person at the console.
    #[serde(rename = "console")]
    Console,
}

/// What shows that it is so. What does not apply is left out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SuppressionProof {
    /// Where the notification is in the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    notification: Option<String>,
    /// The carrier's id of the contact's message, or of ours that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier_id: Option<String>,
    /// Our id of the message that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    /// The word of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    keyword: Option<String>,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// The id of the API key by which it was entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Who wants no more of what; one of `contact`, `to` and `recipient`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "+16505551234", "scope": "all", "note": "asked by letter"}))]
pub(super) struct CreateSuppression {
    /// Our id of the contact, `cnt_…`.
    contact: Option<String>,
    /// A phone number.
    to: Option<String>,
    /// A business-scoped user id.
    recipient: Option<String>,
    /// Only on this channel; on all if absent.
    channel: Option<String>,
    scope: SuppressionScope,
    /// `api`, which it is if absent, or `console`.
    source: Option<SuppressionSource>,
    /// Why, for people; at most 500 characters.
    #[schema(max_length = 500)]
    note: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of this contact (`cnt_…`).
    contact: Option<String>,
    /// Only those that name this channel.
    channel: Option<String>,
    /// Only of this scope.
    #[param(inline)]
    scope: Option<SuppressionScope>,
    /// Only from this source.
    #[param(inline)]
    source: Option<SuppressionSource>,
    /// `true`: also those that do not hold any more.
    #[serde(default)]
    lifted: bool,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// List suppressions
///
/// Newest first; those that hold, unless `lifted` asks for all.
#[utoipa::path(get, path = "/api/v1/suppressions", tag = "Suppressions",
    operation_id = "list_suppressions", params(ListQuery), responses(
        (status = 200, description = "A page of suppressions", body = List<Suppression>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<Suppression>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let filter = Filter {
        contact: query.contact,
        channel: query.channel,
        scope: query.scope.map(Into::into),
        source: query.source.map(Into::into),
        lifted: query.lifted,
        reach: caller.scope(),
    };
    let rows = gate
        .app
        .store
        .read(move |tx| suppressions::list(tx, &filter, &page));
    let list = LISTED.found(
        limit,
        rows.await?,
        |row| row.refusal.id.clone(),
        |row| Ok(row.into()),
    );
    list.map(axum::Json)
}

/// Suppress messages to a contact
///
/// A contact that is not known is made. If the same holds already, that one is the answer.
#[utoipa::path(post, path = "/api/v1/suppressions", tag = "Suppressions",
    operation_id = "create_suppression",
    request_body = CreateSuppression, responses(
        (status = 200, description = "It held already", body = Suppression),
        (status = 201, description = "The suppression", body = Suppression,
            headers(("Location" = String, description = "Where the suppression is"))),
        (status = 422, description = "`channel_not_found`"),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Json(request): Json<CreateSuppression>,
) -> Result<
    (
        StatusCode,
        [(HeaderName, String); 1],
        axum::Json<Suppression>,
    ),
    Problem,
> {
    let reach = caller.scope();
    match &request.channel {
        Some(channel) if !reach.includes(channel) => return Err(Problem::ChannelNotFound),
        // It would hold on all channels.
        None if reach.is_limited() => return Err(Problem::ScopeForbidden),
        _ => {}
    }
    let who = request.who()?;
    let scribe = caller.scribe(&gate.app);
    let app = Arc::clone(&gate.app);
    let written = gate
        .app
        .store
        .write(move |tx| add(tx, &app, &request, &who, &scribe, &reach));
    let (status, row) = written.await??;
    let id = &row.refusal.id;
    let location = [(header::LOCATION, format!("/api/v1/suppressions/{id}"))];
    Ok((status, location, axum::Json(row.into())))
}

/// Get a suppression
#[utoipa::path(get, path = "/api/v1/suppressions/{id}", tag = "Suppressions",
    operation_id = "get_suppression",
    params(("id" = String, Path, description = "`sup_…`")), responses(
        (status = 200, description = "The suppression", body = Suppression),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Suppression>, Problem> {
    let row = gate.app.store.read(move |tx| suppressions::by_id(tx, &id));
    let row = row.await?;
    let row = row.filter(|row| caller.scope().includes(&row.refusal.channel_id));
    found(row, Thing::Suppression).map(|row| axum::Json(row.into()))
}

/// Lift a suppression
///
/// Messages may be sent again from the moment of the answer. It stays as proof. What a user stopped
/// in WhatsApp, Meta refuses all the same.
#[utoipa::path(delete, path = "/api/v1/suppressions/{id}", tag = "Suppressions",
    operation_id = "lift_suppression",
    params(("id" = String, Path, description = "`sup_…`")), responses(
        (status = 200, description = "The suppression, lifted", body = Suppression),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn lift(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Suppression>, Problem> {
    let scribe = caller.scribe(&gate.app);
    let reach = caller.scope();
    let row = gate.app.store.write(move |tx| {
        let known = suppressions::by_id(tx, &id)?;
        if known.is_none_or(|row| !reach.includes(&row.refusal.channel_id)) {
            return Ok(None);
        }
        let is_lifted = suppressions::lift(tx, &id, &scribe.actor, scribe.now)?;
        let row = suppressions::by_id(tx, &id)?;
        if let (true, Some(row)) = (is_lifted, &row) {
            scribe.note(tx, "suppression.lifted", &id, Difference::gone(facts(row)))?;
        }
        Ok(row)
    });
    found(row.await?, Thing::Suppression).map(|row| axum::Json(row.into()))
}

/// Who is meant by a request.
#[derive(Debug)]
enum Who {
    Contact(String),
    Identity(Identity),
}

impl CreateSuppression {
    fn who(&self) -> Result<Who, Problem> {
        let wrong = |pointer: &str, detail: String| {
            Problem::Invalid(vec![Invalid::at(pointer.to_owned(), detail)])
        };
        if self
            .note
            .as_deref()
            .is_some_and(|note| note.chars().count() > NOTE_LIMIT)
        {
            return Err(wrong("/note", format!("may have {NOTE_LIMIT} characters")));
        }
        let allowed = [
            None,
            Some(SuppressionSource::Api),
            Some(SuppressionSource::Console),
        ];
        if !allowed.contains(&self.source) {
            return Err(wrong("/source", "must be api or console".to_owned()));
        }
        match (&self.contact, &self.to, &self.recipient) {
            (Some(contact), None, None) => Ok(Who::Contact(contact.clone())),
            (None, Some(to), None) => {
                let number: PhoneNumber = to
                    .parse()
                    .map_err(|error| wrong("/to", format!("is no phone number: {error}")))?;
                Ok(Who::Identity(Identity {
                    wa_id: Some(number.digits().to_owned()),
                    ..Identity::default()
                }))
            }
            (None, None, Some(recipient)) => {
                let user: Bsuid = recipient
                    .parse()
                    .map_err(|error| wrong("/recipient", format!("is no user id: {error}")))?;
                Ok(Who::Identity(Identity {
                    bsuid: Some(user.to_string()),
                    ..Identity::default()
                }))
            }
            _ => Err(wrong(
                "/contact",
                "name one of contact, to and recipient".to_owned(),
            )),
        }
    }
}

/// What the audit tells of a suppression; a note may name somebody.
fn facts(row: &suppressions::Suppression) -> Value {
    let scope = SuppressionScope::from(row.refusal.scope);
    let channel = Some(&row.refusal.channel_id).filter(|id| !id.is_empty());
    json!({"contact": row.contact_id, "channel": channel, "scope": scope})
}

fn add(
    tx: &Tx<'_>,
    app: &App,
    request: &CreateSuppression,
    who: &Who,
    scribe: &Scribe,
    reach: &Reach,
) -> Result<Result<(StatusCode, suppressions::Suppression), Problem>, StoreError> {
    if let Some(channel) = &request.channel
        && channels::by_id(tx, channel)?.is_none()
    {
        return Ok(Err(Problem::ChannelNotFound));
    }
    let contact_id = match who {
        Who::Identity(identity) => contacts::find_or_insert(tx, identity, &app.random, scribe.now)?,
        Who::Contact(id) if contacts::known(tx, id, reach)?.is_some() => id.clone(),
        Who::Contact(_) => {
            let error = Invalid::at("/contact", "is no contact's id");
            return Ok(Err(Problem::Invalid(vec![error])));
        }
    };
    let whose = Whose {
        contact_id: &contact_id,
        channel_id: request.channel.as_deref().unwrap_or_default(),
    };
    let scope = request.scope.into();
    let source = request.source.unwrap_or(SuppressionSource::Api).into();
    let proof = Proof {
        by: Some(scribe.actor.clone()),
        note: request.note.clone(),
        ..Proof::default()
    };
    let now = scribe.now;
    let made = suppressions::stop(tx, &app.random, whose, (scope, source), &proof, now, now)?;
    let status = match made {
        Some(_) => StatusCode::CREATED,
        None => StatusCode::OK,
    };
    let row = suppressions::same(tx, whose, scope, source)?;
    if let (Some(_), Some(row)) = (made, &row) {
        let made = Difference::made(facts(row));
        scribe.note(tx, "suppression.created", &row.refusal.id, made)?;
    }
    Ok(found(row, Thing::Suppression).map(|row| (status, row)))
}

impl From<suppressions::Suppression> for Suppression {
    fn from(row: suppressions::Suppression) -> Self {
        let suppressions::Suppression {
            contact_id,
            refusal,
            proof,
            created_at,
            lifted_by,
        } = row;
        Self {
            id: refusal.id,
            contact_id,
            channel: Some(refusal.channel_id).filter(|id| !id.is_empty()),
            scope: refusal.scope.into(),
            source: refusal.source.into(),
            proof: SuppressionProof {
                notification: proof.notification,
                carrier_id: proof.carrier_id,
                message_id: proof.message_id,
                keyword: proof.keyword,
                language: proof.language,
                by: proof.by,
                note: proof.note,
            },
            occurred_at: Time(refusal.occurred_at),
            created_at: Time(created_at),
            lifted_at: refusal.lifted_at.map(Time),
            lifted_by,
        }
    }
}

impl From<SuppressionScope> for consent::Scope {
    fn from(scope: SuppressionScope) -> Self {
        match scope {
            SuppressionScope::Marketing => Self::Marketing,
            SuppressionScope::All => Self::All,
        }
    }
}

impl From<consent::Scope> for SuppressionScope {
    fn from(scope: consent::Scope) -> Self {
        match scope {
            consent::Scope::Marketing => Self::Marketing,
            consent::Scope::All => Self::All,
        }
    }
}

impl From<SuppressionSource> for consent::Source {
    fn from(source: SuppressionSource) -> Self {
        match source {
            SuppressionSource::Keyword => Self::Keyword,
            SuppressionSource::Preferences => Self::Preferences,
            SuppressionSource::Refused => Self::Refused,
            SuppressionSource::Api => Self::Api,
            SuppressionSource::Console => Self::Console,
        }
    }
}

impl From<consent::Source> for SuppressionSource {
    fn from(source: consent::Source) -> Self {
        match source {
            consent::Source::Keyword => Self::Keyword,
            consent::Source::Preferences => Self::Preferences,
            consent::Source::Refused => Self::Refused,
            consent::Source::Api => Self::Api,
            consent::Source::Console => Self::Console,
        }
    }
}
