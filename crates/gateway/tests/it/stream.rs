//! The live stream: resumed without gaps or repeats, filtered, ended with the gateway.

use std::collections::VecDeque;

use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{CHANNEL, TestApp, settings};

/// An open stream and what of it has not been read yet.
struct Stream {
    response: Response,
    text: String,
    events: VecDeque<(String, String, Value)>,
}

impl Stream {
    async fn open(app: &TestApp, query: &str, last: Option<&str>) -> Self {
        let mut request = app.call("GET", &format!("/api/v1/events/stream{query}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
            events: VecDeque::new(),
        }
    }

    /// The next event as id, name and envelope; none when the stream has ended cleanly.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = block.lines().filter_map(|line| line.strip_prefix(name));
                    lines.next().map(str::to_owned)
                };
                if let (Some(id), Some(name), Some(data)) =
                    (field("id: "), field("event: "), field("data: "))
                {
                    self.events
                        .push_back((id, name, serde_json::from_str(&data).unwrap()));
                }
                self.text = String::from(rest);
            }
        }
    }
}

fn message(number: usize) -> Vec<u8> {
    let ours = settings().numbers[0].clone();
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": ours.id.to_string()},
        "contacts": [{"profile": {"name": "Ada"}, "wa_id": "16505551234"}],
        "messages": [{
            "from": "16505551234", "id": format!("wamid.{number}"), "timestamp": "1700000000",
            "type": "text", "text": {"body": format!("number {number}")}
        }]
    });
    let change = json!({"field": "messages", "value": value});
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": ours.waba.to_string(), "changes": [change]}]
    })
    .to_string()
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_resumes_without_gaps_or_repeats() {
    const COUNT: usize = 300;
    let app = TestApp::start().await;
    let feed = async {
        for number in 0..COUNT {
            assert_eq!(app.notify(&message(number)).await, 200);
        }
    };
    let follow = async {
        let mut seen: Vec<(String, Value)> = Vec::new();
        let mut stream = Stream::open(&app, "?since=start", None).await;
        while seen.len() < COUNT {
            let (id, name, envelope) = stream.next().await.unwrap();
            assert_eq!((name.as_str(), &envelope["id"]), ("message", &json!(id)));
            seen.push((id.clone(), envelope));
            // The line breaks in the middle of whatever was under way.
            if seen.len().is_multiple_of(37) {
                stream = Stream::open(&app, "?since=start", Some(&id)).await;
            }
        }
        seen
    };
    let ((), seen) = tokio::join!(feed, follow);
    let listed = app.events().await;
    let listed: Vec<_> = listed
        .iter()
        .map(|event| event["id"].as_str().unwrap())
        .collect();
    let followed: Vec<_> = seen.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(followed, listed);
    assert_eq!(seen[0].1["session_id"], CHANNEL);
    assert_eq!(seen[0].1["data"]["message_id"], "wamid.0");

    // From an event on, polled and followed alike.
    let middle = followed[COUNT / 2];
    let polled = app
        .get(&format!(
            "/api/v1/events?after={middle}&type=message&limit=1"
        ))
        .await;
    let mut stream = Stream::open(&app, &format!("?since={middle}&channel={CHANNEL}"), None).await;
    let (id, ..) = stream.next().await.unwrap();
    assert_eq!(id, followed[COUNT / 2 + 1]);
    assert_eq!(polled["data"][0]["id"], id.as_str());

    // The end alone, oldest first as ever.
    let end = app.get("/api/v1/events?newest=3").await;
    let end: Vec<_> = end["data"].as_array().unwrap().iter().collect();
    let end: Vec<_> = end.iter().map(|event| event["id"].as_str()).collect();
    let last: Vec<_> = followed.iter().skip(COUNT - 3).copied().map(Some).collect();
    assert_eq!(end, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_filters_begins_now_and_ends_with_the_gateway() {
    let mut app = TestApp::start().await;
    assert_eq!(app.notify(&message(1)).await, 200);
    app.until_applied().await;
    let mut stream = Stream::open(&app, "?types=message,send_result", None).await;
    let mut nothing = Stream::open(&app, "?types=status&channel=other&since=start", None).await;
    assert_eq!(app.notify(&message(2)).await, 200);
    let (_, _, envelope) = stream.next().await.unwrap();
    assert_eq!(
        envelope["data"]["message_id"], "wamid.2",
        "it began before now"
    );
    // The restart asserts that the gateway drained although two streams were open.
    let ((), ended, none) = tokio::join!(app.restart(), stream.next(), nothing.next());
    assert!(ended.is_none() && none.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_place_is_refused() {
    let app = TestApp::start().await;
    let gone = "evt_01hf7yat00c5k9m2t8w3x6q4vz";
    for (query, last, status, code) in [
        (String::new(), Some(gone), 410, "event_gone"),
        (format!("?since={gone}"), None, 410, "event_gone"),
        (String::new(), Some("17"), 400, "invalid_header"),
        ("?since=yesterday".to_owned(), None, 400, "invalid_query"),
        ("?types=mesage".to_owned(), None, 400, "invalid_query"),
        ("?typ=message".to_owned(), None, 400, "invalid_query"),
    ] {
        let mut request = app.call("GET", &format!("/api/v1/events/stream{query}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{query} {last:?}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], code);
    }
}
