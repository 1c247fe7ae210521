//! Pages of messages, and which way leads to those that are asked for.

use super::{COLUMNS, Direction, Message, State, message};
use crate::clock::Millis;
use crate::ids::{self, Kind};
use crate::store::page::{Found, Page, Where};
use crate::store::scope::Scope;
use crate::store::waiting::BEHIND;
use crate::store::{StoreError, Tx, conversations};

/// What a list of messages is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) channel: Option<String>,
    pub(crate) conversation: Option<String>,
    pub(crate) contact: Option<String>,
    pub(crate) tag: Option<String>,
    /// In one of these; in any if there is none.
    pub(crate) states: Vec<State>,
    /// Only those that wait so.
    pub(crate) waits: Option<Waits>,
    pub(crate) direction: Option<Direction>,
    /// Outbound ones that the carrier has taken, or those that it has not.
    pub(crate) accepted: Option<bool>,
    /// Created at this time or later.
    pub(crate) since: Option<Millis>,
    /// Created before this time.
    pub(crate) until: Option<Millis>,
    pub(crate) scope: Scope,
}

/// How a message waits to be sent, as [`waiting`](crate::store::waiting) counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// It is due at this time.
    Due(Millis),
    /// It is not, or goes behind another of its conversation.
    Later(Millis),
    /// In this lane, where it has its turn.
    InLane(i64),
}

/// The index, or the small table, that leads to messages in the order of their ids. What else is asked
/// for is looked for among those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Tag,
    Conversation,
    /// Those that wait.
    Queue,
    State,
    Channel,
    /// All of them.
    Time,
}

/// The messages that are queued or scheduled: few beside those that were.
const WAITING: &str = "(SELECT message_id FROM send_queue UNION SELECT message_id FROM send_later \
    UNION SELECT message_id FROM send_lines) AS waiting CROSS JOIN messages";

impl Waits {
    /// As [`WAITING`].
    fn from(self) -> String {
        let waiting = match self {
            Self::Due(now) => format!(
                "SELECT message_id FROM send_queue UNION \
                 SELECT message_id FROM send_later WHERE due_at <= {now}"
            ),
            Self::Later(now) => format!(
                "SELECT message_id FROM send_later WHERE due_at > {now} UNION \
                 SELECT message_id FROM {BEHIND}"
            ),
            Self::InLane(lane) => {
                format!("SELECT message_id FROM send_queue WHERE lane = {lane}")
            }
        };
        format!("({waiting}) AS waiting CROSS JOIN messages")
    }
}

const OUTBOUND: &str = Direction::Outbound.as_str();

/// A page of messages, newest first.
pub(crate) fn list(
    tx: &Tx<'_>,
    filter: &Filter,
    page: &Page,
) -> Result<Found<Message>, StoreError> {
    let conversations = match &filter.contact {
        Some(contact) => Some(conversations::of_contact(tx, contact)?),
        None => None,
    };
    if conversations.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new().into());
    }
    let states: Vec<String> =
        (filter.states.iter().map(|state| state.as_str().to_owned())).collect();
    let wanted = Wanted {
        way: filter.way(),
        filter,
        conversations: conversations.as_deref(),
        states: &states,
    };
    let waits = filter.waits.map(Waits::from);
    let (from, key) = match wanted.way {
        // In the order of the tag's index.
        Way::Tag => ("message_tags CROSS JOIN messages", "message_id"),
        Way::Queue => (waits.as_deref().unwrap_or(WAITING), "id"),
        _ => ("messages", "id"),
    };
    let floor = |at| ids::floor(Kind::Message, at);
    let (since, until) = (filter.since.map(floor), filter.until.map(floor));
    let reach = |columns: &str| {
        let mut sql = Where::new(format!("SELECT {columns} FROM {from}"));
        wanted.reach(&mut sql);
        sql.and_if(&format!("{key} >="), since.as_deref());
        sql.and_if(&format!("{key} <"), until.as_deref());
        sql
    };
    page.read(tx, (key, COLUMNS), reach, |sql| wanted.narrow(sql), message)
}

impl Filter {
    fn way(&self) -> Way {
        let waits = |state: &State| matches!(state, State::Queued | State::Scheduled);
        if self.waits.is_some() {
            Way::Queue
        } else if self.tag.is_some() {
            Way::Tag
        } else if self.contact.is_some() || self.conversation.is_some() {
            Way::Conversation
        } else if self.states.contains(&State::Queued) && self.states.iter().all(waits) {
            Way::Queue
        } else if self.state_by_index().is_some() {
            Way::State
        } else if self.channel.is_some() || self.scope.only().is_some() {
            Way::Channel
        } else {
            Way::Time
        }
    }

    /// The condition that names the one state together with the index of its messages, as its
    /// migration writes it; none for a state without one.
    fn state_by_index(&self) -> Option<&'static str> {
        match self.states.as_slice() {
            [
                State::Scheduled
                | State::RequiresTemplate
                | State::Failed
                | State::Expired
                | State::Canceled,
            ] => Some(
                "state IN ('scheduled', 'requires_template', 'failed', 'expired', 'canceled') \
                 AND state =",
            ),
            [State::Sending | State::Unknown] => {
                Some("state IN ('sending', 'unknown') AND state =")
            }
            _ => None,
        }
    }
}

/// A filter, and what it comes to.
struct Wanted<'a> {
    way: Way,
    filter: &'a Filter,
    /// Those of the contact.
    conversations: Option<&'a [String]>,
    states: &'a [String],
}

impl<'a> Wanted<'a> {
    /// Adds the conditions of the way.
    fn reach(&self, sql: &mut Where<'a>) {
        match self.way {
            Way::Tag => sql.and_if("id = message_id AND tag =", self.filter.tag.as_deref()),
            Way::Conversation => self.of_conversations(sql),
            // The few that wait are all looked at.
            Way::Queue => {
                sql.and("id = message_id AND id >=", "");
                if !self.states.is_empty() {
                    sql.and_one_of("state", self.states);
                }
                self.of_channels(sql);
            }
            Way::State => {
                let by_index = self.filter.state_by_index().unwrap_or("state =");
                sql.and_if(by_index, self.states.first().map(String::as_str));
            }
            Way::Channel => self.of_channels(sql),
            Way::Time => {}
        }
    }

    /// Adds those that are left.
    fn narrow(&self, sql: &mut Where<'a>) {
        if self.way != Way::Conversation {
            self.of_conversations(sql);
        }
        if !matches!(self.way, Way::Queue | Way::State) && !self.states.is_empty() {
            sql.and_one_of("state", self.states);
        }
        if !matches!(self.way, Way::Queue | Way::Channel) {
            self.of_channels(sql);
        }
        if self.way == Way::Queue
            && let Some(tag) = &self.filter.tag
        {
            let tagged =
                "EXISTS (SELECT 1 FROM message_tags t WHERE t.message_id = messages.id AND t.tag =";
            sql.and_nested(tagged, tag, ")");
        }
        sql.and_if("direction =", self.filter.direction.map(Direction::as_str));
        match self.filter.accepted {
            None => {}
            Some(true) => sql.and("carrier_id IS NOT NULL AND direction =", OUTBOUND),
            Some(false) => sql.and("carrier_id IS NULL AND direction =", OUTBOUND),
        }
    }

    fn of_conversations(&self, sql: &mut Where<'a>) {
        sql.and_if("conversation_id =", self.filter.conversation.as_deref());
        match self.conversations {
            None => {}
            Some([one]) => sql.and("conversation_id =", one),
            Some(several) => sql.and_one_of("conversation_id", several),
        }
    }

    fn of_channels(&self, sql: &mut Where<'a>) {
        sql.and_if("channel_id =", self.filter.channel.as_deref());
        sql.and_in("channel_id", &self.filter.scope);
    }
}
