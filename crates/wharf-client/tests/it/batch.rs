//! Many calls in few requests.

use std::time::Duration;

use serde_json::{Value, json};
use wharf_client::{CancellationToken, Error, ErrorClass, MediaUpload, Method, RetryPolicy};
use wharf_model::PhoneNumberId;

use crate::desk::{Desk, Request};
use crate::platform::{number, text, token};
use crate::wire::{SOON, Then, Wire};

/// The elements of a request.
fn elements(request: &Request) -> Vec<Value> {
    let pairs: Vec<(String, String)> = pairs(&String::from_utf8_lossy(&request.body));
    assert_eq!(request.content_type, "application/x-www-form-urlencoded");
    assert_eq!((pairs.len(), &request.method), (1, &Method::POST));
    assert_eq!(pairs[0].0, "batch");
    serde_json::from_str(&pairs[0].1).unwrap()
}

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

fn ok(id: usize) -> Value {
    json!({"code": 200, "body": json!({"id": id.to_string()}).to_string()})
}

#[tokio::test]
async fn a_hundred_and_twenty_calls_take_three_requests() {
    let desk = Desk::open().await;
    let client = desk.client();
    let refusal = json!({
        "code": 400,
        "headers": [
            {"name": "Retry-After", "value": "7"},
            {"name": "X-App-Usage", "value": "{\"call_count\":99}"},
        ],
        "body": json!({"error": {"code": 4}}).to_string(),
    });
    let mut first: Vec<_> = (0..50).map(ok).collect();
    first[3] = Value::Null;
    first[4] = refusal;
    first[5] = json!({"code": 502, "body": "<html>"});
    first[6] = json!({"code": 200, "body": "not JSON"});
    first[7] = json!("nonsense");
    desk.answer(200, first.into());
    desk.answer(200, (50..90).map(ok).collect());
    desk.answer(503, json!({"error": {"code": 190}}));

    let ids = (0..120).map(|id| PhoneNumberId::try_from(id.to_string()).unwrap());
    let results = client
        .batch()
        .calls(ids.map(|id| client.number(&id).info()))
        .await;
    assert_eq!(results.len(), 120);
    for (place, result) in results.iter().enumerate() {
        let error = result.as_ref().err();
        let unknown = || matches!(error, Some(Error::Unknown(_)));
        let fits = match place {
            // Two without an answer, ten that are missing, and a server error for the third
            // request as a whole, which may have made some calls first.
            3 | 7 | 90.. => unknown(),
            4 => error.unwrap().retry_after() == Some(Duration::from_secs(7)),
            5 => error.unwrap().is_edge_error(),
            6 => error.unwrap().outcome_unknown() && !unknown(),
            _ => result.as_ref().unwrap().id().unwrap().as_str() == place.to_string(),
        };
        assert!(fits, "{place}: {result:?}");
    }
    assert_eq!(client.usage().peak(), Some(99.0));

    let requests: Vec<_> = (0..3).map(|_| desk.last()).collect();
    let [third, second, first] = requests.as_slice() else {
        panic!()
    };
    assert_eq!(first.path, "");
    let sizes = [first, second, third].map(|request| elements(request).len());
    assert_eq!(sizes, [50, 50, 20]);
    let last = elements(third).pop().unwrap();
    assert_eq!(last["method"], "GET");
    assert!(
        last["relative_url"]
            .as_str()
            .unwrap()
            .starts_with("119?fields=")
    );
    assert_eq!(desk.count(), 0);
}

#[tokio::test]
async fn bodies_are_written_as_graph_takes_them() {
    enum Answer {
        Sent(String),
        Done,
        Any(Value),
    }
    let desk = Desk::open().await;
    let client = desk.client();
    let accepted = json!({"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]});
    desk.answer(
        200,
        json!([
            {"code": 200, "body": accepted.to_string()},
            {"code": 200, "body": "{\"success\":true}"},
            {"code": 200, "body": {"as": "an object"}},
        ]),
    );
    let sender = client.number(&number());
    let users = json!({"messaging_product": "whatsapp", "block_users": [{"user": "1"}]});
    let batch = client
        .batch()
        .call(
            sender
                .send(&text())
                .map(|sent| Answer::Sent(sent.id().unwrap().to_string())),
        )
        .call(sender.deregister().map(|()| Answer::Done))
        .call(
            client
                .raw(Method::DELETE, "1/block_users?a=b", Some(&users))
                .map(Answer::Any),
        );
    let results: Vec<_> = batch.await.into_iter().map(Result::unwrap).collect();
    let [Answer::Sent(id), Answer::Done, Answer::Any(any)] = results.as_slice() else {
        panic!()
    };
    assert_eq!((id.as_str(), &any["as"]), ("wamid.1", &json!("an object")));

    let elements = elements(&desk.last());
    let path = format!("{}/messages", number().as_str());
    assert_eq!(
        (&elements[0]["method"], &elements[0]["relative_url"]),
        (&json!("POST"), &json!(path))
    );
    let sent: serde_json::Map<String, Value> = pairs(elements[0]["body"].as_str().unwrap())
        .into_iter()
        .map(|(key, value)| {
            let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
            (key, value)
        })
        .collect();
    let message = serde_json::to_value(text()).unwrap();
    assert_eq!(sent["text"], message["text"]);
    assert_eq!(sent["type"], "text");
    assert_eq!(sent.len(), message.as_object().unwrap().len());
    let url = elements[2]["relative_url"].as_str().unwrap();
    let (path, query) = url.split_once('?').unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let query = pairs(query);
    assert_eq!((path, &query[0]), ("1/block_users", &pair("a", "b")));
    assert!(query.contains(&pair("block_users", r#"[{"user":"1"}]"#)));
    assert!(query.contains(&pair("messaging_product", "whatsapp")));
    assert!(elements[2].get("body").is_none());
}

#[tokio::test]
async fn what_cannot_go_in_a_batch_fails_alone() {
    let desk = Desk::open().await;
    let client = desk.client();
    desk.answer(200, json!([ok(1)]));
    let other = client.with_token(token()).unwrap();
    let elsewhere = crate::platform::client(&"http://127.0.0.1:1".parse().unwrap());
    let file = MediaUpload::from_bytes("application/pdf", &b"%PDF"[..]);
    let batch = client
        .batch()
        .call(other.number(&number()).info().map(|_| ()))
        .call(elsewhere.number(&number()).info().map(|_| ()))
        .call(client.number(&number()).upload(file).map(|_| ()))
        .call(client.raw(Method::POST, "1", Some(&json!([1]))).map(|_| ()))
        .call(client.number(&number()).info().map(|_| ()));
    let results = batch.await;
    for refused in &results[..4] {
        assert!(matches!(refused, Err(Error::Request(_))), "{refused:?}");
    }
    assert!(results[4].is_ok());
    assert_eq!(elements(&desk.last()).len(), 1);

    assert!(client.batch::<()>().await.is_empty());
    assert_eq!(desk.count(), 0);
}

#[tokio::test]
async fn each_call_shares_the_failure_of_its_request() {
    let desk = Desk::open().await;
    let sends = |client: &wharf_client::Client| {
        let number = client.number(&number());
        client
            .batch()
            .call(number.send(&text()))
            .call(number.send(&text()))
    };
    desk.answer(400, json!({"error": {"code": 190}}));
    for result in sends(&desk.client()).await {
        assert_eq!(result.unwrap_err().class(), Some(ErrorClass::Auth));
    }

    let wire = Wire::answer("", Then::FallSilent).await;
    let client = crate::platform::client(&wire.url());
    for result in sends(&client).timeout(SOON).await {
        let error = result.unwrap_err();
        assert!(error.is_timeout() && error.outcome_unknown(), "{error:?}");
    }

    let stop = CancellationToken::new();
    stop.cancel();
    for result in sends(&client).cancel_on(&stop).await {
        let error = result.unwrap_err();
        assert!(
            matches!(error, Error::Cancelled { maybe_sent: false }),
            "{error:?}"
        );
    }

    let client = crate::platform::client(&crate::wire::nobody().await);
    for result in sends(&client).await {
        assert!(matches!(result, Err(Error::NotSent(_))), "{result:?}");
    }
}

#[tokio::test]
async fn a_request_is_repeated_only_if_all_its_calls_may_be() {
    let policy = RetryPolicy::new(2)
        .backoff(Duration::from_millis(1), Duration::from_secs(1))
        .and_sends();
    let desk = Desk::open().await;
    let client = desk.client();
    let number = client.number(&number());
    desk.answer(503, json!({"error": {"code": 2}}));
    desk.answer(200, json!([ok(1)]));
    let read = client.batch().call(number.info().map(|_| ())).retry(policy);
    assert!(read.await[0].is_ok());
    assert_eq!(desk.count(), 2);

    desk.answer(503, json!({"error": {"code": 2}}));
    let mixed = client.batch().call(number.info().map(|_| ()));
    let mixed = mixed.call(number.send(&text()).map(|_| ())).retry(policy);
    for result in mixed.await {
        assert!(matches!(result, Err(Error::Unknown(_))), "{result:?}");
    }
    assert_eq!(desk.count(), 3);
}
