//! Templates: listed and shown from the cache; made, changed and deleted at Meta.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::authenticate::Caller;
use super::json::{Json, verbatim};
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use super::time::Time;
use crate::store::Tx;
use crate::store::templates::{self, Filter};
use crate::templates::{self as room, Of, Refreshed, TemplateError};

const LISTED: Listed = Listed("templates");

/// A template in one language, as Meta told of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "1689556908129832", "waba_id": "102290129340398", "name": "order_sent",
    "language": "en_US", "status": "APPROVED", "category": "UTILITY", "quality": "GREEN",
    "parameter_format": "POSITIONAL", "rejected_reason": null, "paused_until": null,
    "definition": {"id": "1689556908129832", "name": "order_sent", "language": "en_US",
        "status": "APPROVED", "components": [{"type": "BODY", "text": "Order {{1}} is sent."}]},
    "status_at": "2026-11-21T08:15:30.250Z", "fetched_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct Template {
    /// Meta's id.
    id: String,
    waba_id: String,
    name: String,
    language: String,
    /// Meta's word: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, `DELETED` …
    status: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    category: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    quality: Option<String>,
    /// `POSITIONAL` or `NAMED`.
    parameter_format: Option<String>,
    /// Why Meta refused it.
    rejected_reason: Option<String>,
    /// When its pause ends, if that is known: messages wait until then.
    paused_until: Option<Time>,
    /// What Meta said when it was fetched; what stands beside it may be newer.
    #[schema(value_type = Object)]
    definition: Box<RawValue>,
    /// Since when its status is known.
    status_at: Time,
    fetched_at: Time,
}

/// A new template: what Meta documents for `POST /{waba}/message_templates`, and whose it is.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "channel": "support", "name": "order_sent", "language": "en_US", "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Order {{1}} is sent.",
        "example": {"body_text": [["A-17"]]}}]
}))]
#[expect(dead_code, reason = "it describes a body that is passed on as it is")]
pub(super) struct CreateTemplate {
    /// A channel of the WABA; this or `waba_id`.
    channel: Option<String>,
    waba_id: Option<String>,
    name: String,
    language: String,
    category: Option<String>,
    #[schema(value_type = Vec<Object>)]
    components: Option<Vec<Value>>,
}

/// What is changed: what Meta documents for `POST /{template}`.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "components": [{"type": "BODY", "text": "Your order {{1}} is on its way.",
        "example": {"body_text": [["A-17"]]}}]
}))]
#[expect(dead_code, reason = "it describes a body that is passed on as it is")]
pub(super) struct EditTemplate {
    /// Of a template that is not approved.
    category: Option<String>,
    /// They replace all that there are.
    #[schema(value_type = Vec<Object>)]
    components: Option<Vec<Value>>,
    message_send_ttl_seconds: Option<i64>,
}

/// Whose templates are fetched anew; without either all.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"channel": "support"}))]
pub(super) struct RefreshTemplates {
    /// Of the WABA of this channel.
    channel: Option<String>,
    waba_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"data": [
    {"waba_id": "102290129340398", "templates": 12, "error": null}
]}))]
pub(super) struct RefreshedTemplates {
    data: Vec<RefreshedWaba>,
}

/// What came of it for one WABA.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RefreshedWaba {
    waba_id: String,
    /// How many there are; null if they could not be fetched.
    templates: Option<u64>,
    error: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only of the WABA of this channel.
    channel: Option<String>,
    /// Only of this WABA.
    waba_id: Option<String>,
    /// Only with this name.
    name: Option<String>,
    /// Only in this language.
    language: Option<String>,
    /// Only with this status, e.g. `APPROVED`.
    status: Option<String>,
    /// Only of this category, e.g. `MARKETING`.
    category: Option<String>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeleteQuery {
    /// `true`: the templates of this name in all languages.
    #[serde(default)]
    all_languages: bool,
}

/// List templates
///
/// As they were fetched from Meta last, or told by webhooks since; deleted ones for 30 days.
#[utoipa::path(get, path = "/api/v1/templates", tag = "Templates", operation_id = "list_templates",
    params(ListQuery), responses(
        (status = 200, description = "A page of templates", body = List<Template>),
        (status = 400, description = "`invalid_query`"),
        (status = 422, description = "`channel_not_found`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Answer<List<Template>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let scope = caller.scope();
    let waba = match query.channel {
        Some(channel) if !scope.includes(&channel) => return Err(Problem::ChannelNotFound),
        Some(channel) => match Of::Channel(channel).waba(&gate.app).await {
            // Of a channel whose WABA nobody knows no templates are known.
            Err(TemplateError::NoWaba(_)) => Some(String::new()),
            waba => Some(waba?),
        },
        None => query.waba_id,
    };
    let upper = |text: Option<String>| text.map(|text| text.to_ascii_uppercase());
    let filter = Filter {
        waba,
        name: query.name,
        language: query.language,
        status: upper(query.status),
        category: upper(query.category),
        scope,
    };
    let rows = gate
        .app
        .store
        .read(move |tx| templates::list(tx, &filter, &page));
    let list = LISTED.list(
        limit,
        rows.await?,
        |row| row.id.clone(),
        |row| Ok(row.try_into()?),
    );
    list.map(Answer)
}

/// Get a template
#[utoipa::path(get, path = "/api/v1/templates/{id}", tag = "Templates",
    operation_id = "get_template",
    params(("id" = String, Path, description = "Meta's id")), responses(
        (status = 200, description = "The template", body = Template),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<Answer<Template>, Problem> {
    Ok(Answer(find(&gate, &caller, id).await?.try_into()?))
}

/// The template, if it is of a WABA of the caller's channels.
async fn find(gate: &Gate, caller: &Caller, id: String) -> Result<templates::Template, Problem> {
    let scope = caller.scope();
    let look = move |tx: &Tx<'_>| templates::within(tx, &id, &scope);
    found(gate.app.store.read(look).await?, Thing::Template)
}

/// The WABA that is meant, if it is one of the caller's channels'.
async fn waba_of(gate: &Gate, caller: &Caller, of: Of) -> Result<String, Problem> {
    let scope = caller.scope();
    if let Of::Channel(channel) = &of
        && !scope.includes(channel)
    {
        return Err(Problem::ChannelNotFound);
    }
    let waba = of.waba(&gate.app).await?;
    let look = move |tx: &Tx<'_>| templates::wabas_of(tx, &scope);
    match gate.app.store.read(look).await? {
        Some(wabas) if !wabas.contains(&waba) => Err(TemplateError::NoChannel(waba).into()),
        _ => Ok(waba),
    }
}

/// Create a template
///
/// At Meta, which reviews it: the answer tells how it stands, webhooks and the list tell the rest.
#[utoipa::path(post, path = "/api/v1/templates", tag = "Templates",
    operation_id = "create_template",
    request_body = CreateTemplate, responses(
        (status = 201, description = "The template", body = Template,
            headers(("Location" = String, description = "Where the template is"))),
        (status = 409, description = "`channel_cannot_send`"),
        (status = 422, description = "`channel_not_found`"),
        (status = 502, description = "`carrier_refused`: what Meta says about it"),
        (status = 504, description = "`carrier_unreachable`"),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Json(mut body): Json<Map<String, Value>>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Answer<Template>), Problem> {
    let of = whose(&mut body)?;
    let mut errors = Vec::new();
    for field in ["name", "language"] {
        if !body.get(field).is_some_and(Value::is_string) {
            errors.push(Invalid::at(format!("/{field}"), "is required, a string"));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    let waba = waba_of(&gate, &caller, of).await?;
    let row = room::create(&gate.app, &waba, body, caller.scribe(&gate.app)).await?;
    let location = [(header::LOCATION, format!("/api/v1/templates/{}", row.id))];
    Ok((StatusCode::CREATED, location, Answer(row.try_into()?)))
}

/// Change a template
///
/// At Meta, which reviews it again. An approved one can be changed once a day and ten times in thirty
/// days.
#[utoipa::path(patch, path = "/api/v1/templates/{id}", tag = "Templates",
    operation_id = "edit_template",
    params(("id" = String, Path, description = "Meta's id")),
    request_body = EditTemplate, responses(
        (status = 200, description = "The template", body = Template),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`channel_cannot_send`"),
        (status = 502, description = "`carrier_refused`: what Meta says about it"),
        (status = 504, description = "`carrier_unreachable`"),
    ))]
pub(super) async fn edit(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Json(body): Json<Map<String, Value>>,
) -> Result<Answer<Template>, Problem> {
    let id = find(&gate, &caller, id).await?.id;
    let edited = room::edit(&gate.app, &id, body, caller.scribe(&gate.app)).await?;
    Ok(Answer(edited.try_into()?))
}

/// Delete a template
///
/// At Meta. Its name cannot be used again for 30 days.
#[utoipa::path(delete, path = "/api/v1/templates/{id}", tag = "Templates",
    operation_id = "delete_template",
    params(("id" = String, Path, description = "Meta's id"), DeleteQuery), responses(
        (status = 204, description = "It is deleted"),
        (status = 400, description = "`invalid_query`"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`channel_cannot_send`"),
        (status = 502, description = "`carrier_refused`: what Meta says about it"),
        (status = 504, description = "`carrier_unreachable`"),
    ))]
pub(super) async fn delete(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Query(query): Query<DeleteQuery>,
) -> Result<StatusCode, Problem> {
    let id = find(&gate, &caller, id).await?.id;
    let scribe = caller.scribe(&gate.app);
    room::delete(&gate.app, &id, query.all_languages, scribe).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fetch templates anew
///
/// From Meta, now. They are fetched by themselves now and then, and when a webhook tells of them.
#[utoipa::path(post, path = "/api/v1/templates/refresh", tag = "Templates",
    operation_id = "refresh_templates",
    request_body(content = Option<RefreshTemplates>, description = "May be left out"), responses(
        (status = 200, description = "What came of it", body = RefreshedTemplates),
        (status = 409, description = "`channel_cannot_send`"),
        (status = 422, description = "`channel_not_found`"),
    ))]
pub(super) async fn refresh(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    request: Option<Json<RefreshTemplates>>,
) -> Result<Answer<RefreshedTemplates>, Problem> {
    let request = request.map(|Json(request)| request).unwrap_or_default();
    let of = match (request.channel, request.waba_id) {
        (Some(channel), _) => Some(Of::Channel(channel)),
        (None, waba) => waba.map(Of::Waba),
    };
    let wabas = match of {
        Some(of) => Some(vec![waba_of(&gate, &caller, of).await?]),
        None => {
            let scope = caller.scope();
            let look = move |tx: &Tx<'_>| templates::wabas_of(tx, &scope);
            gate.app.store.read(look).await?
        }
    };
    let done = room::refresh(&gate.app, wabas).await?;
    let data = done.into_iter().map(RefreshedWaba::from).collect();
    Ok(Answer(RefreshedTemplates { data }))
}

/// Takes out of a body whose template it is.
fn whose(body: &mut Map<String, Value>) -> Result<Of, Problem> {
    let mut take = |key: &str| match body.remove(key) {
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Null) | None => Ok(None),
        Some(_) => Err(Problem::Invalid(vec![Invalid::at(
            format!("/{key}"),
            "must be a string",
        )])),
    };
    match (take("channel")?, take("waba_id")?) {
        (Some(channel), None) => Ok(Of::Channel(channel)),
        (None, Some(waba)) => Ok(Of::Waba(waba)),
        _ => Err(Problem::Invalid(vec![Invalid::at(
            "/channel",
            "name a channel, or the WABA in waba_id, and not both",
        )])),
    }
}

impl TryFrom<templates::Template> for Template {
    type Error = crate::StoreError;

    fn try_from(row: templates::Template) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            waba_id: row.waba_id,
            name: row.name,
            language: row.language,
            status: row.status,
            category: row.category,
            quality: row.quality,
            parameter_format: row.parameter_format,
            rejected_reason: row.rejected_reason,
            paused_until: row.paused_until.map(Time),
            definition: verbatim(row.definition, "template")?,
            status_at: Time(row.status_at),
            fetched_at: Time(row.fetched_at),
        })
    }
}

impl From<Refreshed> for RefreshedWaba {
    fn from(done: Refreshed) -> Self {
        let waba_id = done.waba_id;
        match done.outcome {
            Ok(templates) => Self {
                waba_id,
                templates: Some(templates),
                error: None,
            },
            Err(error) => Self {
                waba_id,
                templates: None,
                error: Some(error.to_string()),
            },
        }
    }
}
