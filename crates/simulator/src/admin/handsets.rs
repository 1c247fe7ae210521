//! What the handsets show and do beyond the other routes: phones, drawn chats, files.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::AdminError;
use crate::admin::users::{shown, user};
use crate::core::lock;
use crate::error::SimulatorError;
use crate::handset::live;
use crate::handset::view::{View, is_unread};
use crate::ids::{PhoneNumberId, Wamid};
use crate::media::Stored;
use crate::simulator::Simulator;
use crate::world::conduct::feedback;
use crate::world::inbound::Draft;
use crate::world::{Key, Person, World, status};

/// Looked through for one page of a search; the next page goes on from there.
const SEARCHED: usize = 200_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: usize,
    limit: Option<usize>,
}

/// The phones whose name, number or username has `q` in it, in the order in which they appeared.
pub(super) async fn list(
    State(simulator): State<Simulator>,
    Query(search): Query<Search>,
) -> Json<Value> {
    let wanted = search.q.trim().trim_start_matches('+').to_lowercase();
    let limit = search.limit.unwrap_or(30).clamp(1, 100);
    let world = lock(&simulator.core().world);
    let total = world.user_count();
    let found = world
        .users()
        .enumerate()
        .skip(search.after)
        .take(SEARCHED)
        .filter(|(_, person)| fits(person, &wanted));
    let page: Vec<_> = found.take(limit).collect();
    let next = match page.last() {
        Some((place, _)) if page.len() == limit && place + 1 < total => Some(place + 1),
        _ => None,
    };
    let data: Vec<_> = page
        .into_iter()
        .map(|(_, person)| phone(&world, person))
        .collect();
    Json(json!({"data": data, "next": next, "count": total}))
}

fn fits(person: &Person, wanted: &str) -> bool {
    wanted.is_empty()
        || person.key.to_lowercase().contains(wanted)
        || person.name.to_lowercase().contains(wanted)
        || person
            .username
            .as_ref()
            .is_some_and(|name| name.to_lowercase().contains(wanted.trim_start_matches('@')))
}

/// A phone in a list: who it is, and how much is new.
fn phone(world: &World, person: &Person) -> Value {
    let mut phone = shown(person);
    phone["id"] = json!(person.key.as_ref());
    phone["phone_off"] = json!(world.is_off(&person.key));
    phone["unread"] = json!(world.phone_lines(person).filter(is_unread).count());
    phone
}

/// The key of a user that there is, or of one who comes to be.
pub(super) fn key(simulator: &Simulator, who: &str) -> Key {
    let known = lock(&simulator.core().world)
        .user(who)
        .map(|person| Key::clone(&person.key));
    known.unwrap_or_else(|| Key::clone(user(simulator, who, None).key()))
}

/// What the screen of one phone shows first.
pub(super) fn screen(simulator: &Simulator, key: &Key) -> Value {
    let core = simulator.core();
    let world = lock(&core.world);
    let Some(person) = world.user(key) else {
        return Value::Null;
    };
    let mut screen = phone(&world, person);
    let view = View::new(core, &world, person);
    screen["chats"] = json!(view.chats());
    screen["call"] = json!(view.call());
    screen["now"] = json!(core.clock.now());
    screen
}

pub(super) async fn get(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
) -> Json<Value> {
    let key = key(&simulator, &who);
    Json(screen(&simulator, &key))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    phone_off: Option<bool>,
    blocked: Option<bool>,
    phone_number_id: Option<PhoneNumberId>,
}

pub(super) async fn change(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Value>, AdminError> {
    let (core, key) = (simulator.core(), key(&simulator, &who));
    let number = core.number_or_first(change.phone_number_id.as_ref())?;
    let waiting = {
        let mut world = lock(&core.world);
        if let Some(off) = change.phone_off {
            world.switch_off(&key, off);
        }
        if let Some(on) = change.blocked {
            world.block(&key, &number.id, on, core.clock.now());
            if on {
                feedback::complain(core, &mut world, &number, &key, feedback::BLOCK);
            }
        }
        if change.phone_off == Some(false) {
            world.waiting(&key)
        } else {
            Vec::new()
        }
    };
    status::let_through(core, waiting);
    live::user_changed(core, &key);
    Ok(Json(screen(&simulator, &key)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    phone_number_id: Option<PhoneNumberId>,
    before: Option<Wamid>,
    limit: Option<usize>,
}

pub(super) async fn chat(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, AdminError> {
    let (core, key) = (simulator.core(), key(&simulator, &who));
    let number = core.number_or_first(page.phone_number_id.as_ref())?;
    let limit = page.limit.unwrap_or(40).clamp(1, 200);
    let world = lock(&core.world);
    let person = world
        .user(&key)
        .ok_or(SimulatorError::Unknown { kind: "user" })?;
    let view = View::new(core, &world, person);
    Ok(Json(view.page(&number.id, page.before.as_ref(), limit)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attachment {
    kind: String,
    filename: Option<String>,
    caption: Option<String>,
    phone_number_id: Option<PhoneNumberId>,
    context: Option<String>,
}

/// The user sends a file: its bytes are the body, its type the header.
pub(super) async fn file(
    State(simulator): State<Simulator>,
    Path(who): Path<String>,
    Query(about): Query<Attachment>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, AdminError> {
    let kinds = ["image", "video", "audio", "document", "sticker"];
    let kind = kinds
        .into_iter()
        .find(|kind| *kind == about.kind)
        .ok_or_else(|| {
            AdminError::bad_request(format!("kind must be one of {}", kinds.join(", ")))
        })?;
    let mime_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| AdminError::bad_request("the header content-type is missing"))?;
    if body.is_empty() {
        return Err(AdminError::bad_request(
            "the body, which is the file, is empty",
        ));
    }
    let mut extra = json!({});
    let filename = about.filename.filter(|_| kind == "document");
    for (name, value) in [("filename", filename), ("caption", about.caption)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            extra[name] = json!(value);
        }
    }
    let user = user(&simulator, &who, about.phone_number_id.as_ref());
    let draft = Draft::new(kind, user.file(kind, mime_type, body, extra)?);
    let draft = match about.context {
        Some(wamid) => draft.answering(&*user.number()?, &wamid),
        None => draft,
    };
    let event = format!("message.{kind}");
    Ok(Json(json!(user.write(draft, &event).await?)))
}

/// A file to be shown: only types that cannot run are shown in place, the others are saved.
pub(super) async fn media(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let core = simulator.core();
    let found = lock(&core.media).get(&id, core.clock.now());
    let Some(file) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let shown = ["image/", "video/", "audio/"]
        .iter()
        .any(|family| file.mime_type.starts_with(family))
        && !file.mime_type.starts_with("image/svg");
    let (status, from, until) = match range(&headers, file.size) {
        Some((from, until)) => (StatusCode::PARTIAL_CONTENT, from, until),
        None => (StatusCode::OK, 0, file.size),
    };
    let chunks = part(&file, from, until).map(Ok::<_, std::io::Error>);
    let mut response = Body::from_stream(stream::iter(chunks.collect::<Vec<_>>())).into_response();
    *response.status_mut() = status;
    let disposition = if shown { "inline" } else { "attachment" };
    let mut fields = vec![
        (header::CONTENT_TYPE, file.mime_type.clone()),
        (header::CONTENT_LENGTH, (until - from).to_string()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        let last = until.saturating_sub(1);
        let range = format!("bytes {from}-{last}/{}", file.size);
        fields.push((header::CONTENT_RANGE, range));
    }
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// `bytes=FROM-` or `bytes=FROM-LAST`, as players ask; anything else gets the whole file.
fn range(headers: &HeaderMap, size: u64) -> Option<(u64, u64)> {
    let asked = headers.get(header::RANGE)?.to_str().ok()?;
    let (from, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    let from: u64 = from.parse().ok()?;
    let until = match last {
        "" => size,
        last => last.parse::<u64>().ok()?.checked_add(1)?.min(size),
    };
    (from < until).then_some((from, until))
}

fn part(file: &Stored, from: u64, until: u64) -> impl Iterator<Item = Bytes> {
    let mut place = 0_u64;
    file.chunks.iter().filter_map(move |chunk| {
        let (begin, end) = (place, place + chunk.len() as u64);
        place = end;
        let (first, last) = (from.max(begin), until.min(end));
        let within = |at: u64| usize::try_from(at - begin).ok();
        (first < last).then(|| Some(chunk.slice(within(first)?..within(last)?)))?
    })
}
