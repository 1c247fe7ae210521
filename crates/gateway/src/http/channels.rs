//! Channels: our sending identities. Secrets are shown as references, never as values.

use std::iter;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::Gate;
use super::access::Need;
use super::authenticate::Caller;
use super::channel_body::{Channel, CreateChannel, PatchChannel};
use super::json::Json;
use super::load::loads_of;
use super::problem::{Invalid, Problem, Thing};
use super::query::{Cursor, Id, Limit, List, Listed, Query, found};
use crate::send::channel_resumed;
use crate::store::audit::{Difference, Scribe};
use crate::store::channels::{self, Paused};
use crate::store::pauses::CarrierPause;
use crate::store::{Locked, StoreError, Tx, outbound, pauses};

const LISTED: Listed = Listed("channels");

/// Characters of a reason at most.
const REASON_LIMIT: usize = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `true`: with how busy each of them is, as `get_channel_load` tells it. A sender may not ask.
    load: Option<bool>,
    /// Items at most, 1 to 500; 50 if absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Why nothing is sent for a while.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "the shop is closed"}))]
pub(super) struct Pause {
    /// For people; shown with the channel.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// `data` of the `channel_paused` event, in the shape of one that the send room raises.
#[derive(Debug, Serialize)]
struct ChannelPaused<'a> {
    reason: &'a str,
    code: Option<i64>,
    error: Option<&'a str>,
    advice: &'a str,
    next_probe_at: Option<i64>,
}

/// Create a channel
///
/// The secrets are given as references, `env:NAME` or `file:PATH`, to where the gateway finds them.
/// Without an access token the channel receives and cannot send. A number whose webhooks came before
/// it was set up has a channel already, which this takes over with all that it received; if no id is
/// given, it keeps its own.
#[utoipa::path(post, path = "/api/v1/channels", tag = "Channels", operation_id = "create_channel",
    request_body = CreateChannel, responses(
        (status = 201, description = "The channel", body = Channel,
            headers(("Location" = String, description = "Where the channel is"))),
        (status = 409, description = "`channel_exists`, `number_taken`"),
    ))]
pub(super) async fn create(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Json(request): Json<CreateChannel>,
) -> Result<(StatusCode, [(HeaderName, String); 1], axum::Json<Channel>), Problem> {
    let named = request.is_named();
    let new = request.into_row(&gate.app.random, gate.app.clock.now())?;
    let scribe = caller.scribe(&gate.app);
    let row = gate.app.store.write(move |tx| {
        let added = add(tx, new, named)?;
        if let Ok(row) = &added {
            scribe.note(tx, "channel.created", &row.id, Difference::made(facts(row)))?;
        }
        Ok(added)
    });
    let row = row.await??;
    crate::carrier::refresh(&gate.app).await?;
    let location = [(header::LOCATION, format!("/api/v1/channels/{}", row.id))];
    Ok((
        StatusCode::CREATED,
        location,
        axum::Json((row, None).into()),
    ))
}

/// Adds a channel, or puts it in the place of the one that a webhook made for its number.
fn add(
    tx: &Tx<'_>,
    mut new: channels::Channel,
    named: bool,
) -> Result<Result<channels::Channel, Problem>, StoreError> {
    tx.lock(Locked::Channels)?;
    let number = new.phone_number_id.as_deref().unwrap_or_default();
    let found = match channels::by_number(tx, &new.carrier, number)? {
        Some(id) => channels::by_id(tx, &id)?,
        None => None,
    };
    if !named && let Some(found) = &found {
        new.id.clone_from(&found.id);
    }
    let namesake = channels::by_id(tx, &new.id)?;
    if namesake.is_some_and(|namesake| found.as_ref().is_none_or(|found| found.id != namesake.id)) {
        return Ok(Err(Problem::ChannelExists));
    }
    match &found {
        Some(found) if found.is_unclaimed() => channels::claim(tx, found, &new)?,
        Some(_) => return Ok(Err(Problem::NumberTaken)),
        None => drop(channels::insert(tx, &new)?),
    }
    Ok(channels::by_id(tx, &new.id)?.ok_or(Problem::NotFound(Thing::Channel)))
}

/// List channels
///
/// In the order of their ids.
#[utoipa::path(get, path = "/api/v1/channels", tag = "Channels", operation_id = "list_channels",
    params(ListQuery), responses(
        (status = 200, description = "A page of channels", body = List<Channel>),
        (status = 400, description = "`invalid_query`"),
    ))]
pub(super) async fn list(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<List<Channel>>, Problem> {
    let page = LISTED.page(query.limit, query.cursor)?;
    let limit = page.limit;
    let with_load = query.load == Some(true);
    if with_load && !Need::Read.is_met_by(caller.role) {
        return Err(Problem::RoleForbidden);
    }
    let scope = caller.scope();
    let look = move |tx: &Tx<'_>| {
        let rows = channels::list(tx, &scope, &page)?.into_iter();
        rows.map(|row| explained(tx, row))
            .collect::<Result<Vec<_>, _>>()
    };
    let rows = gate.app.store.read(look).await?;
    let loads = if with_load {
        let channels: Vec<_> = rows.iter().map(|(channel, _)| channel).collect();
        loads_of(&gate.app, &channels).await?
    } else {
        Vec::new()
    };
    let loads = loads
        .into_iter()
        .map(Some)
        .chain(iter::repeat_with(|| None));
    let rows = rows.into_iter().zip(loads).collect();
    let show = |(row, load)| {
        let mut channel = Channel::from(row);
        channel.load = load;
        Ok(channel)
    };
    LISTED
        .list(limit, rows, |((row, _), _)| row.id.clone(), show)
        .map(axum::Json)
}

/// Get a channel
#[utoipa::path(get, path = "/api/v1/channels/{id}", tag = "Channels", operation_id = "get_channel",
    params(("id" = String, Path, description = "The channel's id")), responses(
        (status = 200, description = "The channel", body = Channel),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn get(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Channel>, Problem> {
    check_scope(&caller, &id)?;
    let row = gate
        .app
        .store
        .read(move |tx| {
            let row = channels::by_id(tx, &id)?;
            row.map(|row| explained(tx, row)).transpose()
        })
        .await?;
    found(row, Thing::Channel).map(|row| axum::Json(row.into()))
}

/// Change a channel
///
/// What is absent stays; null clears what may be empty. A key that is limited to some channels cannot
/// change whose number a channel sends from, nor its secrets.
#[utoipa::path(patch, path = "/api/v1/channels/{id}", tag = "Channels",
    operation_id = "update_channel",
    params(("id" = String, Path, description = "The channel's id")),
    request_body = PatchChannel, responses(
        (status = 200, description = "The channel as it is now", body = Channel),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`number_taken`"),
    ))]
pub(super) async fn update(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    Json(patch): Json<PatchChannel>,
) -> Result<axum::Json<Channel>, Problem> {
    check_scope(&caller, &id)?;
    if caller.channels.is_some() && patch.changes_identity() {
        return Err(Problem::ScopeForbidden);
    }
    patch.check()?;
    let scribe = caller.scribe(&gate.app);
    change(
        &gate,
        id,
        (scribe, "channel.updated"),
        move |tx, channel| {
            let taken = match &patch.phone_number_id {
                Some(number) => channels::by_number(tx, &channel.carrier, number)?,
                None => None,
            };
            if taken.is_some_and(|other| other != channel.id) {
                return Ok(Err(Problem::NumberTaken));
            }
            patch.apply_to(channel);
            Ok(Ok(()))
        },
    )
    .await
}

/// Delete a channel
///
/// Its messages and events stay. Refused while messages wait to be sent or for their outcome.
#[utoipa::path(delete, path = "/api/v1/channels/{id}", tag = "Channels",
    operation_id = "delete_channel",
    params(("id" = String, Path, description = "The channel's id")), responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`channel_busy`"),
    ))]
pub(super) async fn delete(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    check_scope(&caller, &id)?;
    let scribe = caller.scribe(&gate.app);
    let outcome = gate.app.store.write(move |tx| {
        if channels::is_busy(tx, &id)? {
            return Ok(Err(Problem::ChannelBusy));
        }
        tx.lock(Locked::Channels)?;
        let Some(channel) = channels::by_id(tx, &id)? else {
            return Ok(Err(Problem::NotFound(Thing::Channel)));
        };
        channels::delete(tx, &id)?;
        scribe.note(
            tx,
            "channel.deleted",
            &id,
            Difference::gone(facts(&channel)),
        )?;
        Ok(Ok(()))
    });
    outcome.await??;
    Ok(StatusCode::NO_CONTENT)
}

/// Pause a channel
///
/// It keeps taking messages and receiving; nothing is sent until it is resumed.
#[utoipa::path(post, path = "/api/v1/channels/{id}/pause", tag = "Channels",
    operation_id = "pause_channel",
    params(("id" = String, Path, description = "The channel's id")),
    request_body(content = Option<Pause>, description = "May be left out"), responses(
        (status = 200, description = "The channel, paused", body = Channel),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn pause(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
    request: Option<Json<Pause>>,
) -> Result<axum::Json<Channel>, Problem> {
    check_scope(&caller, &id)?;
    let reason = request
        .and_then(|Json(pause)| pause.reason)
        .unwrap_or_default();
    check_reason(&reason)?;
    let now = gate.app.clock.now();
    let random = gate.app.random.clone();
    let scribe = caller.scribe(&gate.app);
    change(&gate, id, (scribe, "channel.paused"), move |tx, channel| {
        if channel.paused.is_none() {
            let told = ChannelPaused {
                reason: &reason,
                code: None,
                error: None,
                advice: "resume the channel when it may send again",
                next_probe_at: None,
            };
            outbound::append(tx, &random, "channel_paused", &channel.id, None, &told, now)?;
        }
        // If the carrier had paused it, the pause is the person's from here on.
        pauses::remove(tx, &channel.id)?;
        let at = channel.paused.as_ref().map_or(now, |paused| paused.at);
        channel.paused = Some(Paused { at, reason });
        Ok(Ok(()))
    })
    .await
}

fn check_reason(reason: &str) -> Result<(), Problem> {
    let length = reason.chars().count();
    if length > REASON_LIMIT {
        let fault = Invalid::at("/reason", "is too long").over(REASON_LIMIT, length);
        return Err(Problem::Invalid(vec![fault]));
    }
    Ok(())
}

/// Resume a channel
///
/// What waits is sent. Does nothing to a channel that is not paused.
#[utoipa::path(post, path = "/api/v1/channels/{id}/resume", tag = "Channels",
    operation_id = "resume_channel",
    params(("id" = String, Path, description = "The channel's id")), responses(
        (status = 200, description = "The channel, no longer paused", body = Channel),
        (status = 404, description = "`not_found`"),
    ))]
pub(super) async fn resume(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Id(id): Id,
) -> Result<axum::Json<Channel>, Problem> {
    check_scope(&caller, &id)?;
    let now = gate.app.clock.now();
    let random = gate.app.random.clone();
    let scribe = caller.scribe(&gate.app);
    change(
        &gate,
        id,
        (scribe, "channel.resumed"),
        move |tx, channel| {
            if channel.paused.is_some() {
                let pause = pauses::open_of(tx, &channel.id)?;
                channel_resumed(tx, &random, &channel.id, "person", pause.as_ref(), now)?;
            }
            pauses::remove(tx, &channel.id)?;
            channel.paused = None;
            Ok(Ok(()))
        },
    )
    .await
}

/// A channel that the caller does not reach is not there for them.
fn check_scope(caller: &Caller, id: &str) -> Result<(), Problem> {
    if caller.scope().includes(id) {
        Ok(())
    } else {
        Err(Problem::NotFound(Thing::Channel))
    }
}

/// A channel, and why its carrier has paused it if it has.
fn explained(
    tx: &Tx<'_>,
    row: channels::Channel,
) -> Result<(channels::Channel, Option<CarrierPause>), StoreError> {
    let pause = match row.paused {
        Some(_) => pauses::open_of(tx, &row.id)?,
        None => None,
    };
    Ok((row, pause))
}

/// What the audit tells of a channel: all that the API shows, where secrets are references.
fn facts(row: &channels::Channel) -> Value {
    // A body of strings, numbers and lists always serialises.
    serde_json::to_value(Channel::from((row.clone(), None))).unwrap_or_default()
}

/// Reads, changes and writes a channel in one transaction, and writes down who did what.
async fn change(
    gate: &Gate,
    id: String,
    (scribe, action): (Scribe, &'static str),
    change: impl FnOnce(&Tx<'_>, &mut channels::Channel) -> Result<Result<(), Problem>, StoreError>
    + Send
    + 'static,
) -> Result<axum::Json<Channel>, Problem> {
    let now = gate.app.clock.now();
    let changed = gate.app.store.write(move |tx| {
        tx.lock(Locked::Channels)?;
        let Some(mut channel) = channels::by_id(tx, &id)? else {
            return Ok(Err(Problem::NotFound(Thing::Channel)));
        };
        let was = facts(&channel);
        if let Err(problem) = change(tx, &mut channel)? {
            return Ok(Err(problem));
        }
        channel.updated_at = now;
        channels::update(tx, &channel)?;
        let difference = Difference::between(was, facts(&channel));
        scribe.note(tx, action, &channel.id, difference)?;
        Ok(Ok(explained(tx, channel)?))
    });
    let changed = changed.await??;
    crate::carrier::refresh(&gate.app).await?;
    Ok(axum::Json(changed.into()))
}
