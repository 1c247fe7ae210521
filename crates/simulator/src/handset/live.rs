//! Changes as they happen, for the handsets that look on. Nobody looking costs next to nothing.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::broadcast;

use crate::core::{Core, lock};
use crate::ids::{PhoneNumberId, Wamid};
use crate::settings::Number;
use crate::world::{Key, World};

/// Changes that a slow reader may lag behind before it has to load anew.
const ROOM: usize = 4096;

/// Something that a phone shows has changed.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A line is new or has another status.
    Line { user: Key, wamid: Wamid, new: bool },
    /// The business has read, or types.
    Mark { user: Key, number: PhoneNumberId },
    /// The user's profile or settings.
    User { user: Key },
    /// A business number takes calls now, or no more.
    Calling,
}

impl Change {
    /// Whose phone shows it; all phones do without one.
    pub(crate) fn user(&self) -> Option<&Key> {
        match self {
            Self::Line { user, .. } | Self::Mark { user, .. } | Self::User { user } => Some(user),
            Self::Calling => None,
        }
    }
}

/// Where changes are announced.
#[derive(Debug)]
pub(crate) struct Live(broadcast::Sender<Change>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(ROOM))
    }
}

impl Live {
    pub(crate) fn follow(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    fn is_watched(&self) -> bool {
        self.0.receiver_count() > 0
    }

    fn tell(&self, change: Change) {
        // An error says only that nobody follows any more.
        let _ = self.0.send(change);
    }
}

/// A line of `user` has a new status.
pub(crate) fn changed(core: &Core, user: Option<&Key>, wamid: &Wamid) {
    line(core, user, wamid, false);
}

/// A line of `user` is new, or changes another one as a reaction does.
pub(crate) fn added(core: &Core, user: &Key, wamid: &Wamid) {
    line(core, Some(user), wamid, true);
}

fn line(core: &Core, user: Option<&Key>, wamid: &Wamid, new: bool) {
    if let Some(user) = user
        && core.live.is_watched()
    {
        core.live.tell(Change::Line {
            user: Key::clone(user),
            wamid: wamid.clone(),
            new,
        });
    }
}

/// Profile or settings of `user` changed.
pub(crate) fn user_changed(core: &Core, user: &Key) {
    if core.live.is_watched() {
        core.live.tell(Change::User {
            user: Key::clone(user),
        });
    }
}

/// The calling settings of a number changed.
pub(crate) fn calling_changed(core: &Core) {
    if core.live.is_watched() {
        core.live.tell(Change::Calling);
    }
}

/// A message of the business was accepted.
pub(crate) fn sent(core: &Core, world: &mut World, wamid: &Wamid) {
    let Some(message) = world.message(wamid.as_str()) else {
        return;
    };
    let Some(user) = message.to.user().map(Key::clone) else {
        return;
    };
    let number = message.accepted.phone_number_id.clone();
    world.business_wrote(&user, &number);
    added(core, &user, wamid);
}

/// The business marked a message as read, perhaps with a typing indicator.
pub(crate) fn marked(core: &Arc<Core>, number: &Number, body: &Value) {
    let Some(wamid) = body["message_id"].as_str().map(Wamid::from) else {
        return;
    };
    let typing = body["typing_indicator"].is_object();
    let now = core.clock.now();
    let user = lock(&core.world).business_reads(&wamid, &number.id, now, typing);
    if let Some(user) = user
        && core.live.is_watched()
    {
        core.live.tell(Change::Mark {
            user,
            number: number.id.clone(),
        });
    }
}

/// A notification was answered with 200: the messages in it have arrived.
pub(crate) fn delivered(core: &Core, body: &[u8]) {
    let marker = br#""messages":["#;
    if !body.windows(marker.len()).any(|part| part == marker) {
        return;
    }
    let notification: Value = serde_json::from_slice(body).unwrap_or_default();
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    for entry in list(&notification, "entry") {
        for change in list(&entry, "changes") {
            for message in list(&change["value"], "messages") {
                let Some(wamid) = message["id"].as_str().map(Wamid::from) else {
                    continue;
                };
                let user = lock(&core.world).arrived(&wamid);
                changed(core, user.as_ref(), &wamid);
            }
        }
    }
}
