//! Figures of a span of time, and the lists behind them.

use axum::http::StatusCode;
use gateway::clock::Clock;
use serde_json::{Value, json};
use simulator::{Fault, Trouble};

use crate::app::{CHANNEL, TestApp, settings, until};
use crate::deliver::Receiver;

/// Some midnight.
const NOW: i64 = 1_800_057_600_000;
const HOUR: i64 = 3_600_000;

impl TestApp {
    /// The ids of the first page of a list.
    pub(crate) async fn ids(&self, path: &str) -> Vec<String> {
        let page = self.get(path).await;
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn at(time: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(time).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_by_time_by_several_states_and_by_being_taken() {
    let clock = Clock::fixed(NOW);
    let app = TestApp::start_with(clock.clone(), settings(), |config| {
        // The simulator's users live by another clock.
        config.send.check_window = false;
    })
    .await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let refused = app.send_text("to nobody").await;
    app.until_state(&refused, "failed").await;
    clock.advance(1);
    let taken = app.send_text("early").await;
    app.until_state(&taken, "delivered").await;
    clock.advance(2 * HOUR);
    let late = app.send_text("late").await;
    app.until_state(&late, "delivered").await;
    let list = "/api/v1/messages?direction=outbound";
    let (start, middle) = (at(NOW), at(NOW + HOUR));
    for (query, wanted) in [
        (format!("since={middle}"), vec![&late]),
        (format!("until={middle}"), vec![&taken, &refused]),
        (
            format!("since={start}&until={middle}&accepted=true"),
            vec![&taken],
        ),
        ("accepted=true".to_owned(), vec![&late, &taken]),
        ("accepted=false".to_owned(), vec![&refused]),
        (
            "state=failed,delivered".to_owned(),
            vec![&late, &taken, &refused],
        ),
        ("state=failed,requires_template".to_owned(), vec![&refused]),
    ] {
        let found = app.ids(&format!("{list}&{query}")).await;
        let found: Vec<_> = found.iter().collect();
        assert_eq!(found, wanted, "{query}");
    }

    app.post(&format!("/api/v1/channels/{CHANNEL}/pause"), &json!({}))
        .await;
    let queued = app.send_text("waits").await;
    clock.advance(1);
    let scheduled = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
        "text": {"body": "much later"}, "send_at": at(NOW + 9 * HOUR).to_string()});
    let scheduled = app.post("/api/v1/messages", &scheduled).await;
    let in_order = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
        "text": {"body": "in its order"}, "in_order": true});
    let mut wanted = vec![scheduled["id"].as_str().unwrap().to_owned(), queued.clone()];
    for _ in 0..2 {
        // The second is in nobody's queue: it waits for the first.
        clock.advance(1);
        let one = app.post("/api/v1/messages", &in_order).await;
        wanted.insert(0, one["id"].as_str().unwrap().to_owned());
    }
    let waiting = "/api/v1/messages?state=queued,scheduled";
    assert_eq!(app.ids(waiting).await, wanted);
    // As the channel and the overview count them.
    let load = app.get(&format!("/api/v1/channels/{CHANNEL}/load")).await;
    let lanes = &load["queue"]["by_priority"];
    for (queue, counted, wanted) in [
        ("due", &load["queue"]["due"], vec![&wanted[1], &queued]),
        (
            "later",
            &load["queue"]["later"],
            vec![&wanted[0], &wanted[2]],
        ),
        ("normal", &lanes["normal"], vec![&wanted[1], &queued]),
        ("high", &lanes["high"], vec![]),
    ] {
        let found = app.ids(&format!("/api/v1/messages?queue={queue}")).await;
        let found: Vec<_> = found.iter().collect();
        assert_eq!(found, wanted, "{queue}");
        assert_eq!(*counted, wanted.len(), "{queue}");
    }
    let overview = app.get("/api/v1/overview").await;
    assert_eq!(overview["totals"]["queue"], wanted.len());
    let other = format!("/api/v1/messages?queue=due&state=scheduled&channel={CHANNEL}");
    assert_eq!(app.ids(&other).await, Vec::<String>::new());
    let tagged = "/api/v1/messages?queue=due&tag=none";
    assert_eq!(app.ids(tagged).await, Vec::<String>::new());
    let page = app.get(&format!("{waiting}&limit=3")).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = app.ids(&format!("{waiting}&limit=3&cursor={cursor}")).await;
    assert_eq!(rest, [queued]);
    assert_eq!(
        app.ids(&format!("{waiting}&channel=another")).await,
        Vec::<String>::new()
    );

    for (wrong, name) in [
        ("since=yesterday", "since"),
        ("until=1", "until"),
        ("state=queued,lost", "state"),
        ("accepted=maybe", "accepted"),
    ] {
        let answer = app.call("GET", &format!("/api/v1/messages?{wrong}"));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["parameter"], name, "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_error_of_the_carrier_is_listed_by_its_code_until_logs_are_too_old() {
    let clock = Clock::fixed(NOW);
    let mut app = TestApp::start_with(clock.clone(), settings(), |config| {
        config.send.check_window = false;
    })
    .await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let refused = app.send_text("to nobody").await;
    app.until_state(&refused, "failed").await;
    // One that was tried again is an error, too.
    app.simulator
        .fault(Fault::new(Trouble::graph(130_429)).times(1));
    let slow = app.send_text("slowly").await;
    until("it was tried again", async || {
        clock.advance(1000);
        app.get(&format!("/api/v1/messages/{slow}")).await["state"] == "delivered"
    })
    .await;
    clock.advance(2 * HOUR);
    let later = at(NOW + HOUR);
    let failed =
        include_str!("../../../../fixtures/cloud-api/messages.status-failed-131053-media.json");
    let of_another = failed.replace("106540352242922", "206540352242922");
    assert_eq!(app.notify(of_another.as_bytes()).await, 200);
    until("the status is there", async || {
        app.ids("/api/v1/errors").await.len() == 3
    })
    .await;
    let page = app.get("/api/v1/errors").await;
    let [not_ours, too_fast, nobody] = page["data"].as_array().unwrap().as_slice() else {
        panic!("{page}")
    };
    assert_eq!(
        (&not_ours["code"], &not_ours["source"], &not_ours["message"]),
        (&json!(131_053), &json!("status"), &Value::Null)
    );
    assert_eq!(
        (&too_fast["code"], &too_fast["message"], &too_fast["class"]),
        (&json!(130_429), &json!(slow), &json!("retry_number"))
    );
    assert_eq!(
        (&nobody["code"], &nobody["message"], &nobody["channel"]),
        (&json!(131_026), &json!(refused), &json!(CHANNEL))
    );
    assert!(nobody["advice"].as_str().unwrap().contains("another way"));
    for (query, wanted) in [
        ("code=131026".to_owned(), vec![nobody]),
        ("code=0".to_owned(), vec![]),
        ("code=131026,130429,7".to_owned(), vec![too_fast, nobody]),
        ("code=0,131026".to_owned(), vec![nobody]),
        (format!("channel={CHANNEL}"), vec![too_fast, nobody]),
        (format!("since={later}"), vec![not_ours]),
        (format!("until={later}"), vec![too_fast, nobody]),
    ] {
        let found = app.get(&format!("/api/v1/errors?{query}")).await;
        let found: Vec<_> = found["data"].as_array().unwrap().iter().collect();
        assert_eq!(found, wanted, "{query}");
    }
    let many = ["1"; 101].join(",");
    for wrong in ["", "131026,", "131026,many", &many] {
        let answer = app.call("GET", &format!("/api/v1/errors?code={wrong}"));
        assert_eq!(answer.send().await.unwrap().status(), 400, "{wrong}");
    }
    // The figure of the chart is the length of the list.
    clock.advance(60_000);
    until("they are counted", async || {
        let told = app.get("/api/v1/overview?hours=4").await;
        let minutes = told["minutes"].as_array().unwrap().iter();
        let errors = minutes.filter_map(|minute| minute["errors"].as_object());
        errors
            .flat_map(|codes| codes.values())
            .filter_map(Value::as_i64)
            .sum::<i64>()
            == 3
    })
    .await;

    let other = json!({"name": "another", "role": "viewer", "channels": ["another"]});
    let other = app.post("/api/v1/api-keys", &other).await;
    let limited = app.http.get(app.url("/api/v1/errors"));
    let limited = limited.bearer_auth(other["key"].as_str().unwrap());
    let seen: Value = limited.send().await.unwrap().json().await.unwrap();
    assert_eq!(seen["data"], json!([]));

    clock.advance(91 * 24 * HOUR);
    app.restart().await;
    until("they are too old", async || {
        app.ids("/api/v1/errors").await.is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_and_dead_letters_are_listed_by_time_settled_ones_too() {
    let clock = Clock::fixed(NOW);
    let app = TestApp::start_with(clock.clone(), settings(), |config| {
        config.send.check_window = false;
    })
    .await;
    let good = Receiver::start(StatusCode::OK).await;
    let bad = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    for url in [&good.url, &bad.url] {
        let body = json!({"url": url, "event_types": ["send_result"]});
        app.post("/api/v1/endpoints", &body).await;
    }
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let refused = app.send_text("to nobody").await;
    app.until_state(&refused, "failed").await;
    let all = "/api/v1/deliveries";
    until("both were tried", async || {
        let page = app.get(all).await;
        let rows = page["data"].as_array().unwrap();
        rows.len() == 2 && rows.iter().all(|row| row["attempt_count"] != 0)
    })
    .await;
    let failing = app.get("/api/v1/deliveries?failures=true").await;
    let failing = failing["data"].as_array().unwrap();
    assert_eq!(failing.len(), 1);
    assert_eq!(failing[0]["state"], "pending", "{failing:?}");
    // What a table of them shows is in the list.
    let told = [&failing[0]["event"], &failing[0]["last_status"]];
    assert_eq!(told, [&json!("send_result"), &json!(500)]);
    let delivered = app.get("/api/v1/deliveries?state=delivered").await;
    let told = [
        &delivered["data"][0]["event"],
        &delivered["data"][0]["last_status"],
    ];
    assert_eq!(told, [&json!("send_result"), &json!(200)]);
    let (start, later) = (at(NOW), at(NOW + HOUR));
    assert_eq!(app.ids(&format!("{all}?since={start}")).await.len(), 2);
    assert_eq!(app.ids(&format!("{all}?since={later}")).await.len(), 0);
    assert_eq!(app.ids(&format!("{all}?until={start}")).await.len(), 0);

    // What was tried again counts by its newest try.
    let tried = async |query: &str| app.ids(&format!("{all}?tried_since={query}")).await.len();
    assert_eq!(tried(&start.to_string()).await, 2);
    assert_eq!(tried(&later.to_string()).await, 0);
    clock.advance(2 * HOUR);
    until("the one that failed was tried again", async || {
        tried(&later.to_string()).await == 1
    })
    .await;
    for (query, wanted) in [
        (format!("{later}&failures=true"), 1),
        (format!("{later}&state=delivered"), 0),
        (format!("{start}&failures=true"), 1),
        (format!("{start}&state=delivered"), 1),
    ] {
        assert_eq!(tried(&query).await, wanted, "{query}");
    }

    let letters = "/api/v1/dead-letters?kind=send";
    let found = app.ids(letters).await;
    let [letter] = found.as_slice() else {
        panic!("{found:?}")
    };
    let discard = format!("/api/v1/dead-letters/{letter}/discard");
    app.post(&discard, &json!({"reason": "called instead"}))
        .await;
    for (query, wanted) in [
        (String::new(), 0),
        ("&state=open".to_owned(), 0),
        ("&state=resolved".to_owned(), 1),
        (format!("&state=any&since={start}"), 1),
        (format!("&state=any&since={later}"), 0),
        (format!("&state=any&until={start}"), 0),
        (format!("&state=any&until={later}"), 1),
    ] {
        let found = app.ids(&format!("{letters}{query}")).await;
        assert_eq!(found.len(), wanted, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_of_a_job_over_dead_letters_have_their_lists() {
    let clock = Clock::fixed(NOW);
    let app = TestApp::start_with(clock.clone(), settings(), |config| {
        config.send.check_window = false;
    })
    .await;
    let bad = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    let endpoint = json!({"url": bad.url, "event_types": ["message"]});
    let endpoint = app.post("/api/v1/endpoints", &endpoint).await;
    let user = app.simulator.user("+16505551234");
    user.says("one").await.unwrap();
    user.says("two").await.unwrap();
    let letters = "/api/v1/dead-letters";
    until("both are given up", async || {
        clock.advance(HOUR);
        app.ids(&format!("{letters}?kind=delivery")).await.len() == 2
    })
    .await;
    app.simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let message = app.send_text("to nobody").await;
    app.until_state(&message, "failed").await;
    let deliveries = app.ids(&format!("{letters}?kind=delivery")).await;
    let sends = app.ids(&format!("{letters}?kind=send")).await;
    // A job is refused what would wait for an endpoint that is disabled.
    let endpoint = format!("/api/v1/endpoints/{}", endpoint["id"].as_str().unwrap());
    let change = app
        .call("PATCH", &endpoint)
        .json(&json!({"disabled": true}));
    assert_eq!(change.send().await.unwrap().status(), 200);
    let run = async || {
        let order = json!({"action": "retry", "filter": {}, "per_second": 1000});
        let job = app.post(&format!("{letters}/bulk"), &order).await;
        let id = job["id"].as_str().unwrap().to_owned();
        let path = format!("{letters}/bulk/{id}");
        until("the job has ended", async || {
            app.get(&path).await["state"] == "done"
        })
        .await;
        let job = app.get(&path).await;
        (id, [job["done"].clone(), job["failed"].clone()])
    };
    let (job, counts) = run().await;
    assert_eq!(counts, [1, 2]);
    let settled = format!("{letters}?settled_by={job}");
    let refused = format!("{letters}?refused_by={job}");
    assert_eq!(app.ids(&settled).await, sends);
    assert_eq!(app.ids(&refused).await, deliveries);
    // What is settled by hand since stays the job's, with its state.
    let by_hand = format!("{letters}/{}/discard", deliveries[0]);
    app.post(&by_hand, &json!({"reason": "done otherwise"}))
        .await;
    assert_eq!(app.ids(&refused).await, deliveries);
    let open = app.ids(&format!("{refused}&state=open")).await;
    assert_eq!(open, deliveries[1..]);
    // The next job has its own.
    let change = app
        .call("PATCH", &endpoint)
        .json(&json!({"disabled": false}));
    assert_eq!(change.send().await.unwrap().status(), 200);
    let (next, counts) = run().await;
    assert_eq!(counts, [1, 0]);
    let settled = app.ids(&format!("{letters}?settled_by={next}")).await;
    assert_eq!(settled, deliveries[1..]);

    let other = json!({"name": "another", "role": "viewer", "channels": ["another"]});
    let other = app.post("/api/v1/api-keys", &other).await;
    let limited = app
        .http
        .get(app.url(&format!("{letters}?settled_by={job}")));
    let limited = limited.bearer_auth(other["key"].as_str().unwrap());
    let seen: Value = limited.send().await.unwrap().json().await.unwrap();
    assert_eq!(seen["data"], json!([]));
}
