//! Turns, lanes and plans, on the database that the tests run on.

use super::*;
use crate::store::Store;
use crate::store::sql::Link;

const CHANNEL: &str = "shop";

fn place(lane: i64, caller: &str, position: i64) -> Place {
    Place {
        lane,
        turn: None,
        position,
        caller: caller.to_owned(),
        pair: String::new(),
    }
}

fn ids(rows: Vec<(Place, String)>) -> Vec<String> {
    rows.into_iter().map(|(_, id)| id).collect()
}

async fn with_store<T: Send + 'static>(
    change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    let folder = test_servers::Folder::new().unwrap();
    let store = Store::for_test(&folder);
    let result = store.write(change).await.unwrap();
    store.close().await;
    result
}

#[tokio::test]
async fn a_backlog_of_one_caller_delays_another_by_one_turn() {
    with_store(|tx| {
        for number in 0..10_000_i64 {
            push(
                tx,
                CHANNEL,
                &format!("bulk-{number}"),
                &place(1, "bulk", number),
            )?;
        }
        assert_eq!(take(tx, CHANNEL, 0, 100)?.len(), 100);
        push(tx, CHANNEL, "one", &place(1, "shop", 10_000))?;
        push(tx, CHANNEL, "two", &place(1, "shop", 10_001))?;
        let next = ids(take(tx, CHANNEL, 0, 4)?);
        assert_eq!(next, ["one", "bulk-100", "two", "bulk-101"]);
        // Who comes when the lane is empty does not owe anything for what was.
        while !take(tx, CHANNEL, 0, 5_000)?.is_empty() {}
        push(tx, CHANNEL, "late", &place(1, "shop", 10_002))?;
        push(tx, CHANNEL, "bulk-late", &place(1, "bulk", 10_003))?;
        assert_eq!(ids(take(tx, CHANNEL, 0, 9)?), ["late", "bulk-late"]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn one_callers_messages_leave_as_they_came_and_keep_their_turn() {
    with_store(|tx| {
        for number in 0..50_i64 {
            // The clock was set back in between.
            let position = if number < 20 { 1000 + number } else { number };
            push(tx, CHANNEL, &number.to_string(), &place(1, "", position))?;
        }
        let first = take(tx, CHANNEL, 0, 3)?;
        // Two are tried again, one of them later.
        push(tx, CHANNEL, "1", &first[1].0)?;
        push_later(tx, CHANNEL, "2", &first[2].0, 500)?;
        assert_eq!(ids(take(tx, CHANNEL, 0, 2)?), ["1", "3"]);
        promote(tx, CHANNEL, 9, 499)?;
        assert_eq!(outlook(tx, CHANNEL)?.next_due, Some(500));
        promote(tx, CHANNEL, 9, 500)?;
        assert_eq!(ids(take(tx, CHANNEL, 0, 2)?), ["2", "4"]);
        let rest: Vec<String> = (5..50).map(|number| number.to_string()).collect();
        assert_eq!(ids(take(tx, CHANNEL, 0, 100)?), rest);
        assert!(is_empty(tx, CHANNEL)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_becomes_due_gets_its_turn_then() {
    with_store(|tx| {
        for number in 0..700_i64 {
            let id = format!("planned-{number}");
            push_later(tx, CHANNEL, &id, &place(2, "plan", number), 100)?;
        }
        push_later(tx, CHANNEL, "code", &place(0, "login", 9_000), 100)?;
        push(tx, CHANNEL, "low", &place(2, "", 9_001))?;
        assert_eq!(
            next_of_each(tx)?,
            [(CHANNEL.to_owned(), 0), (CHANNEL.to_owned(), 100)]
        );
        promote(tx, CHANNEL, 500, 100)?;
        let first = ids(take(tx, CHANNEL, 0, 3)?);
        assert_eq!(first, ["code", "planned-0", "low"]);
        // A campaign becomes due bit by bit, in its order.
        let mut planned = Vec::new();
        while !is_empty(tx, CHANNEL)? {
            promote(tx, CHANNEL, 90, 100)?;
            planned.extend(ids(take(tx, CHANNEL, 0, 100)?));
        }
        let expected: Vec<String> = (1..700).map(|number| format!("planned-{number}")).collect();
        assert_eq!(planned, expected);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_a_few_looks_at_an_index_however_many_wait() {
    const MANY: i64 = 60_000;
    with_store(|tx| {
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
            WHERE i < CAST($1 AS BIGINT))";
        for sql in [
            "INSERT INTO send_queue (channel_id, lane, turn, position, message_id, caller, pair) \
             {n} SELECT 'shop', 1 + i % 2, i, i, 'msg' || i, 'caller' || i % 7, '' FROM n",
            "INSERT INTO send_later (channel_id, shelf, due_at, position, message_id, turn, caller, \
             pair) {n} SELECT 'shop', i % 6, 1000000 + i, i, 'later' || i, -1, '', '' FROM n",
        ] {
            tx.execute(&sql.replace("{n}", numbers), &[MANY.into()])?;
        }
        tx.execute("ANALYZE", &[])?;
        let begun = std::time::Instant::now();
        for round in 0..200_i64 {
            promote(tx, CHANNEL, 100, 999_999)?;
            assert_eq!(take(tx, CHANNEL, 0, 1)?.len(), 1);
            push(
                tx,
                CHANNEL,
                &format!("new-{round}"),
                &place(1, "caller3", round),
            )?;
            assert!(outlook(tx, CHANNEL)?.is_due);
            assert_eq!(next_of_each(tx)?.len(), 2);
        }
        // To read one of the tables once takes tens of milliseconds; a thousand looks at an index
        // take less than ten such reads, also on a busy machine.
        let each = begun.elapsed() / 200;
        assert!(each.as_millis() < 25, "{each:?} a claim");
        if let Link::Sqlite(_) = tx.link() {
            let plan = |sql: &str| {
                let sql = format!("EXPLAIN QUERY PLAN {sql}");
                tx.all(&sql, &["shop".into(), 1.into(), 1.into()], |row| {
                    row.text(3)
                })
            };
            for line in plan(TAKE)?.iter().chain(&plan(&DUE)?) {
                assert!(!line.contains("SCAN send_"), "{line}");
            }
            let sorts = plan(TAKE)?.iter().any(|line| line.contains("TEMP B-TREE"));
            assert!(!sorts, "what leaves next is sorted");
        }
        Ok(())
    })
    .await;
}
