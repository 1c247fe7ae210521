//! The console's door: its files, signing in and out, and what browsers are told.

mod files;

use gateway::clock::Clock;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::app::{TestApp, settings};

const HOUR: i64 = 3_600_000;

async fn started() -> TestApp {
    TestApp::start_with(Clock::fixed(1_790_000_000_000), settings(), |_| {}).await
}

impl TestApp {
    async fn sign_in(&self, key: &str) -> Response {
        let request = self.http.post(self.url("/console/session"));
        request.json(&json!({"key": key})).send().await.unwrap()
    }

    /// The cookie of a new session.
    pub(crate) async fn session(&self, key: &str) -> String {
        let answer = self.sign_in(key).await;
        assert_eq!(answer.status(), 204);
        let cookie = header(&answer, "set-cookie");
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A call with a cookie, as the console makes it.
    async fn with(&self, cookie: &str, method: &str, path: &str) -> Response {
        let request = self.http.request(method.parse().unwrap(), self.url(path));
        let request = request.header("cookie", cookie);
        request.header("x-wharf-console", "1").send().await.unwrap()
    }

    async fn page(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    async fn new_key(&self, role: &str) -> (String, String) {
        let new = json!({"name": "desk", "role": role});
        let made = self.post("/api/v1/api-keys", &new).await;
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("id"), text("key"))
    }
}

fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name);
    value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

async fn code(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    (status, body["code"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_stands_for_its_key_until_it_expires() {
    let app = started().await;
    let (id, key) = app.new_key("viewer").await;
    let answer = app.sign_in(&key).await;
    assert_eq!(answer.status(), 204);
    let cookie = header(&answer, "set-cookie");
    let (value, flags) = cookie.split_once(';').unwrap();
    assert_eq!(flags, " Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
    let secret = value.strip_prefix("wharf_session=").unwrap();
    assert_eq!(secret.len(), 43);

    let shown: Value = app
        .with(value, "GET", "/console/session")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        shown,
        json!({"key_id": id, "name": "desk", "role": "viewer", "channels": null,
            "shows_texts": false, "expires_at": "2026-09-22T02:13:20.000Z"})
    );
    let list = app.with(value, "GET", "/api/v1/channels").await;
    assert_eq!(list.status(), 200);
    // The role counts, as with the key itself.
    let forbidden = app.with(value, "DELETE", "/api/v1/channels/shop").await;
    assert_eq!(code(forbidden).await, (403, "role_forbidden".to_owned()));
    // Another cookie before it does not hide it, and what looks like it is none.
    let among = format!("a=b; {value}; wharf_session=x");
    assert_eq!(
        app.with(&among, "GET", "/api/v1/channels").await.status(),
        200
    );
    let wrong = format!("wharf_session={}", "x".repeat(43));
    let refused = app.with(&wrong, "GET", "/api/v1/channels").await;
    assert_eq!(code(refused).await, (401, "no_session".to_owned()));
    // The Graph-compatible endpoint is for programs.
    let graph = app.with(value, "GET", "/graph/v26.0/1").await;
    assert_eq!(graph.status(), 401);
    // A key that is sent along is what counts.
    let both = app.call("GET", "/api/v1/api-keys").header("cookie", value);
    assert_eq!(both.send().await.unwrap().status(), 200);

    // Only its hash is kept.
    for entry in std::fs::read_dir(app.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(43).any(|window| window == secret.as_bytes());
            assert!(!found, "{path:?}");
        }
    }
    app.clock.advance(12 * HOUR - 1);
    assert_eq!(
        app.with(value, "GET", "/console/session").await.status(),
        200
    );
    app.clock.advance(1);
    for path in ["/console/session", "/api/v1/channels"] {
        let over = app.with(value, "GET", path).await;
        assert_eq!(code(over).await, (401, "no_session".to_owned()), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_this_session_or_all_and_so_does_revoking_the_key() {
    let app = started().await;
    let (id, key) = app.new_key("operator").await;
    let is_in =
        async |cookie: &str| app.with(cookie, "GET", "/console/session").await.status() == 200;

    let (one, two) = (app.session(&key).await, app.session(&key).await);
    let other = app.session(&app.key).await;
    let out = app.with(&one, "DELETE", "/console/session").await;
    assert_eq!(out.status(), 204);
    assert!(header(&out, "set-cookie").starts_with("wharf_session=; Path=/; Max-Age=0;"));
    assert!(!is_in(&one).await && is_in(&two).await);
    // A second time does nothing.
    assert_eq!(
        app.with(&one, "DELETE", "/console/session").await.status(),
        204
    );

    let three = app.session(&key).await;
    let out = app.with(&two, "DELETE", "/console/sessions").await;
    assert_eq!(out.status(), 204);
    assert!(!is_in(&two).await && !is_in(&three).await && is_in(&other).await);

    // Signing in again in the same browser ends the session that it had.
    let four = app.session(&key).await;
    let again = app
        .http
        .post(app.url("/console/session"))
        .header("cookie", &four);
    let again = again.json(&json!({"key": key})).send().await.unwrap();
    assert_eq!(again.status(), 204);
    assert!(!is_in(&four).await);

    // A rotation leaves sessions alone; a revocation does not.
    let five = app.session(&key).await;
    let rotated = app
        .post(&format!("/api/v1/api-keys/{id}/rotate"), &json!({}))
        .await;
    assert!(is_in(&five).await);
    let six = app.session(rotated["key"].as_str().unwrap()).await;
    let revoke = app.call("DELETE", &format!("/api/v1/api-keys/{id}"));
    assert_eq!(revoke.send().await.unwrap().status(), 204);
    assert!(!is_in(&five).await && !is_in(&six).await && is_in(&other).await);
    assert_eq!(app.sign_in(&key).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_no_longer_than_the_secret_it_was_begun_with() {
    let app = started().await;
    let (id, first) = app.new_key("operator").await;
    let is_in =
        async |cookie: &str| app.with(cookie, "GET", "/console/session").await.status() == 200;
    let rotate = async |seconds: u32| {
        let overlap = json!({"overlap_seconds": seconds});
        let path = format!("/api/v1/api-keys/{id}/rotate");
        let rotated = app.post(&path, &overlap).await;
        rotated["key"].as_str().unwrap().to_owned()
    };
    let before = app.session(&first).await;
    let second = rotate(60).await;
    let (during, after) = (app.session(&first).await, app.session(&second).await);
    app.clock.advance(59_999);
    assert!(is_in(&before).await && is_in(&during).await && is_in(&after).await);
    app.clock.advance(1);
    assert!(!is_in(&before).await && !is_in(&during).await && is_in(&after).await);

    // A second rotation ends what is left of the first, and with it those sessions.
    let third = rotate(600).await;
    let of_second = app.session(&second).await;
    let of_third = app.session(&third).await;
    let fourth = rotate(3600).await;
    assert!(!is_in(&after).await && !is_in(&of_second).await && is_in(&of_third).await);
    let of_fourth = app.session(&fourth).await;
    let fifth = rotate(0).await;
    assert!(!is_in(&of_third).await && !is_in(&of_fourth).await);

    // Two secrets may both be good for longer than any session: each has its own.
    let of_fifth = app.session(&fifth).await;
    let sixth = rotate(604_800).await;
    let of_sixth = app.session(&sixth).await;
    rotate(3600).await;
    assert!(!is_in(&of_fifth).await && is_in(&of_sixth).await);
    app.clock.advance(3_600_000);
    assert!(!is_in(&of_sixth).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_at_the_moment_of_a_rotation_leaves_no_session_of_the_old_secret() {
    let app = TestApp::start().await;
    let (id, mut key) = app.new_key("operator").await;
    let path = format!("/api/v1/api-keys/{id}/rotate");
    for round in 0..10 {
        let at_once = json!({"overlap_seconds": 0});
        let signed_in = async { tokio::join!(app.sign_in(&key), app.sign_in(&key)) };
        let (rotated, signed_in) = tokio::join!(app.post(&path, &at_once), signed_in);
        for answer in [signed_in.0, signed_in.1] {
            if answer.status() == 204 {
                let cookie = header(&answer, "set-cookie");
                let cookie = cookie.split(';').next().unwrap().to_owned();
                let shown = app.with(&cookie, "GET", "/console/session").await;
                assert_eq!(shown.status(), 401, "{round}");
            }
        }
        key = rotated["key"].as_str().unwrap().to_owned();
        app.session(&key).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_ends_the_streams_of_the_secret_that_ends_and_no_others() {
    let app = TestApp::start().await;
    let (id, older) = app.new_key("operator").await;
    let rotate = async || {
        let overlap = json!({"overlap_seconds": 604_800});
        let path = format!("/api/v1/api-keys/{id}/rotate");
        let rotated = app.post(&path, &overlap).await;
        rotated["key"].as_str().unwrap().to_owned()
    };
    let stream = async |key: &str| {
        let cookie = app.session(key).await;
        let mut stream = app.with(&cookie, "GET", "/api/v1/events/stream").await;
        stream.chunk().await.unwrap();
        stream
    };
    let newer = rotate().await;
    let (mut of_older, mut of_newer) = (stream(&older).await, stream(&newer).await);
    rotate().await;
    let sent = app.send_text("after").await;
    let mut text = String::new();
    while let Some(chunk) = of_older.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    // Among several gateways another one may see it some seconds later.
    assert!(app.gateways() > 1 || !text.contains(&sent));
    let mut text = String::new();
    while !text.contains(&sent) {
        let chunk = of_newer.chunk().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_when_its_session_is_signed_out() {
    let app = TestApp::start().await;
    for path in ["/console/session", "/console/sessions"] {
        let cookie = app.session(&app.key).await;
        let mut stream = app.with(&cookie, "GET", "/api/v1/events/stream").await;
        stream.chunk().await.unwrap();
        assert_eq!(app.with(&cookie, "DELETE", path).await.status(), 204);
        let id = app.send_text("after").await;
        let mut text = String::new();
        while let Some(chunk) = stream.chunk().await.unwrap() {
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        // Among several gateways another one may see it some seconds later.
        assert!(app.gateways() > 1 || !text.contains(&id), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_from_many_addresses_keep_nobody_out() {
    let app = started().await;
    let sign_in = async |from: u32, key: &str| {
        let request = app.http.post(app.url("/console/session"));
        let request = request.header("x-forwarded-for", format!("203.0.113.{from}"));
        let answer = request.json(&json!({"key": key})).send().await.unwrap();
        answer.status().as_u16()
    };
    let unknown = format!("wharf_{}", "x".repeat(43));
    let mut last = 0;
    for attempt in 0..101 * u32::try_from(app.gateways()).unwrap() {
        last = sign_in(attempt % 200, &unknown).await;
    }
    assert_eq!(last, 429);
    assert_eq!(sign_in(201, &app.key).await, 204);
    assert_eq!(sign_in(202, &unknown).await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_has_a_hundred_sessions_at_most() {
    let app = started().await;
    let first = app.session(&app.key).await;
    for _ in 0..100 {
        app.clock.advance(1);
        app.session(&app.key).await;
    }
    assert_eq!(
        app.with(&first, "GET", "/console/session").await.status(),
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_are_refused_alike_and_not_for_long() {
    let app = started().await;
    let unknown = format!("wharf_{}", "x".repeat(43));
    let mut bodies = Vec::new();
    for key in ["", "nonsense", unknown.as_str()] {
        let answer = app.sign_in(key).await;
        assert!(!answer.headers().contains_key("set-cookie"));
        let mut body: Value = answer.json().await.unwrap();
        body["request_id"].take();
        bodies.push(body);
    }
    assert_eq!(bodies[0]["code"], "wrong_api_key");
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");

    // Each gateway counts for itself.
    let mut late = None;
    for _ in 0..10 * app.gateways() {
        let answer = app.sign_in(&unknown).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            late = Some(answer);
            break;
        }
    }
    let late = late.unwrap();
    assert_eq!(header(&late, "retry-after"), "60");
    assert_eq!(code(late).await, (429, "too_many_sign_ins".to_owned()));
    for _ in 0..10 * app.gateways() {
        app.sign_in(&unknown).await;
    }
    // The right key too has to wait, so that its answer tells nothing.
    assert_eq!(app.sign_in(&app.key).await.status(), 429);
    let elsewhere = app.http.post(app.url("/console/session"));
    let elsewhere = elsewhere.header("x-forwarded-for", "203.0.113.7, 198.51.100.9");
    let elsewhere = elsewhere
        .json(&json!({"key": app.key}))
        .send()
        .await
        .unwrap();
    assert_eq!(elsewhere.status(), 204);
    app.clock.advance(60_000);
    assert_eq!(app.sign_in(&app.key).await.status(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_changes_nothing_for_another_site() {
    let app = started().await;
    let cookie = app.session(&app.key).await;
    let new = json!({"url": "https://example.com/hook"});
    let call = |headers: &[(&str, &str)]| {
        let mut request = app.http.post(app.url("/api/v1/endpoints"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header("cookie", &cookie).json(&new).send()
    };
    let mark = ("x-wharf-console", "1");
    for headers in [
        &[][..],
        &[("x-wharf-console", "0")],
        &[mark, ("origin", "https://evil.example")],
        &[mark, ("origin", "null")],
        &[mark, ("sec-fetch-site", "cross-site")],
        &[mark, ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "same-origin")],
    ] {
        let refused = call(headers).await.unwrap();
        assert_eq!(code(refused).await, (403, "csrf".to_owned()), "{headers:?}");
    }
    let endpoints = app.get("/api/v1/endpoints").await;
    assert_eq!(endpoints["data"], json!([]));
    let made = call(&[mark, ("sec-fetch-site", "same-origin")])
        .await
        .unwrap();
    assert_eq!(made.status(), 201);

    for path in ["/console/session", "/console/sessions"] {
        let request = app.http.delete(app.url(path)).header("cookie", &cookie);
        let refused = request.send().await.unwrap();
        assert_eq!(code(refused).await, (403, "csrf".to_owned()), "{path}");
    }
    // Nor does another site sign somebody in with a key of its own.
    let request = app.http.post(app.url("/console/session"));
    let request = request.header("origin", "https://evil.example");
    let refused = request.json(&json!({"key": app.key})).send().await.unwrap();
    assert_eq!(code(refused).await, (403, "csrf".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_secure_behind_https() {
    let app = started().await;
    for (name, value) in [
        ("x-forwarded-proto", "https"),
        ("origin", "https://wharf.example"),
    ] {
        let request = app.http.post(app.url("/console/session"));
        let request = request
            .header(name, value)
            .header("x-forwarded-host", "wharf.example");
        let answer = request.json(&json!({"key": app.key})).send().await.unwrap();
        assert_eq!(answer.status(), 204, "{name}");
        assert!(
            header(&answer, "set-cookie").ends_with("; Secure"),
            "{name}"
        );
    }
}
