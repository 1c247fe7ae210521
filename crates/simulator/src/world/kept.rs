//! Messages as they are remembered: all texts of one in a single allocation.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::graph::check::message::Used;
use crate::ids::{PhoneNumberId, Wamid};
use crate::record::{Accepted, ChatLine, MessageStatus};
use crate::world::Key;

const STATUSES: [MessageStatus; 5] = [
    MessageStatus::Sent,
    MessageStatus::Delivered,
    MessageStatus::Read,
    MessageStatus::Played,
    MessageStatus::Failed,
];

const SERVICE: &str = "service";

/// Statuses that most messages reach.
const USUAL: usize = 3;

/// An accepted send: what [`Accepted`] says, in a quarter of the memory.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) phone_number_id: PhoneNumberId,
    pub(crate) at: Timestamp,
    /// Microseconds since `at`, shifted, with the place in `STATUSES` from 1 in the lowest three
    /// bits; 0 for none.
    steps: [i64; USUAL],
    /// Wamid, recipient, kind, callback data behind a `=`, and the body.
    texts: Texts<4>,
    rare: Option<Box<Rare>>,
}

/// What few messages have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rare {
    /// The price category of a template message, such as `utility`; `service` otherwise.
    pub(crate) category: Option<&'static str>,
    /// The message that a reaction is for.
    pub(crate) reaction_to: Option<Wamid>,
    /// The code it will fail with, whatever the user is like.
    pub(crate) fails: Option<i64>,
    /// The code it failed with.
    pub(crate) failed: Option<i64>,
    /// The template it was made from.
    pub(crate) template: Option<Used>,
    /// The identity that the recipient must still have.
    pub(crate) identity: Option<String>,
    /// Until when all is free for its user, who came from an ad; decided when it leaves.
    pub(crate) free_until: Option<i64>,
    /// The steps that `Sent::steps` has no room for.
    pub(crate) steps: [i64; STATUSES.len() - USUAL],
}

static NOTHING: Rare = Rare {
    category: None,
    reaction_to: None,
    fails: None,
    failed: None,
    template: None,
    identity: None,
    free_until: None,
    steps: [0; STATUSES.len() - USUAL],
};

impl Rare {
    fn is_nothing(&self) -> bool {
        self.category.is_none()
            && self.reaction_to.is_none()
            && self.fails.is_none()
            && self.failed.is_none()
            && self.template.is_none()
            && self.identity.is_none()
            && self.free_until.is_none()
    }
}

impl Sent {
    pub(crate) fn new(accepted: &Accepted, rare: Rare) -> Self {
        let callback_data = accepted.callback_data.as_ref();
        let callback_data = callback_data.map_or_else(String::new, |data| format!("={data}"));
        // A body that was read as JSON is UTF-8.
        let body = String::from_utf8_lossy(&accepted.body);
        let texts = [
            accepted.wamid.as_str(),
            &accepted.recipient,
            &accepted.kind,
            &callback_data,
        ];
        let mut sent = Self {
            phone_number_id: accepted.phone_number_id.clone(),
            at: accepted.at,
            steps: [0; USUAL],
            texts: Texts::new(texts, &body),
            rare: (!rare.is_nothing()).then(|| Box::new(rare)),
        };
        for (status, at) in &accepted.statuses {
            sent.reach(*status, *at);
        }
        sent
    }

    pub(crate) fn wamid(&self) -> &str {
        self.texts.get(0)
    }

    pub(crate) fn recipient(&self) -> &str {
        self.texts.get(1)
    }

    pub(crate) fn kind(&self) -> &str {
        self.texts.get(2)
    }

    pub(crate) fn callback_data(&self) -> Option<&str> {
        self.texts.get(3).strip_prefix('=')
    }

    pub(crate) fn rare(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(&NOTHING)
    }

    pub(crate) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// The price category, such as `service` or `utility`.
    pub(crate) fn category(&self) -> &'static str {
        self.rare().category.unwrap_or(SERVICE)
    }

    /// The request body.
    pub(crate) fn body(&self) -> &str {
        self.texts.get(4)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap_or_default()
    }

    /// Records a status.
    pub(crate) fn reach(&mut self, status: MessageStatus, at: Timestamp) {
        let micros = i64::try_from(at.duration_since(self.at).as_micros()).unwrap_or(0);
        let place = STATUSES.iter().position(|known| *known == status);
        let place = place.and_then(|place| i64::try_from(place).ok());
        let step = (micros << 3) | (place.unwrap_or(0) + 1);
        let mut usual = self.steps.iter_mut();
        if let Some(free) = usual.find(|step| **step == 0) {
            *free = step;
            return;
        }
        // Each status comes once, so that there is always room.
        let mut more = self.rare_mut().steps.iter_mut();
        if let Some(free) = more.find(|step| **step == 0) {
            *free = step;
        }
    }

    /// The statuses so far, oldest first.
    pub(crate) fn statuses(
        &self,
    ) -> impl DoubleEndedIterator<Item = (MessageStatus, Timestamp)> + '_ {
        let steps = self.steps.iter().chain(&self.rare().steps);
        steps.filter_map(|step| {
            let place = usize::try_from(step & 7).ok()?.checked_sub(1)?;
            let status = STATUSES.get(place)?;
            let since = SignedDuration::from_micros(step >> 3);
            Some((*status, self.at.saturating_add(since).unwrap_or(self.at)))
        })
    }

    /// The latest status.
    pub(crate) fn last(&self) -> Option<MessageStatus> {
        self.statuses().next_back().map(|(status, _)| status)
    }

    /// What stands under the name of its kind in the request body.
    pub(crate) fn content(&self) -> Value {
        let mut body = self.json();
        let content = body.get_mut(self.kind()).map(Value::take);
        content.unwrap_or_default()
    }

    pub(crate) fn has(&self, status: MessageStatus) -> bool {
        self.statuses().any(|(reached, _)| reached == status)
    }

    /// The same as tests and the admin API see it.
    pub(crate) fn record(&self) -> Accepted {
        Accepted {
            wamid: Wamid::from(self.wamid()),
            phone_number_id: self.phone_number_id.clone(),
            recipient: self.recipient().to_owned(),
            kind: self.kind().to_owned(),
            body: Bytes::copy_from_slice(self.body().as_bytes()),
            callback_data: self.callback_data().map(str::to_owned),
            at: self.at,
            statuses: self.statuses().collect(),
        }
    }

    /// The same as a line of the user's chat.
    pub(crate) fn line(&self) -> ChatLine {
        let mut body = self.json();
        let content = body
            .get_mut(self.kind())
            .map(Value::take)
            .unwrap_or_default();
        let answered = body.pointer("/context/message_id").and_then(Value::as_str);
        ChatLine {
            wamid: Wamid::from(self.wamid()),
            phone_number_id: self.phone_number_id.clone(),
            from_user: false,
            kind: self.kind().to_owned(),
            content,
            context: answered.map(Wamid::from),
            at: self.at,
            status: self.last(),
        }
    }
}

/// A line that a user wrote.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) phone_number_id: PhoneNumberId,
    pub(crate) at: Timestamp,
    /// Who wrote it.
    pub(crate) key: Key,
    /// Whether the business's server has answered for it.
    pub(crate) arrived: bool,
    /// Wamid, kind, the message it answers, and the content behind them.
    texts: Texts<3>,
}

impl Heard {
    pub(crate) fn new(line: &ChatLine, key: Key) -> Self {
        let context = line.context.as_ref().map_or("", Wamid::as_str);
        Self {
            phone_number_id: line.phone_number_id.clone(),
            at: line.at,
            key,
            arrived: false,
            texts: Texts::new(
                [line.wamid.as_str(), &line.kind, context],
                &line.content.to_string(),
            ),
        }
    }

    pub(crate) fn wamid(&self) -> &str {
        self.texts.get(0)
    }

    pub(crate) fn kind(&self) -> &str {
        self.texts.get(1)
    }

    /// The message it answers.
    pub(crate) fn context(&self) -> Option<&str> {
        let context = self.texts.get(2);
        (!context.is_empty()).then_some(context)
    }

    pub(crate) fn content(&self) -> Value {
        serde_json::from_str(self.texts.get(3)).unwrap_or_default()
    }

    pub(crate) fn line(&self) -> ChatLine {
        ChatLine {
            wamid: Wamid::from(self.wamid()),
            phone_number_id: self.phone_number_id.clone(),
            from_user: true,
            kind: self.kind().to_owned(),
            content: self.content(),
            context: self.context().map(Wamid::from),
            at: self.at,
            status: None,
        }
    }
}

/// `N` texts and a last one in one allocation.
#[derive(Clone, Debug)]
struct Texts<const N: usize> {
    all: Box<str>,
    ends: [u32; N],
}

impl<const N: usize> Texts<N> {
    fn new(texts: [&str; N], last: &str) -> Self {
        let sum = texts.iter().map(|text| text.len()).sum::<usize>() + last.len();
        let mut all = String::with_capacity(sum);
        let ends = texts.map(|text| {
            all.push_str(text);
            // Bodies are at most 101 MB.
            u32::try_from(all.len()).unwrap_or(u32::MAX)
        });
        all.push_str(last);
        Self {
            all: all.into_boxed_str(),
            ends,
        }
    }

    /// The text at `place`; `N` is the last one.
    fn get(&self, place: usize) -> &str {
        let end = |place: usize| self.ends.get(place).map(|end| *end as usize);
        let begin = place.checked_sub(1).and_then(end).unwrap_or(0);
        let end = end(place).unwrap_or(self.all.len());
        self.all.get(begin..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::clock::later;
    use crate::world::{Line, Message};

    #[test]
    fn what_is_kept_comes_back() {
        let at = Timestamp::constant(1_795_219_200, 123_456_789);
        let accepted = Accepted {
            wamid: Wamid::from("wamid.A"),
            phone_number_id: PhoneNumberId::from("1"),
            recipient: "16505551234".to_owned(),
            kind: "text".to_owned(),
            body: Bytes::from_static(
                r#"{"text":{"body":"é"}, "context":{"message_id":"w"}}"#.as_bytes(),
            ),
            callback_data: Some(String::new()),
            at,
            statuses: vec![
                (MessageStatus::Sent, at),
                (
                    MessageStatus::Delivered,
                    later(at, Duration::from_micros(1)),
                ),
                (MessageStatus::Read, later(at, Duration::from_micros(2))),
                (
                    MessageStatus::Failed,
                    at - SignedDuration::from_hours(24 * 365 * 50),
                ),
            ],
        };
        let sent = Sent::new(&accepted, Rare::default());
        let back = sent.record();
        assert_eq!(format!("{back:?}"), format!("{accepted:?}"));
        let line = sent.line();
        assert_eq!(
            (line.content, line.context),
            (json!({"body": "é"}), Some(Wamid::from("w")))
        );
        assert_eq!(line.status, Some(MessageStatus::Failed));
        assert!(sent.has(MessageStatus::Delivered) && !sent.has(MessageStatus::Played));
    }

    /// A million of them are kept: what few have belongs into `Rare`.
    #[test]
    fn what_is_kept_of_each_message_is_small() {
        assert!(size_of::<Message>() <= 128, "{}", size_of::<Message>());
        assert!(size_of::<Heard>() <= 88, "{}", size_of::<Heard>());
        assert!(size_of::<Line>() <= 8, "{}", size_of::<Line>());
    }

    #[test]
    fn a_line_of_a_user_comes_back() {
        let line = ChatLine {
            wamid: Wamid::from("wamid.B"),
            phone_number_id: PhoneNumberId::from("1"),
            from_user: true,
            kind: "request_welcome".to_owned(),
            content: Value::Null,
            context: None,
            at: Timestamp::UNIX_EPOCH,
            status: None,
        };
        assert_eq!(
            format!("{:?}", Heard::new(&line, "1650".into()).line()),
            format!("{line:?}")
        );
        let answer = ChatLine {
            context: Some(Wamid::from("wamid.A")),
            content: json!({"body": "ja"}),
            ..line
        };
        assert_eq!(
            format!("{:?}", Heard::new(&answer, "1650".into()).line()),
            format!("{answer:?}")
        );
    }
}
