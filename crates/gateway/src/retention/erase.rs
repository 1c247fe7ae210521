//! Erases people, step by step and page by page, over restarts.
//!
//! A page and how far the work has come are one transaction, and whatever is outside of the database
//! (files, the journal) is removed before it: what a crash cuts off is done again and finds less.

use std::sync::Arc;
use std::time::Duration;

use object_store::Error as ObjectError;

use super::PAUSE;
use super::subject::Subject;
use crate::app::App;
use crate::cluster::{Lease, Work};
use crate::ids::Kind;
use crate::inbox::ReadError;
use crate::ingest;
use crate::journal::{Entry, Position};
use crate::store::audit::{Difference, Scribe};
use crate::store::erasures::find::{self, Table, Theirs};
use crate::store::erasures::{self, Erasure, Step, erase};
use crate::store::{Locked, StoreError, Tx, contacts, erased, events, media};

#[cfg(test)]
mod tests;

/// How often is looked for somebody to erase.
const LOOK: Duration = Duration::from_millis(500);

/// Messages of one transaction: each is a dozen statements.
const MESSAGES: i64 = 100;

/// Numbers of events that are looked through at once, and rows of other tables.
const EVENTS: i64 = 5000;
const ROWS: i64 = 2000;

/// Notifications that are looked through at once, and their bytes.
const NOTIFICATIONS: usize = 1000;
const NOTIFICATION_BYTES: usize = 2 << 20;

/// What a wish to erase came to.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It is under way, or done already.
    Erasure(Box<Erasure>),
    NotFound,
    /// A group is no person.
    Group,
}

#[derive(Debug, thiserror::Error)]
enum EraseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the inbox cannot be changed")]
    Inbox(#[from] ReadError),
    #[error("the object store does not remove a file")]
    Objects(#[from] ObjectError),
}

/// Whether to go on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    On,
    /// Something must happen first.
    Waits,
}

/// Tables that are looked through for records that name the person.
static RECORDS: [Table; 3] = [
    Table {
        name: "dead_letters",
        key: &["id"],
        // One about a message goes with its message.
        texts: &["CASE WHEN message_id IS NULL THEN detail END"],
    },
    Table {
        name: "audit",
        key: &["id"],
        texts: &["was", "became"],
    },
    Table {
        name: "idempotency_keys",
        key: &["scope", "idempotency_key"],
        texts: &["body"],
    },
];

static STATUSES: Table = Table {
    name: "message_statuses",
    key: &["carrier_id", "channel_id", "status", "recipient"],
    texts: &["status"],
};

/// Begins to erase a contact, once.
pub(crate) async fn begin(
    app: &Arc<App>,
    contact_id: String,
    scribe: Scribe,
) -> Result<Begun, StoreError> {
    let now = scribe.now;
    let (random, inbox) = (app.random.clone(), app.inbox.clone());
    let add = move |tx: &Tx<'_>| {
        tx.lock(Locked::Contact(&contact_id))?;
        if let Some(known) = erasures::of_contact(tx, &contact_id)? {
            return Ok(Begun::Erasure(Box::new(known)));
        }
        let Some(contact) = contacts::by_id(tx, &contact_id)? else {
            return Ok(Begun::NotFound);
        };
        if contact.identity.group_id.is_some() {
            return Ok(Begun::Group);
        }
        let erasure = Erasure {
            id: random.id(Kind::Erasure, now),
            subject: Some(Subject::of(tx, &contact)?),
            is_done: false,
            step: Step::Waiting,
            position: String::new(),
            inbox_from: inbox.end(tx)?.to_string(),
            inbox_to: None,
            events_to: None,
            total: find::count(tx, &contact_id)?,
            counts: std::collections::BTreeMap::new(),
            last_error: None,
            actor: scribe.actor.clone(),
            created_at: now,
            updated_at: now,
            done_at: None,
            contact_id,
        };
        erasures::insert(tx, &erasure)?;
        scribe.note(tx, "contact.erased", &erasure.contact_id, Difference::NONE)?;
        Ok(Begun::Erasure(Box::new(erasure)))
    };
    app.store.write(add).await
}

pub(super) async fn run(app: Arc<App>) {
    while let Some(lease) = app.acquire(Work::Upkeep).await {
        let mut after = String::new();
        let mut idle = true;
        loop {
            let from = after.clone();
            let look = app.store.read(move |tx| erasures::running(tx, &from));
            let went = match look.await {
                Ok(Some(erasure)) => {
                    after.clone_from(&erasure.id);
                    go_on(&app, erasure).await
                }
                // All had their turn.
                Ok(None) => {
                    let time = if idle { LOOK } else { PAUSE };
                    (after, idle) = (String::new(), true);
                    if app.rest(&lease, time).await {
                        continue;
                    }
                    break;
                }
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, "people who are to be erased cannot be looked at");
                    Went::Waits
                }
            };
            idle &= went == Went::Waits;
            if !resume(&app, &lease, went).await {
                break;
            }
        }
    }
}

async fn resume(app: &App, lease: &Lease, went: Went) -> bool {
    let time = if went == Went::Waits { LOOK } else { PAUSE };
    app.rest(lease, time).await
}

/// Takes one step of an erasure, and notes why if it fails.
async fn go_on(app: &Arc<App>, erasure: Erasure) -> Went {
    let id = erasure.id.clone();
    match step(app, erasure).await {
        Ok(went) => went,
        Err(EraseError::Store(StoreError::Closed)) => Went::Waits,
        Err(error) => {
            let text = match std::error::Error::source(&error) {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            };
            tracing::error!(
                error = text,
                erasure.id = id,
                "an erasure cannot go on; it will be tried again"
            );
            let now = app.clock.now();
            let note = move |tx: &Tx<'_>| erasures::failed(tx, &id, &text, now);
            let _ = app.store.write(note).await;
            Went::Waits
        }
    }
}

async fn step(app: &Arc<App>, erasure: Erasure) -> Result<Went, EraseError> {
    let Some(subject) = erasure.subject.clone() else {
        return Err(StoreError::Corrupt { what: "erasure" }.into());
    };
    match erasure.step {
        Step::Waiting => waiting(app, erasure).await,
        Step::Names => names(app, erasure, subject).await,
        Step::Canceling => canceling(app, erasure).await,
        Step::Messages => messages(app, erasure).await,
        Step::Events => other_events(app, erasure, subject).await,
        Step::Statuses => statuses(app, erasure, subject).await,
        Step::Records => records(app, erasure, subject).await,
        Step::Notifications => notifications(app, erasure, subject).await,
        Step::Contact => contact(app, erasure).await,
    }
}

/// What came in before the wish would bring them back if it was applied later.
async fn waiting(app: &Arc<App>, erasure: Erasure) -> Result<Went, EraseError> {
    let (inbox, from) = (app.inbox.clone(), place(&erasure.inbox_from)?);
    let look = move |tx: &Tx<'_>| {
        let applied = ingest::position(tx)?;
        Ok(applied < from && inbox.waits(tx, applied)?)
    };
    if app.store.read(look).await? {
        return Ok(Went::Waits);
    }
    finished(app, erasure).await
}

async fn names(app: &Arc<App>, erasure: Erasure, begun: Subject) -> Result<Went, EraseError> {
    let (random, now) = (app.random.clone(), app.clock.now());
    let change = move |tx: &Tx<'_>| {
        // Nobody turns up, and nobody writes to them, while their names go.
        tx.lock(Locked::Inbox)?;
        let contact = contacts::by_id(tx, &erasure.contact_id)?;
        // While it waited, more may have become known of them.
        let subject = match &contact {
            Some(contact) => Subject::of(tx, contact)?.with(begun),
            None => begun,
        };
        tx.lock_contacts(&subject.words().collect())?;
        let known = find::names(tx, &erasure.contact_id)?;
        let mut to = erasure.at_next(now);
        if contact.is_some() {
            let kept = erased::keep_refusals(tx, &random, &erasure.contact_id, &known, now)?;
            to.count("suppressions_kept", usize::try_from(kept).unwrap_or(0));
        }
        to.count("identities", known.len());
        to.inbox_to = Some(ingest::position(tx)?.to_string());
        to.subject = Some(subject);
        erase::names(tx, &erasure.contact_id, now)?;
        move_on(tx, &erasure, &to)
    };
    app.store.write(change).await?;
    Ok(Went::On)
}

async fn canceling(app: &Arc<App>, erasure: Erasure) -> Result<Went, EraseError> {
    let Some((page, position)) = page_of(app, &erasure).await? else {
        return finished(app, erasure).await;
    };
    let now = app.clock.now();
    let change = move |tx: &Tx<'_>| {
        let mut to = erasure.at(position, now);
        for message in &page {
            if waits_to_be_sent(message) && erase::cancel(tx, &message.id, now)? {
                to.count("canceled", 1);
            }
        }
        move_on(tx, &erasure, &to)
    };
    app.store.write(change).await?;
    Ok(Went::On)
}

fn waits_to_be_sent(message: &Theirs) -> bool {
    use crate::store::messages::State::{Queued, Scheduled};
    matches!(message.state, Queued | Scheduled)
}

async fn page_of(
    app: &Arc<App>,
    erasure: &Erasure,
) -> Result<Option<(Vec<Theirs>, String)>, StoreError> {
    let (contact, position) = (erasure.contact_id.clone(), erasure.position.clone());
    let look = move |tx: &Tx<'_>| find::messages(tx, &contact, &position, MESSAGES);
    app.store.read(look).await
}

async fn messages(app: &Arc<App>, erasure: Erasure) -> Result<Went, EraseError> {
    let Some((page, position)) = page_of(app, &erasure).await? else {
        return finished(app, erasure).await;
    };
    let files = remove_files(app, &page).await?;
    let now = app.clock.now();
    let change = move |tx: &Tx<'_>| {
        let mut to = erasure.at(position, now);
        let mut done = page.len();
        let counts = find::count_with(tx, &erasure.contact_id, &page)?;
        for (number, message) in page.iter().enumerate() {
            if !erase::message(tx, &erasure.id, message, now)? {
                done = number;
                break;
            }
        }
        if let Some(sent) = page.get(done) {
            // It is on its way: come again.
            let before = before(&sent.id);
            to.position = format!("{} {before}", sent.conversation_id);
            move_on(tx, &erasure, &to)?;
            return Ok(Went::Waits);
        }
        for (kind, count) in counts {
            to.count(kind, count);
        }
        for (id, _) in &files {
            to.count("files", usize::from(media::delete(tx, id)?));
        }
        move_on(tx, &erasure, &to)?;
        Ok(Went::On)
    };
    Ok(app.store.write(change).await?)
}

/// The greatest text of this length that sorts before an id, near enough: ids of one time differ.
fn before(id: &str) -> String {
    let mut before = id.to_owned();
    before.pop();
    before
}

/// Removes the bytes of the files that are erased with these messages, after they are given up: who
/// would send one of them from then on is refused.
async fn remove_files(
    app: &Arc<App>,
    page: &[Theirs],
) -> Result<Vec<(String, String)>, EraseError> {
    let (page, now) = (page.to_vec(), app.clock.now());
    let give_up = move |tx: &Tx<'_>| erase::files(tx, &page, now);
    let files = app.store.write(give_up).await?;
    for (_, key) in files.iter().filter(|(_, key)| !key.is_empty()) {
        app.media.remove(key).await?;
    }
    Ok(files)
}

async fn other_events(
    app: &Arc<App>,
    erasure: Erasure,
    subject: Subject,
) -> Result<Went, EraseError> {
    let last = match erasure.events_to {
        Some(last) => last,
        None => app.store.read(events::last_seq).await?,
    };
    let from: i64 = erasure.position.parse().unwrap_or(0);
    if from >= last {
        return finished(app, erasure).await;
    }
    let to = last.min(from.saturating_add(EVENTS));
    let look = move |tx: &Tx<'_>| find::events(tx, &subject, from, to);
    let found = app.store.read(look).await?;
    let now = app.clock.now();
    let change = move |tx: &Tx<'_>| {
        let mut next = erasure.at(to.to_string(), now);
        next.events_to = Some(last);
        for (seq, _) in &found {
            next.count("events", erase::event(tx, *seq)?);
        }
        move_on(tx, &erasure, &next)
    };
    app.store.write(change).await?;
    Ok(Went::On)
}

async fn statuses(app: &Arc<App>, erasure: Erasure, subject: Subject) -> Result<Went, EraseError> {
    let after: Vec<String> = serde_json::from_str(&erasure.position).unwrap_or_default();
    let look = move |tx: &Tx<'_>| find::rows(tx, &STATUSES, &after, ROWS);
    let rows = app.store.read(look).await?;
    let Some(last) = rows.last() else {
        return finished(app, erasure).await;
    };
    let now = app.clock.now();
    let mut to = erasure.at(key(&last.key), now);
    let change = move |tx: &Tx<'_>| {
        for row in &rows {
            if row.key.last().is_some_and(|name| subject.is_named_in(name)) {
                to.count("statuses", erase::status(tx, &erasure.id, &row.key)?);
            }
        }
        move_on(tx, &erasure, &to)
    };
    app.store.write(change).await?;
    Ok(Went::On)
}

async fn records(app: &Arc<App>, erasure: Erasure, subject: Subject) -> Result<Went, EraseError> {
    let (number, after) = erasure.position.split_once(' ').unwrap_or(("0", ""));
    let number: usize = number.parse().unwrap_or(0);
    let Some(table) = RECORDS.get(number) else {
        return finished(app, erasure).await;
    };
    let after: Vec<String> = serde_json::from_str(after).unwrap_or_default();
    let look = move |tx: &Tx<'_>| find::rows(tx, table, &after, ROWS);
    let rows = app.store.read(look).await?;
    let now = app.clock.now();
    let mut to = erasure.at(
        match rows.last() {
            Some(last) => format!("{number} {}", key(&last.key)),
            None => format!("{} ", number + 1),
        },
        now,
    );
    let change = move |tx: &Tx<'_>| {
        for row in &rows {
            if !row
                .texts
                .iter()
                .any(|text| subject.is_named_by_record(text))
            {
                continue;
            }
            match (table.name, row.key.first()) {
                ("dead_letters", Some(id)) => {
                    to.count("dead_letters", erase::dead_letter(tx, id, now)?);
                }
                ("audit", Some(id)) => to.count("audit", erase::deed(tx, id)?),
                _ => to.count("answers", erase::answer(tx, &row.key)?),
            }
        }
        move_on(tx, &erasure, &to)
    };
    app.store.write(change).await?;
    Ok(Went::On)
}

async fn notifications(
    app: &Arc<App>,
    erasure: Erasure,
    subject: Subject,
) -> Result<Went, EraseError> {
    let end = place(erasure.inbox_to.as_deref().unwrap_or_default())?;
    let from = match erasure.position.as_str() {
        "" => Position::START,
        position => place(position)?,
    };
    let (inbox, store) = (app.inbox.clone(), app.store.clone());
    let runtime = tokio::runtime::Handle::current();
    // The journal blocks.
    let read = tokio::task::spawn_blocking(move || {
        runtime.block_on(inbox.read_batch(&store, from, NOTIFICATIONS, NOTIFICATION_BYTES))
    });
    let batch = read.await.unwrap_or(Err(StoreError::Closed.into()))?;
    if batch.entries.is_empty() || from >= end {
        return finished(app, erasure).await;
    }
    let changes = batch.entries.into_iter().filter_map(|entry| match entry {
        Entry::Record { at, mut record } if at < end => {
            record.body = subject.cleaned(&record.body)?.into();
            Some((at, record))
        }
        _ => None,
    });
    let changes: Vec<_> = changes.collect();
    let cleaned = if changes.is_empty() {
        0
    } else {
        app.inbox.overwrite(&app.store, changes).await?
    };
    let mut to = erasure.at(batch.next.to_string(), app.clock.now());
    to.count("notifications", cleaned);
    let change = move |tx: &Tx<'_>| move_on(tx, &erasure, &to);
    app.store.write(change).await?;
    Ok(Went::On)
}

async fn contact(app: &Arc<App>, erasure: Erasure) -> Result<Went, EraseError> {
    let now = app.clock.now();
    let change = move |tx: &Tx<'_>| {
        let mut to = erasure.at("last".to_owned(), now);
        let (contacts, conversations) = erase::contact(tx, &erasure.contact_id)?;
        to.count("contacts", contacts);
        to.count("conversations", conversations);
        move_on(tx, &erasure, &to)?;
        erasures::end(tx, &erasure.id, now)?;
        tracing::info!(erasure.id, "a person is erased");
        Ok(())
    };
    app.store.write(change).await?;
    // What was overwritten is in the log of the database, too.
    app.store.truncate_log().await;
    Ok(Went::On)
}

/// The step is done.
async fn finished(app: &Arc<App>, erasure: Erasure) -> Result<Went, EraseError> {
    let now = app.clock.now();
    let change = move |tx: &Tx<'_>| move_on(tx, &erasure, &erasure.at_next(now));
    app.store.write(change).await?;
    Ok(Went::On)
}

/// Fails what is done in a transaction if somebody else has done it.
fn move_on(tx: &Tx<'_>, from: &Erasure, to: &Erasure) -> Result<(), StoreError> {
    if erasures::advance(tx, from, to)? {
        Ok(())
    } else {
        Err(StoreError::Commit(
            "the erasure is not where it was any more".to_owned(),
        ))
    }
}

fn place(text: &str) -> Result<Position, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt {
        what: "inbox position",
    })
}

fn key(parts: &[String]) -> String {
    serde_json::Value::from(parts.to_vec()).to_string()
}

impl Erasure {
    fn at(&self, position: String, now: i64) -> Self {
        Self {
            position,
            updated_at: now,
            ..self.clone()
        }
    }

    fn at_next(&self, now: i64) -> Self {
        Self {
            step: self.step.next().unwrap_or(self.step),
            ..self.at(String::new(), now)
        }
    }
}
