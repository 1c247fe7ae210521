//! The handsets' one stream: what changes on the phones that are shown, as server-sent events.

use std::collections::HashSet;
use std::convert::Infallible;

use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::admin::AdminError;
use crate::admin::handsets::{key, screen};
use crate::core::lock;
use crate::handset::live::Change;
use crate::handset::view::View;
use crate::simulator::Simulator;
use crate::world::Key;

/// Phones in one stream; a page shows a few.
const PHONES: usize = 50;

/// What a stream needs to go on.
struct Follower {
    simulator: Simulator,
    changes: Receiver<Change>,
    users: HashSet<Key>,
    begun: bool,
}

/// Events: `ready` at the start, `line`, `screen`, and `resync` when some were missed. Each has the
/// phone's id under `user`.
pub(super) async fn follow(
    State(simulator): State<Simulator>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, AdminError> {
    let wanted: Vec<_> = query
        .into_iter()
        .filter(|(name, _)| name == "user")
        .collect();
    if wanted.is_empty() || wanted.len() > PHONES {
        let reason = format!("user must be given 1 to {PHONES} times");
        return Err(AdminError::bad_request(reason));
    }
    // Followed before the page loads what there is, so that nothing falls between the two.
    let changes = simulator.core().live.follow();
    let users = wanted.iter().map(|(_, who)| key(&simulator, who)).collect();
    let follower = Follower {
        simulator,
        changes,
        users,
        begun: false,
    };
    Ok(Sse::new(unfold(follower, next)).keep_alive(KeepAlive::default()))
}

async fn next(mut follower: Follower) -> Option<(Result<Event, Infallible>, Follower)> {
    if !follower.begun {
        follower.begun = true;
        return Some((Ok(event("ready", &json!({}))), follower));
    }
    let stop = follower.simulator.core().stop.clone();
    loop {
        let change = tokio::select! {
            change = follower.changes.recv() => change,
            () = stop.cancelled() => return None,
        };
        let shown = match change {
            Ok(change)
                if change
                    .user()
                    .is_none_or(|user| follower.users.contains(user)) =>
            {
                draw(&follower.simulator, &change)
            }
            Ok(_) => None,
            Err(RecvError::Lagged(_)) => Some(event("resync", &json!({}))),
            Err(RecvError::Closed) => return None,
        };
        if let Some(shown) = shown {
            return Some((Ok(shown), follower));
        }
    }
}

fn draw(simulator: &Simulator, change: &Change) -> Option<Event> {
    let core = simulator.core();
    match change {
        Change::Line { user, wamid, new } => {
            let world = lock(&core.world);
            let view = View::new(core, &world, world.user(user)?);
            let line = view.line_of(wamid)?;
            let chats = view.chats();
            // What changes another line comes as that line, which the page may not have loaded.
            let new = *new && line["wamid"] == wamid.as_str();
            Some(event(
                "line",
                &json!({"user": user.as_ref(), "line": line, "new": new, "chats": chats}),
            ))
        }
        Change::Mark { user, number } => {
            let world = lock(&core.world);
            let view = View::new(core, &world, world.user(user)?);
            let shown =
                json!({"user": user.as_ref(), "phone_number_id": number, "chats": view.chats()});
            Some(event("mark", &shown))
        }
        Change::Calling => Some(event("resync", &json!({}))),
        Change::User { user } => {
            let screen = screen(simulator, user);
            Some(event(
                "screen",
                &json!({"user": user.as_ref(), "screen": screen}),
            ))
        }
    }
}

fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}
