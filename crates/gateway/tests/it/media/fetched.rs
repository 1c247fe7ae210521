//! Links that we fetch: what is guarded, what is bounded, what comes of it.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use gateway::clock::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{answer, png};
use crate::app::{CHANNEL, TestApp, settings};

/// A web server with a picture, and with ways to it.
async fn web() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let picture = || async { ([(header::CONTENT_TYPE, "image/png")], png(40_000)) };
    let routes: Router = Router::new()
        .route("/picture.png", get(picture))
        .route("/moved", get(async || Redirect::temporary("/picture.png")))
        .route("/loop", get(async || Redirect::temporary("/loop")))
        .route(
            "/inside",
            get(async || Redirect::temporary("http://169.254.169.254/latest/meta-data")),
        )
        .route(
            "/file",
            get(async || Redirect::temporary("file:///etc/passwd")),
        )
        .route(
            "/lie",
            get(async || ([(header::CONTENT_TYPE, "image/png")], "<html>")),
        )
        .route(
            "/large",
            get(async || ([(header::CONTENT_TYPE, "image/png")], png(300_000))),
        );
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own server, ends with the test"
    )]
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

async fn send(app: &TestApp, link: &str) -> (StatusCode, Value) {
    let message = json!({"channel": CHANNEL, "to": "+16505551234", "type": "image",
        "image": {"link": link, "fetch": true}});
    answer(app.call("POST", "/api/v1/messages").json(&message)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_fetched_only_from_where_it_may_be() {
    let web = web().await;
    let app = TestApp::start().await;
    for link in [
        format!("http://{web}/picture.png"),
        format!("http://localhost:{}/picture.png", web.port()),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("http://[::ffff:127.0.0.1]:{}/picture.png", web.port()),
        "http://2130706433/".to_owned(),
    ] {
        let (status, problem) = send(&app, &link).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{link}: {problem}"
        );
        assert_eq!(problem["errors"][0]["pointer"], "/image/link");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("not public"), "{link}: {detail}");
        assert!(!detail.contains("http://"), "{detail}");
    }

    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.media.allow_networks = vec!["127.0.0.0/8".to_owned()];
        config.media.max_bytes = 200_000;
    })
    .await;
    for (path, word) in [
        ("inside", "not public"),
        ("file", "not an http"),
        ("loop", "redirects"),
        ("lie", "image/png"),
        ("large", "200000"),
        ("none", "404"),
    ] {
        let (status, problem) = send(&app, &format!("http://{web}/{path}")).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{path}: {problem}"
        );
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{path}: {detail}");
    }
    let (status, _) = send(&app, "http://user:secret@127.0.0.1/").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let left = app.get("/api/v1/media").await;
    assert_eq!(left["data"], json!([]));

    for (path, count) in [("picture.png", 1), ("moved", 2)] {
        let (status, sent) = send(&app, &format!("http://{web}/{path}")).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
        let accepted = app
            .simulator
            .wait_for_accepted(count, crate::app::PATIENCE)
            .await
            .unwrap();
        let id = accepted.last().unwrap().json()["image"]["id"].clone();
        assert!(app.at_carrier(id.as_str().unwrap()).await.1 == png(40_000));
    }
}
