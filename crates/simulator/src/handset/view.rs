//! The chat as the phone shows it: reactions, edits and deletions on their lines, paged.

mod calls;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::core::Core;
use crate::graph::codes;
use crate::handset::face::{face, without_nulls};
use crate::handset::render;
use crate::ids::{PhoneNumberId, Wamid};
use crate::record::MessageStatus;
use crate::world::phone::PhoneLine;
use crate::world::{Message, Person, World};

use calls::CallLine;

/// Most letters of a quote or a preview.
const GIST: usize = 120;

/// What other lines did to a line.
#[derive(Debug, Default)]
struct Fold {
    business: Option<String>,
    user: Option<String>,
    edited: Option<Value>,
    deleted: bool,
}

/// What stands in a chat.
enum Entry<'a> {
    Line(PhoneLine<'a>),
    Call(CallLine),
}

impl Entry<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Line(line) => line.wamid(),
            Self::Call(call) => &call.id,
        }
    }
}

/// The chats of one person while the world is held.
#[derive(Debug)]
pub(crate) struct View<'a> {
    core: &'a Core,
    world: &'a World,
    person: &'a Person,
    folds: HashMap<Wamid, Fold>,
}

impl<'a> View<'a> {
    pub(crate) fn new(core: &'a Core, world: &'a World, person: &'a Person) -> Self {
        let mut folds: HashMap<Wamid, Fold> = HashMap::new();
        for line in world.phone_lines(person).filter(|line| !line.is_shown()) {
            let (kind, content) = (line.kind(), content(&line));
            let Some(target) = target(kind, &content) else {
                continue;
            };
            let fold = folds.entry(target).or_default();
            match (kind, line) {
                ("revoke", _) => fold.deleted = true,
                ("edit", _) => fold.edited = content.get("message").cloned(),
                (_, PhoneLine::FromUser(_)) => fold.user = emoji(&content),
                (_, PhoneLine::ToUser(_)) => fold.business = emoji(&content),
            }
        }
        Self {
            core,
            world,
            person,
            folds,
        }
    }

    /// The line under this id; of one that only changes another, the changed one.
    pub(crate) fn line_of(&self, wamid: &Wamid) -> Option<Value> {
        let find = |wamid: &Wamid| {
            let mut lines = self.world.phone_lines(self.person).rev();
            lines.find(|line| line.wamid() == wamid.as_str())
        };
        if let Some(call) = self.call_line(wamid.as_str()) {
            return Some(call.shown());
        }
        let line = find(wamid)?;
        if line.is_shown() {
            return Some(self.line(&line));
        }
        let target = target(line.kind(), &content(&line))?;
        find(&target).map(|line| self.line(&line))
    }

    /// The lines of one chat, the newest last; `before` is the oldest line that is there already.
    pub(crate) fn page(
        &self,
        number: &PhoneNumberId,
        before: Option<&Wamid>,
        limit: usize,
    ) -> Value {
        let mut entries = self.entries(number);
        if let Some(before) = before {
            entries.by_ref().find(|entry| entry.id() == before.as_str());
        }
        let shown = entries.by_ref().take(limit).map(|entry| match entry {
            Entry::Line(line) => self.line(&line),
            Entry::Call(call) => call.shown(),
        });
        let mut data: Vec<_> = shown.collect();
        data.reverse();
        json!({"data": data, "more": entries.next().is_some()})
    }

    /// Lines and calls of a chat, the newest first.
    fn entries(&self, number: &PhoneNumberId) -> impl Iterator<Item = Entry<'a>> {
        let lines = self.world.phone_lines(self.person).rev();
        let wanted = number.clone();
        let mut lines = lines
            .filter(move |line| *line.number() == wanted && line.is_shown())
            .peekable();
        let mut calls = self.call_lines(number).into_iter().peekable();
        std::iter::from_fn(move || match (lines.peek(), calls.peek()) {
            (Some(line), Some(call)) if call.at < line.at() => lines.next().map(Entry::Line),
            (_, Some(_)) => calls.next().map(Entry::Call),
            (_, None) => lines.next().map(Entry::Line),
        })
    }

    /// The chats, one per business number that is there: what the list of chats shows.
    pub(crate) fn chats(&self) -> Vec<Value> {
        let numbers = crate::core::read(&self.core.numbers).clone();
        let now = self.core.clock.now();
        let chats = numbers.iter().map(|number| {
            let lines = || {
                let lines = self.world.phone_lines(self.person).rev();
                lines.filter(|line| *line.number() == number.id && line.is_shown())
            };
            let last = self.entries(&number.id).next().map(|entry| match entry {
                Entry::Line(line) => json!({
                    "text": self.gist(&line),
                    "at": line.at(),
                    "from_user": matches!(line, PhoneLine::FromUser(_)),
                    "status": self.status(&line),
                }),
                Entry::Call(call) => {
                    json!({"text": call.gist(), "at": call.at, "from_user": false})
                }
            });
            let mark = self.world.mark(&self.person.key, &number.id);
            let typing = mark.typing.filter(|until| *until > now);
            json!({
                "phone_number_id": number.id,
                "display_phone_number": number.display_phone_number,
                "name": number.verified_name,
                "unread": lines().filter(is_unread).count(),
                "last": last,
                "typing_ms": typing.map(|until| until.as_millisecond() - now.as_millisecond()),
                "seen": mark.seen,
                "calls": self.may_call(&number.id),
                "blocked": self.world.is_blocked(&self.person.key, &number.id),
            })
        });
        chats.collect()
    }

    fn line(&self, line: &PhoneLine<'_>) -> Value {
        let fold = self.folds.get(line.wamid());
        let (kind, content) = (line.kind(), content(line));
        let edited = fold.and_then(|fold| fold.edited.as_ref());
        let deleted = fold.is_some_and(|fold| fold.deleted);
        let drawn = match (deleted, edited) {
            (true, _) => Value::Null,
            (_, Some(edited)) => {
                let kind = edited["type"].as_str().unwrap_or(kind);
                // Only the caption comes anew with an edited file.
                let mut whole = content.clone();
                if let (Some(whole), Some(new)) = (whole.as_object_mut(), edited[kind].as_object())
                {
                    whole.extend(new.clone());
                }
                self.face(kind, &whole)
            }
            _ => self.face(kind, &content),
        };
        let reactions = fold.map(|fold| {
            let of = |emoji: &Option<String>, from_user: bool| {
                let emoji = emoji.as_ref()?;
                Some(json!({"emoji": emoji, "from_user": from_user}))
            };
            let both = [of(&fold.business, false), of(&fold.user, true)];
            both.into_iter().flatten().collect::<Vec<_>>()
        });
        without_nulls(json!({
            "wamid": line.wamid(),
            "phone_number_id": line.number(),
            "from_user": matches!(line, PhoneLine::FromUser(_)),
            "kind": kind,
            "at": line.at(),
            "status": self.status(line),
            "error": error(line),
            "quote": self.quote(line),
            "reactions": reactions.filter(|both| !both.is_empty()),
            "edited": edited.map(|_| true),
            "deleted": deleted.then_some(true),
            "face": drawn,
        }))
    }

    fn face(&self, kind: &str, content: &Value) -> Value {
        match kind {
            "template" => render::template(self.core, content),
            _ => face(kind, content),
        }
    }

    /// How far a line has come, seen from its sender.
    fn status(&self, line: &PhoneLine<'_>) -> &'static str {
        match line {
            PhoneLine::ToUser(message) => last(message).map_or("accepted", MessageStatus::as_str),
            PhoneLine::FromUser(line) => {
                let mark = self.world.mark(&self.person.key, &line.phone_number_id);
                if mark.seen.is_some_and(|seen| seen >= line.at) {
                    "read"
                } else if self.world.has_arrived(line.wamid()) {
                    "delivered"
                } else {
                    "sent"
                }
            }
        }
    }

    fn quote(&self, line: &PhoneLine<'_>) -> Option<Value> {
        let wamid = match line {
            PhoneLine::FromUser(line) => Wamid::from(line.context()?),
            PhoneLine::ToUser(message) => {
                let body = message.accepted.json();
                Wamid::from(body.pointer("/context/message_id")?.as_str()?)
            }
        };
        let mut lines = self.world.phone_lines(self.person).rev();
        let quoted = lines.find(|line| line.wamid() == wamid.as_str());
        Some(json!({
            "wamid": wamid,
            "from_user": quoted.map(|line| matches!(line, PhoneLine::FromUser(_))),
            "text": quoted.map(|line| self.gist(&line)),
        }))
    }

    /// One line that stands for a message, as a list of chats shows it.
    fn gist(&self, line: &PhoneLine<'_>) -> String {
        if self
            .folds
            .get(line.wamid())
            .is_some_and(|fold| fold.deleted)
        {
            return "Deleted message".to_owned();
        }
        let face = self.face(line.kind(), &content(line));
        let text = ["text", "title", "notice"]
            .iter()
            .find_map(|name| face[*name].as_str());
        let media = face["media"]["type"].as_str().or(match line.kind() {
            kind @ ("location" | "contacts" | "order") => Some(kind),
            _ => None,
        });
        let label = media.map(|kind| match kind {
            "image" => "📷 Photo",
            "video" => "🎬 Video",
            "audio" => "🎤 Audio",
            "document" => "📄 Document",
            "sticker" => "Sticker",
            "location" => "📍 Location",
            "contacts" => "👤 Contact",
            _ => "🛒 Order",
        });
        let gist = match (label, text) {
            (_, Some(text)) => text.to_owned(),
            (Some(label), None) => label.to_owned(),
            (None, None) => line.kind().to_owned(),
        };
        gist.chars().take(GIST).collect()
    }
}

fn last(message: &Message) -> Option<MessageStatus> {
    message.accepted.last()
}

/// Whether the user has not looked at it; what failed never came.
pub(crate) fn is_unread(line: &PhoneLine<'_>) -> bool {
    match line {
        PhoneLine::FromUser(_) => false,
        PhoneLine::ToUser(message) => last(message) == Some(MessageStatus::Delivered),
    }
}

/// Why a message of the business did not arrive.
fn error(line: &PhoneLine<'_>) -> Option<Value> {
    let PhoneLine::ToUser(message) = line else {
        return None;
    };
    let error = codes::asynchronous(message.accepted.rare().failed?);
    Some(json!({
        "code": error["code"],
        "title": error["title"],
        "details": error["error_data"]["details"],
    }))
}

fn content(line: &PhoneLine<'_>) -> Value {
    match line {
        PhoneLine::FromUser(line) => line.content(),
        PhoneLine::ToUser(message) => message.accepted.content(),
    }
}

/// The line that a reaction, an edit or a deletion is about.
fn target(kind: &str, content: &Value) -> Option<Wamid> {
    let name = match kind {
        "reaction" => "message_id",
        _ => "original_message_id",
    };
    content[name].as_str().map(Wamid::from)
}

fn emoji(content: &Value) -> Option<String> {
    let emoji = content["emoji"].as_str().filter(|emoji| !emoji.is_empty());
    emoji.map(str::to_owned)
}
