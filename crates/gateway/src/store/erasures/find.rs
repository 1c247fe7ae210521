//! What of the database is about a person, a page at a time.

use crate::retention::Subject;
use crate::store::events::{self, Event};
use crate::store::messages::State;
use crate::store::{Row, StoreError, Tx, Value};

/// A message that is erased, or exported.
#[derive(Debug, Clone)]
pub(crate) struct Theirs {
    pub(crate) id: String,
    pub(crate) conversation_id: String,
    pub(crate) channel_id: String,
    pub(crate) carrier_id: Option<String>,
    pub(crate) state: State,
    pub(crate) content: String,
    pub(crate) options: Option<String>,
    pub(crate) request_id: Option<String>,
}

/// Everything that the person is, or was, found by.
pub(crate) fn names(tx: &Tx<'_>, contact_id: &str) -> Result<Vec<(String, String)>, StoreError> {
    tx.all(
        "SELECT kind, value FROM contact_identities WHERE contact_id = $1 ORDER BY kind, value",
        &[contact_id.into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// How many messages the person's own conversations have.
pub(crate) fn count(tx: &Tx<'_>, contact_id: &str) -> Result<i64, StoreError> {
    let found = tx.first(
        "SELECT COUNT(*) FROM conversations v JOIN messages m ON m.conversation_id = v.id \
         WHERE v.contact_id = $1",
        &[contact_id.into()],
        |row| row.int(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// The next page of a person's messages: those of their own conversations, and what they wrote to
/// groups. `position` is where the page before ended: a conversation that is through, or one and the
/// last message of it; empty for the first page.
///
/// The page may be empty although there is another: none is the end.
pub(crate) fn messages(
    tx: &Tx<'_>,
    contact_id: &str,
    position: &str,
    limit: i64,
) -> Result<Option<(Vec<Theirs>, String)>, StoreError> {
    let (compare, conversation, last) = match position.split_once(' ') {
        Some((conversation, last)) => (">=", conversation, last),
        None => (">", position, ""),
    };
    let sql = format!(
        "SELECT v.id, v.contact_id FROM conversations v WHERE v.id {compare} $1 \
         AND (v.contact_id = $2 \
         OR v.contact_id IN (SELECT contact_id FROM contact_identities WHERE kind = 'group')) \
         ORDER BY v.id LIMIT 1"
    );
    let values = &[conversation.into(), contact_id.into()];
    let found = tx.first(&sql, values, |row| Ok((row.text(0)?, row.text(1)?)))?;
    let Some((id, of)) = found else {
        return Ok(None);
    };
    let last = if id == conversation { last } else { "" };
    let mut values: Vec<Value<'_>> = vec![(&id).into(), last.into()];
    let mut theirs = "";
    if of != contact_id {
        values.push(contact_id.into());
        theirs = "AND contact_id = $3";
    }
    let sql = format!(
        "SELECT id, conversation_id, channel_id, carrier_id, state, content, options, request_id \
         FROM messages WHERE conversation_id = $1 AND id > $2 {theirs} ORDER BY id LIMIT {limit}"
    );
    let page = tx.all(&sql, &values, theirs_of)?;
    let position = match page.last() {
        Some(last) if i64::try_from(page.len()).is_ok_and(|rows| rows == limit) => {
            format!("{id} {}", last.id)
        }
        _ => id,
    };
    Ok(Some((page, position)))
}

fn theirs_of(row: &Row<'_>) -> Result<Theirs, StoreError> {
    Ok(Theirs {
        id: row.text(0)?,
        conversation_id: row.text(1)?,
        channel_id: row.text(2)?,
        carrier_id: row.maybe_text(3)?,
        state: State::parse(&row.text(4)?)?,
        content: row.text(5)?,
        options: row.maybe_text(6)?,
        request_id: row.maybe_text(7)?,
    })
}

/// What goes with the messages of a page, which are all of one conversation, and the word that a report
/// has for it.
const WITH: [(&str, &str); 5] = [
    ("messages", "SELECT COUNT(*) FROM messages m"),
    (
        "statuses",
        "SELECT COUNT(*) FROM messages m JOIN message_statuses s \
         ON s.carrier_id = m.carrier_id AND s.channel_id = m.channel_id",
    ),
    (
        "events",
        "SELECT COUNT(*) FROM messages m JOIN events e \
         ON e.message_id = m.id AND e.message_id IS NOT NULL",
    ),
    (
        "dead_letters",
        "SELECT COUNT(*) FROM messages m JOIN dead_letters d \
         ON d.message_id = m.id AND d.message_id IS NOT NULL",
    ),
    (
        "attachments",
        "SELECT COUNT(*) FROM messages m JOIN attachments a ON a.message_id = m.id",
    ),
];

/// Counts what of these messages is not erased yet.
pub(crate) fn count_with(
    tx: &Tx<'_>,
    contact_id: &str,
    page: &[Theirs],
) -> Result<Vec<(&'static str, usize)>, StoreError> {
    let (Some(first), Some(last)) = (page.first(), page.last()) else {
        return Ok(Vec::new());
    };
    let values: &[Value<'_>] = &[
        (&first.conversation_id).into(),
        (&first.id).into(),
        (&last.id).into(),
        contact_id.into(),
    ];
    let counts = WITH.iter().map(|(kind, select)| {
        let sql = format!(
            "{select} WHERE m.conversation_id = $1 AND m.id >= $2 AND m.id <= $3 \
             AND m.erased_at IS NULL AND (m.contact_id = $4 OR EXISTS (SELECT 1 \
             FROM conversations v WHERE v.id = m.conversation_id AND v.contact_id = $4))"
        );
        let count = tx.first(&sql, values, |row| row.int(0))?.unwrap_or(0);
        Ok((*kind, usize::try_from(count).unwrap_or(0)))
    });
    counts.collect()
}

/// Events with numbers above `from` and up to `to` that are about the person and about no message of
/// theirs, each with its data.
pub(crate) fn events(
    tx: &Tx<'_>,
    subject: &Subject,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    let words: Vec<String> = subject.words().map(|word| format!("%{word}%")).collect();
    let mut values: Vec<Value<'_>> = vec![from.into(), to.into()];
    values.extend(words.iter().map(Value::from));
    let like = (3..=values.len()).map(|place| format!("e.data LIKE ${place}"));
    let like = like.collect::<Vec<_>>().join(" OR ");
    // What is about a message of somebody else's is theirs, whoever it names.
    let sql = format!(
        "SELECT e.seq, e.data FROM events e LEFT JOIN messages m ON m.id = e.message_id \
         LEFT JOIN contacts c ON c.id = m.contact_id \
         WHERE e.seq > $1 AND e.seq <= $2 AND ({like}) \
         AND (m.id IS NULL OR c.id IS NULL OR c.group_id IS NOT NULL) ORDER BY e.seq"
    );
    let found = tx.all(&sql, &values, |row| Ok((row.int(0)?, row.text(1)?)))?;
    let named = found.into_iter();
    Ok(named
        .filter(|(_, data)| subject.is_named_by(data))
        .collect())
}

/// Events of a message that are told of at most.
const OF_MESSAGE: i64 = 1000;

/// The events of a message.
pub(crate) fn events_of(tx: &Tx<'_>, message_id: &str) -> Result<Vec<Event>, StoreError> {
    tx.all(
        "SELECT seq, id, channel_id, type, occurred_at, created_at, message_id, notification, data \
         FROM events WHERE message_id = $1 AND message_id IS NOT NULL ORDER BY seq LIMIT $2",
        &[message_id.into(), OF_MESSAGE.into()],
        events::event,
    )
}

/// One row of a table that is looked through by its key, and its texts.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) key: Vec<String>,
    pub(crate) texts: Vec<String>,
}

/// A table that is looked through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static [&'static str],
    /// Columns that may name a person.
    pub(crate) texts: &'static [&'static str],
}

/// The next rows of a table behind a key.
pub(crate) fn rows(
    tx: &Tx<'_>,
    table: &Table,
    after: &[String],
    limit: i64,
) -> Result<Vec<Looked>, StoreError> {
    let keys = table.key.join(", ");
    let texts: Vec<String> = table
        .texts
        .iter()
        .map(|text| format!("COALESCE({text}, '')"))
        .collect();
    let places: Vec<String> = (1..=after.len()).map(|at| format!("${at}")).collect();
    let behind = if after.is_empty() {
        String::new()
    } else {
        format!("WHERE ({keys}) > ({})", places.join(", "))
    };
    let sql = format!(
        "SELECT {keys}, {} FROM {} {behind} ORDER BY {keys} LIMIT {limit}",
        texts.join(", "),
        table.name
    );
    let values: Vec<Value<'_>> = after.iter().map(Into::into).collect();
    tx.all(&sql, &values, |row| {
        let text = |column: usize| row.text(column);
        Ok(Looked {
            key: (0..table.key.len()).map(text).collect::<Result<_, _>>()?,
            texts: (table.key.len()..table.key.len() + table.texts.len())
                .map(text)
                .collect::<Result<_, _>>()?,
        })
    })
}
