//! Who may call: API keys, looked up by their hash. A gateway that is alone remembers them until one
//! changes; among several nodes each request asks the store, where another may have revoked it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio::time::Instant;

use super::Gate;
use super::access;
use super::console;
use super::digest::sha256;
use super::problem::Problem;
use super::proof::Proof;
use crate::app::{App, StartError};
use crate::clock::Millis;
use crate::ids::{Kind, Random};
use crate::media::Reach;
use crate::store::api_keys::{self, ApiKey};
use crate::store::scope::Scope;
use crate::store::{Locked, StoreError, Tx};

#[cfg(test)]
mod tests;

/// What an API key begins with, so that a leaked one is recognised.
const PREFIX: &str = "wharf_";
/// 32 bytes in base64url without padding.
const SECRET_LENGTH: usize = 43;
/// `last_used_at` is written at most once in this time.
const NOTE_EVERY: Millis = 60_000;

/// What a key's holder may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything.
    Admin,
    /// Everything that goes on, but not how the gateway is set up.
    Operator,
    /// Sending, and seeing what became of it.
    Sender,
    /// Looking.
    Viewer,
}

/// Who makes a request.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) key_id: String,
    pub(crate) role: Role,
    /// The only channels that it reaches; all of them if there is no list.
    pub(crate) channels: Option<Vec<String>>,
    /// Whether it sees what people write.
    pub(crate) shows_texts: bool,
    pub(super) proof: Proof,
    noted_at: AtomicI64,
}

impl Caller {
    /// The holder of this key.
    pub(super) fn of(key: ApiKey, proof: Proof) -> Result<Self, StoreError> {
        Ok(Self {
            role: Role::parse(&key.role).ok_or(StoreError::Corrupt { what: "role" })?,
            channels: key.channels()?,
            shows_texts: key.shows_texts,
            proof,
            noted_at: AtomicI64::new(key.last_used_at.unwrap_or(0)),
            key_id: key.id,
        })
    }
}

/// The keys seen since the last change, by hash. Finding one by the hash of the whole secret tells
/// nothing by its timing: nearby secrets have unrelated hashes.
#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Counts the changes, so that a look-up that began before one is not remembered after it.
    changes: u64,
    callers: HashMap<String, Arc<Caller>>,
}

/// Lets a request pass that carries a valid key.
pub(super) async fn authenticate(
    State(gate): State<Gate>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = caller(&gate, request.method(), request.headers()).await?;
    Ok(admit::<Problem>(&gate, caller, request, next).await)
}

/// Counts the request, holds it against the table, and runs it. `E` is the shape of a refusal.
pub(super) async fn admit<E: From<Problem> + IntoResponse>(
    gate: &Gate,
    caller: Arc<Caller>,
    mut request: Request,
    next: Next,
) -> Response {
    let left = match gate.limits.take(&caller.key_id, Instant::now()) {
        Ok(left) => left,
        Err(problem) => {
            let mut response = E::from(problem).into_response();
            gate.limits
                .tell(gate.limits.nothing_left(), response.headers_mut());
            return response;
        }
    };
    let mut response = match access::check(&caller, request.method(), route(&request)) {
        Ok(()) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => E::from(problem).into_response(),
    };
    gate.limits.tell(left, response.headers_mut());
    response
}

/// The pattern of the route that a request goes to.
pub(super) fn route(request: &Request) -> &str {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("", MatchedPath::as_str)
}

/// Who makes the request: by its key, or by the cookie of the console.
pub(super) async fn caller(
    gate: &Gate,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Arc<Caller>, Problem> {
    match console::signed_in(gate, method, headers).await? {
        Some(caller) => {
            note_use(&gate.app, &caller);
            Ok(caller)
        }
        None => identify(gate, headers).await,
    }
}

/// Whose key the request carries.
pub(super) async fn identify(gate: &Gate, headers: &HeaderMap) -> Result<Arc<Caller>, Problem> {
    let key = bearer(headers)?;
    let remember = !gate.app.cluster.is_shared();
    let hash = sha256(key.as_bytes());
    let caller = gate.keys.find(&gate.app, &hash, remember).await?;
    let caller = caller.ok_or(Problem::WrongKey)?;
    note_use(&gate.app, &caller);
    Ok(caller)
}

/// A new key and its row; the caller stores the row and shows the key once.
pub(super) fn new_key(random: &Random, name: &str, role: Role, now: Millis) -> (String, ApiKey) {
    let (key, hash) = new_secret(random);
    let row = ApiKey {
        id: random.id(Kind::ApiKey, now),
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        hash,
        channels: None,
        shows_texts: true,
        old_until: None,
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    (key, row)
}

/// A new secret of a key, and its hash.
pub(super) fn new_secret(random: &Random) -> (String, String) {
    let secret = BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<32>());
    let key = format!("{PREFIX}{secret}");
    let hash = sha256(key.as_bytes());
    (key, hash)
}

/// Makes the first API key when there is none, and returns it.
///
/// The key's file is written before its hash is committed: after a crash between the two there is
/// still no key, and the next start makes one. Of several nodes that start at once one makes it.
pub(crate) async fn first_api_key(app: &Arc<App>) -> Result<Option<String>, StartError> {
    if app.store.read(api_keys::count_live).await? > 0 {
        return Ok(None);
    }
    let (key, row) = new_key(&app.random, "first", Role::Admin, app.clock.now());
    let path = app.config.data_dir.join("api-key");
    let (file, text) = (path.clone(), format!("{key}\n"));
    let made = app.store.write(move |tx| {
        tx.lock(Locked::ApiKeys)?;
        // Another node that started at the same moment may have made one.
        if api_keys::count_live(tx)? > 0 {
            return Ok(false);
        }
        api_keys::insert(tx, &row)?;
        // It holds up the writer for a moment, once in a database's life.
        let written = write_private(&file, &text);
        written.map_err(|source| StoreError::Folder { path: file, source })?;
        Ok(true)
    });
    if !made.await? {
        return Ok(None);
    }
    tracing::info!(path = %path.display(), "made the first API key; it is in this file");
    Ok(Some(key))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    // The mode above counts only for a file that was not there yet.
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = headers.get(header::AUTHORIZATION).ok_or(Problem::NoKey)?;
    let value = value.to_str().map_err(|_| Problem::WrongKey)?;
    let (scheme, key) = value.split_once(' ').ok_or(Problem::NoKey)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::NoKey);
    }
    let key = key.trim();
    let secret = key.strip_prefix(PREFIX).ok_or(Problem::WrongKey)?;
    if secret.len() == SECRET_LENGTH {
        Ok(key)
    } else {
        Err(Problem::WrongKey)
    }
}

/// Queued, not awaited: a request never waits for the note of its own use.
fn note_use(app: &App, caller: &Arc<Caller>) {
    let now = app.clock.now();
    let noted = caller.noted_at.load(Ordering::Relaxed);
    if now - noted < NOTE_EVERY {
        return;
    }
    let ours = caller
        .noted_at
        .compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed);
    if ours.is_ok() {
        let id = caller.key_id.clone();
        let queued = app.store.submit(move |tx| api_keys::note_use(tx, &id, now));
        if queued.is_err() {
            tracing::debug!("the use of an API key was not noted: the store is closed");
        }
    }
}

impl Keys {
    pub(super) async fn find(
        &self,
        app: &App,
        hash: &str,
        remember: bool,
    ) -> Result<Option<Arc<Caller>>, StoreError> {
        let changes = {
            let known = self.known();
            if let Some(caller) = known.callers.get(hash) {
                return Ok(Some(Arc::clone(caller)));
            }
            known.changes
        };
        let (wanted, now) = (hash.to_owned(), app.clock.now());
        let found = app.store.read(move |tx| api_keys::live(tx, &wanted, now));
        let Some(key) = found.await? else {
            return Ok(None);
        };
        let is_present = key.hash == hash;
        let caller = Arc::new(Caller::of(key, Proof::Secret(hash.to_owned()))?);
        let mut known = self.known();
        // A secret that was rotated away is looked up each time: its time runs out.
        if remember && known.changes == changes && is_present {
            known.callers.insert(hash.to_owned(), Arc::clone(&caller));
        }
        Ok(Some(caller))
    }

    /// How often a key or a session was changed here.
    pub(super) fn changes(&self) -> u64 {
        self.known().changes
    }

    /// Writes a change of keys or sessions, and forgets what was known of them: also when nobody waits
    /// for the answer any more, and when it is not certain that the change happened.
    pub(super) async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        app: &Arc<App>,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (keys, store) = (Arc::clone(self), Arc::clone(app));
        let changed = app.tasks.spawn(async move {
            let changed = store.store.write(change).await;
            keys.forget();
            changed
        });
        changed.await.unwrap_or(Err(StoreError::Closed))
    }

    fn forget(&self) {
        let mut known = self.known();
        known.changes += 1;
        known.callers.clear();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Caller {
    /// Which channels it reaches.
    pub(super) fn scope(&self) -> Scope {
        Scope::of(self.channels.as_deref())
    }

    /// Which files the key may send.
    pub(super) fn files(&self) -> Reach {
        Reach {
            scope: self.scope(),
            is_blind: !self.shows_texts,
        }
    }
}

impl Role {
    /// Every role, the mightiest first.
    pub(crate) const ALL: [Self; 4] = [Self::Admin, Self::Operator, Self::Sender, Self::Viewer];

    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Sender => "sender",
            Self::Viewer => "viewer",
        }
    }

    /// The role of this name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The caller, on a route behind `authenticate`.
impl FromRequestParts<Gate> for Arc<Caller> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Problem::NoKey)
    }
}
