//! Rows that no index leads to are looked for a stretch at a time, and all of them are found.

use super::{Found, Page};
use crate::ids::{Kind, Random};
use crate::send::consent;
use crate::store::audit::{self, Deed};
use crate::store::contacts::{self, Identity};
use crate::store::dead_letters::{self, NewDeadLetter, Standing};
use crate::store::deliveries::{self, Delivery};
use crate::store::errors::{self, NewError, Source};
use crate::store::events::{self, NewEvent};
use crate::store::media::{self, Media};
use crate::store::messages::{self, Direction, Message, State};
use crate::store::scope::Scope;
use crate::store::suppressions::{self, Proof, Whose};
use crate::store::{Store, StoreError, Tx, conversations};

/// Rows in each list; those whose number is among [`RARE`] are looked for.
const ROWS: i64 = 30;
const RARE: [i64; 4] = [2, 3, 4, 19];
const LOOK: i64 = 5;

fn row(tx: &Tx<'_>, random: &Random, at: i64) -> Result<(), StoreError> {
    let is_rare = RARE.contains(&at);
    let pick = |rare: &str, other: &str| if is_rare { rare } else { other }.to_owned();
    let channel = pick("rare", "shop");
    let message = Message {
        id: random.id(Kind::Message, at),
        channel_id: channel.clone(),
        conversation_id: "cnv_1".to_owned(),
        contact_id: "cnt_1".to_owned(),
        direction: if is_rare {
            Direction::Outbound
        } else {
            Direction::Inbound
        },
        carrier_id: Some(format!("wamid.{at}")),
        kind: "text".to_owned(),
        content: "{}".to_owned(),
        request_id: None,
        options: None,
        pricing: None,
        content_expired_at: None,
        state: if is_rare {
            State::Unknown
        } else {
            State::Received
        },
        state_detail: None,
        attempts: 0,
        notification: None,
        occurred_at: at,
        created_at: at,
        updated_at: at,
    };
    messages::insert(tx, &message)?;
    let event = NewEvent {
        id: random.id(Kind::Event, at),
        channel_id: channel.clone(),
        kind: if is_rare { "call" } else { "status" },
        occurred_at: at,
        created_at: at,
        message_id: None,
        notification: None,
        data: "{}".to_owned(),
    };
    let delivery = Delivery {
        id: random.id(Kind::Delivery, at),
        endpoint_id: "ep_1".to_owned(),
        event_seq: at,
        event_id: event.id.clone(),
        state: if is_rare {
            deliveries::State::Canceled
        } else {
            deliveries::State::Delivered
        },
        attempts: 1,
        made: 0,
        due_at: at,
        created_at: at,
        updated_at: at,
    };
    events::append(tx, event);
    deliveries::insert(tx, &delivery)?;
    let deed = Deed {
        id: random.id(Kind::Audit, at),
        actor: pick("key_rare", "key_1"),
        at_console: false,
        action: "channel.paused".to_owned(),
        subject: "shop".to_owned(),
        was: None,
        became: None,
        created_at: at,
    };
    audit::add(tx, &deed)?;
    let error = NewError {
        channel_id: &channel,
        message_id: None,
        code: None,
        class: "retry_later",
        source: Source::Answer,
    };
    errors::add(tx, random, &error, at)
}

/// A dead letter, a file, a contact and their refusal.
fn row_of_others(tx: &Tx<'_>, random: &Random, at: i64) -> Result<(), StoreError> {
    let is_rare = RARE.contains(&at);
    let pick = |rare: &str, other: &str| if is_rare { rare } else { other }.to_owned();
    let channel = pick("rare", "shop");
    let kind = if is_rare {
        dead_letters::Kind::Send
    } else {
        dead_letters::Kind::Ingest
    };
    let letter = NewDeadLetter {
        id: random.id(Kind::DeadLetter, at),
        channel_id: Some(channel.clone()),
        reason: pick("auth", "unreadable"),
        detail: "{}".to_owned(),
        ..NewDeadLetter::default()
    };
    dead_letters::insert(tx, kind, &letter, at)?;
    let file = Media {
        id: random.id(Kind::Media, at),
        channel_id: Some(channel.clone()),
        direction: if is_rare {
            Direction::Inbound
        } else {
            Direction::Outbound
        },
        message_id: None,
        carrier_media_id: None,
        wanted_sha256: None,
        state: if is_rare {
            media::State::Failed
        } else {
            media::State::Stored
        },
        mime_type: None,
        bytes: None,
        sha256: None,
        filename: None,
        is_voice: false,
        object_key: "key".to_owned(),
        tries: 1,
        error: None,
        due_at: at,
        created_at: at,
        updated_at: at,
        expires_at: None,
    };
    media::insert(tx, &file)?;
    let identity = Identity {
        bsuid: Some(format!("US.{at}")),
        ..Identity::default()
    };
    let contact = contacts::find_or_insert(tx, &identity, random, at)?;
    conversations::touch(tx, &channel, &contact, None, false, random, at)?;
    let whose = Whose {
        contact_id: &contact,
        channel_id: &channel,
    };
    let what = if is_rare {
        (consent::Scope::All, consent::Source::Api)
    } else {
        (consent::Scope::Marketing, consent::Source::Refused)
    };
    suppressions::stop(tx, random, whose, what, &Proof::default(), at, at)?;
    if !is_rare {
        tx.execute(
            "UPDATE suppressions SET lifted_at = $1, lifted_by = 'key_1' WHERE contact_id = $2",
            &[at.into(), (&contact).into()],
        )?;
    }
    Ok(())
}

async fn filled(folder: &test_servers::Folder) -> Store {
    let store = Store::for_test(folder);
    let fill = |tx: &Tx<'_>| {
        let random = Random::seeded(1);
        (1..=ROWS).try_for_each(|at| row(tx, &random, at))
    };
    store.write(fill).await.unwrap();
    store
}

/// Walks a list of two rows a page as its callers do; the times of its rows, and how many pages they
/// came on.
fn walk(
    mut list: impl FnMut(&Page) -> Result<Found<(String, i64)>, StoreError>,
) -> Result<(Vec<i64>, usize), StoreError> {
    let (mut times, mut pages) = (Vec::new(), 0);
    let mut page = Page::new(None, 3);
    page.look = LOOK;
    loop {
        pages += 1;
        let mut found = list(&page)?;
        page.before = if found.rows.len() == 3 {
            found.rows.truncate(2);
            found.rows.last().map(|(key, _)| key.clone())
        } else {
            found.looked_to
        };
        times.extend(found.rows.into_iter().map(|(_, at)| at));
        if page.before.is_none() {
            return Ok((times, pages));
        }
    }
}

fn keys<T>(found: Found<T>, key: impl Fn(&T) -> (String, i64)) -> Found<(String, i64)> {
    Found {
        rows: found.rows.iter().map(key).collect(),
        looked_to: found.looked_to,
    }
}

#[tokio::test]
async fn what_no_index_leads_to_is_found_in_stretches() {
    let folder = test_servers::Folder::new().unwrap();
    let store = filled(&folder).await;
    let newest_first: Vec<i64> = RARE.into_iter().rev().collect();
    let look = move |tx: &Tx<'_>| {
        let some = Scope::of(Some(&["rare".to_owned(), "another".to_owned()]));
        let both = Scope::of(Some(&["rare".to_owned(), "another".to_owned()]));
        let of_message = |row: &Message| (row.id.clone(), row.created_at);
        let mut lists = Vec::new();
        for filter in [
            messages::Filter {
                direction: Some(Direction::Outbound),
                ..messages::Filter::default()
            },
            messages::Filter {
                accepted: Some(true),
                ..messages::Filter::default()
            },
            messages::Filter {
                states: vec![State::Queued, State::Unknown],
                ..messages::Filter::default()
            },
            messages::Filter {
                scope: both,
                ..messages::Filter::default()
            },
        ] {
            lists.push(walk(|page| {
                Ok(keys(messages::list(tx, &filter, page)?, of_message))
            })?);
        }
        let of_delivery = |row: &deliveries::Listed| {
            let row = &row.delivery;
            (row.id.clone(), row.created_at)
        };
        let filter = deliveries::Filter {
            state: Some(deliveries::State::Canceled),
            ..deliveries::Filter::default()
        };
        lists.push(walk(|page| {
            let found = deliveries::page(tx, filter, &Scope::default(), page)?;
            Ok(keys(found, of_delivery))
        })?);
        lists.push(walk(|page| {
            let found = deliveries::page(tx, deliveries::Filter::default(), &some, page)?;
            Ok(keys(found, of_delivery))
        })?);
        let filter = audit::Filter {
            actor: Some("key_rare".to_owned()),
            ..audit::Filter::default()
        };
        lists.push(walk(|page| {
            let found = audit::list(tx, &filter, page)?;
            Ok(keys(found, |(deed, _)| (deed.id.clone(), deed.created_at)))
        })?);
        let filter = errors::Filter {
            channel: Some("rare".to_owned()),
            ..errors::Filter::default()
        };
        lists.push(walk(|page| {
            let found = errors::list(tx, &filter, page)?;
            Ok(keys(found, |row| (row.id.clone(), row.created_at)))
        })?);
        Ok(lists)
    };
    for (number, (times, pages)) in store.read(look).await.unwrap().into_iter().enumerate() {
        assert_eq!(times, newest_first, "list {number}");
        assert!(pages >= 6, "list {number} looks further: {pages} pages");
    }
    store.close().await;
}

#[tokio::test]
async fn what_an_index_leads_to_is_on_the_first_page() {
    let folder = test_servers::Folder::new().unwrap();
    let store = filled(&folder).await;
    let look = |tx: &Tx<'_>| {
        let mut page = Page::new(None, 10);
        page.look = 1;
        let mut found = Vec::new();
        for filter in [
            messages::Filter {
                channel: Some("rare".to_owned()),
                ..messages::Filter::default()
            },
            messages::Filter {
                scope: Scope::of(Some(&["rare".to_owned()])),
                ..messages::Filter::default()
            },
            messages::Filter {
                states: vec![State::Unknown],
                ..messages::Filter::default()
            },
            messages::Filter {
                until: Some(20),
                since: Some(17),
                ..messages::Filter::default()
            },
        ] {
            let list = messages::list(tx, &filter, &page)?;
            found.push((list.rows.len(), list.looked_to));
        }
        Ok(found)
    };
    let found = store.read(look).await.unwrap();
    assert_eq!(found, [(4, None), (4, None), (4, None), (3, None)]);
    store.close().await;
}

#[tokio::test]
async fn messages_of_a_channel_come_in_the_order_of_an_index() {
    if test_servers::Folder::is_on_server() {
        return;
    }
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let look = |tx: &Tx<'_>| {
        let sql = "EXPLAIN QUERY PLAN SELECT id FROM messages WHERE channel_id = $1 AND id < $2 \
            ORDER BY id DESC LIMIT 51";
        tx.all(sql, &["shop".into(), "msg_1".into()], |row| row.text(3))
    };
    let plan = store.read(look).await.unwrap();
    assert_eq!(plan.len(), 1, "{plan:?}");
    assert!(plan[0].contains("messages_by_channel"), "{plan:?}");
    store.close().await;
}

#[tokio::test]
async fn events_are_looked_for_in_stretches_over_those_that_are_gone() {
    let folder = test_servers::Folder::new().unwrap();
    let store = filled(&folder).await;
    let remove = |tx: &Tx<'_>| tx.execute("DELETE FROM events WHERE seq < 3", &[]);
    store.write(remove).await.unwrap();
    let look = |tx: &Tx<'_>| {
        let filter = events::Filter {
            kind: Some("call".to_owned()),
            ..events::Filter::default()
        };
        let (mut seqs, mut ends, mut seq) = (Vec::new(), Vec::new(), 0);
        loop {
            let found = events::list(tx, &filter, (seq, 50, LOOK))?;
            seqs.extend(found.rows.iter().map(|event| event.seq));
            ends.push(found.looked_to.clone());
            match found.looked_to {
                Some(end) => seq = end.parse().unwrap_or(0),
                None => return Ok((seqs, ends)),
            }
        }
    };
    let (seqs, ends) = store.read(look).await.unwrap();
    assert_eq!(seqs, [3, 4, 19]);
    let ends: Vec<_> = ends.iter().flatten().map(String::as_str).collect();
    assert_eq!(ends, ["7", "12", "17", "22", "27"]);
    store.close().await;
}

/// Rows of the lists of dead letters, files, refusals and contacts.
async fn filled_with_others(folder: &test_servers::Folder) -> Store {
    let store = Store::for_test(folder);
    let fill = |tx: &Tx<'_>| {
        let random = Random::seeded(1);
        (1..=ROWS).try_for_each(|at| row_of_others(tx, &random, at))
    };
    store.write(fill).await.unwrap();
    // Those that are rare are settled, and only those.
    let settle = |tx: &Tx<'_>| {
        tx.execute(
            "UPDATE dead_letters SET resolved_at = 99, resolution = 'retried' WHERE kind = 'send'",
            &[],
        )
    };
    store.write(settle).await.unwrap();
    store
}

#[tokio::test]
async fn letters_files_refusals_and_contacts_are_found_in_stretches() {
    let folder = test_servers::Folder::new().unwrap();
    let store = filled_with_others(&folder).await;
    let newest_first: Vec<i64> = RARE.into_iter().rev().collect();
    let look = |tx: &Tx<'_>| {
        let some = || Scope::of(Some(&["rare".to_owned(), "another".to_owned()]));
        let mut lists = Vec::new();
        let any = || dead_letters::Filter {
            standing: Standing::Any,
            ..dead_letters::Filter::default()
        };
        for filter in [
            dead_letters::Filter {
                kind: Some(dead_letters::Kind::Send),
                ..any()
            },
            dead_letters::Filter {
                reason: Some("auth".to_owned()),
                ..any()
            },
            dead_letters::Filter {
                channel: Some("rare".to_owned()),
                ..any()
            },
            dead_letters::Filter {
                scope: some(),
                ..any()
            },
            dead_letters::Filter {
                standing: Standing::Resolved,
                ..any()
            },
        ] {
            lists.push(walk(|page| {
                let found = dead_letters::list(tx, &filter, page)?;
                Ok(keys(found, |row| (row.id.clone(), row.created_at)))
            })?);
        }
        for filter in [
            media::Filter {
                state: Some(media::State::Failed),
                ..media::Filter::default()
            },
            media::Filter {
                direction: Some(Direction::Inbound),
                ..media::Filter::default()
            },
            media::Filter {
                scope: some(),
                ..media::Filter::default()
            },
        ] {
            lists.push(walk(|page| {
                let found = media::list(tx, &filter, page)?;
                Ok(keys(found, |row| (row.id.clone(), row.created_at)))
            })?);
        }
        let lifted = || suppressions::Filter {
            lifted: true,
            ..suppressions::Filter::default()
        };
        for filter in [
            suppressions::Filter::default(),
            suppressions::Filter {
                channel: Some("rare".to_owned()),
                ..lifted()
            },
            suppressions::Filter {
                source: Some(consent::Source::Api),
                ..lifted()
            },
            suppressions::Filter {
                reach: some(),
                ..lifted()
            },
        ] {
            lists.push(walk(|page| {
                let found = suppressions::list(tx, &filter, page)?;
                Ok(keys(found, |row| (row.refusal.id.clone(), row.created_at)))
            })?);
        }
        lists.push(walk(|page| {
            let found = contacts::list(tx, &some(), page)?;
            Ok(keys(found, |row| (row.id.clone(), row.created_at)))
        })?);
        Ok(lists)
    };
    for (number, (times, pages)) in store.read(look).await.unwrap().into_iter().enumerate() {
        assert_eq!(times, newest_first, "list {number}");
        assert!(pages >= 6, "list {number} looks further: {pages} pages");
    }
    store.close().await;
}

#[tokio::test]
async fn what_an_index_leads_to_of_letters_and_files_is_on_the_first_page() {
    let folder = test_servers::Folder::new().unwrap();
    let store = filled_with_others(&folder).await;
    let look = |tx: &Tx<'_>| {
        let mut page = Page::new(None, 50);
        page.look = 1;
        let mut found = Vec::new();
        let between = dead_letters::Filter {
            standing: Standing::Any,
            created_after: Some(17),
            created_before: Some(19),
            ..dead_letters::Filter::default()
        };
        for filter in [dead_letters::Filter::default(), between] {
            let list = dead_letters::list(tx, &filter, &page)?;
            found.push((list.rows.len(), list.looked_to));
        }
        for filter in [
            media::Filter {
                channel: Some("rare".to_owned()),
                ..media::Filter::default()
            },
            media::Filter {
                scope: Scope::of(Some(&["rare".to_owned()])),
                ..media::Filter::default()
            },
        ] {
            let list = media::list(tx, &filter, &page)?;
            found.push((list.rows.len(), list.looked_to));
        }
        Ok(found)
    };
    let found = store.read(look).await.unwrap();
    assert_eq!(found, [(26, None), (3, None), (4, None), (4, None)]);
    store.close().await;
}
