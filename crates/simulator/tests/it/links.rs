//! Links to media: fetched before the message goes on, refused in a status.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use serde_json::{Value, json};
use simulator::{Clock, FetchLinks, Settings};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::kit::{PATIENCE, Stage, USER, quick, subscribed_with};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A web server with good and bad files; counts how often the good one was fetched.
async fn web() -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let good = async |State(count): State<Arc<AtomicUsize>>| {
        count.fetch_add(1, Ordering::SeqCst);
        ([(header::CONTENT_TYPE, "image/png")], PNG).into_response()
    };
    let router = Router::new()
        .route("/good", get(good))
        .route(
            "/heic",
            get(async || ([(header::CONTENT_TYPE, "image/heic")], "x")),
        )
        .route(
            "/lie",
            get(async || ([(header::CONTENT_TYPE, "image/jpeg")], PNG)),
        )
        .route("/gone", get(async || StatusCode::NOT_FOUND))
        .route(
            "/away",
            get(async || Redirect::temporary("http://192.0.2.1/a.png")),
        )
        .route("/round", get(async || Redirect::temporary("/good")))
        .with_state(Arc::clone(&count));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    (url, count)
}

fn image(link: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": USER, "type": "image", "image": {"link": link}})
}

#[tokio::test]
async fn a_bad_link_fails_with_its_reason_and_a_good_one_is_sent() {
    let (web, count) = web().await;
    let clock = Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let settings = Settings {
        clock: clock.clone(),
        ..quick()
    };
    let (stage, callback) = subscribed_with(settings).await;
    let mut seen = 0;
    for (path, said) in [
        (
            "/heic",
            "Unsupported Image mime type image/heic. Please use one of image/jpeg, image/png.",
        ),
        ("/lie", "image/png"),
        ("/gone", "HTTP 404"),
        ("/away", "another network"),
    ] {
        let (status, answer) = stage.send(&image(&format!("{web}{path}"))).await;
        assert_eq!(status, 200, "{answer}");
        seen += 1;
        let value = callback.values(seen).await.pop().unwrap();
        let error = &value["statuses"][0]["errors"][0];
        assert_eq!(error["code"], 131_053, "{value}");
        let details = error["error_data"]["details"].as_str().unwrap();
        assert!(details.contains(said), "{details}");
    }
    for path in ["/good", "/good", "/round"] {
        assert_eq!(stage.send(&image(&format!("{web}{path}"))).await.0, 200);
        seen += 2;
        let value = callback.values(seen).await.pop().unwrap();
        assert_eq!(value["statuses"][0]["status"], "delivered", "{value}");
    }
    assert_eq!(
        count.load(Ordering::SeqCst),
        2,
        "the same link is fetched once in ten minutes"
    );
    clock.advance(Duration::from_mins(10));
    assert_eq!(stage.send(&image(&format!("{web}/good"))).await.0, 200);
    callback.wait(seen + 2).await;
    assert_eq!(count.load(Ordering::SeqCst), 3);
    stage.end().await;
}

#[tokio::test]
async fn other_networks_are_left_alone_and_fetching_can_be_switched_off() {
    let (web, count) = web().await;
    let stage = Stage::with(Settings {
        fetch_links: FetchLinks::Never,
        ..quick()
    })
    .await;
    assert_eq!(stage.send(&image(&format!("{web}/gone"))).await.0, 200);
    stage.simulator().wait_until_idle(PATIENCE).await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 0);
    let sent = stage.simulator().accepted();
    assert_eq!(sent[0].statuses.len(), 2, "{sent:?}");
    stage.end().await;
}
