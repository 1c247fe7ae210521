//! The audit: every route that changes something tells it, and nothing that is secret.

use std::collections::BTreeSet;
use std::time::Duration;

use gateway::clock::Clock;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use simulator::{Calls, Fault, Trouble};
use test_servers::Nats;

use crate::app::{CHANNEL, TestApp, settings, until};

const AUDIT: &str = "/api/v1/audit";

/// Routes that change something and tell no deed, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    // A message is on record itself, with who sent it.
    ("POST", "/api/v1/messages"),
    ("POST", "/api/v1/messages/{id}/read"),
    ("POST", "/graph/{version}/{phone_number_id}/messages"),
    (
        "POST",
        "/graph/{version}/{phone_number_id}/marketing_messages",
    ),
    // A file that is to be sent; it is on record too.
    ("POST", "/api/v1/media"),
    ("POST", "/graph/{version}/{phone_number_id}/media"),
    // They only look.
    ("POST", "/api/v1/templates/refresh"),
    ("POST", "/api/v1/search"),
    // Meta calls them, nobody who has a key.
    ("POST", "/webhooks/whatsapp"),
    ("POST", "/webhooks/whatsapp/{channel}"),
];

/// What no deed may hold.
const CANARIES: [&str; 4] = ["canary", "6505551234", "whsec_", "wharf_"];

/// A gateway whose routes are called one after the other.
struct Walk {
    app: TestApp,
    key_id: String,
    done: BTreeSet<(String, String)>,
}

impl Walk {
    /// A route with `{}` in the place of what `path` fills in.
    async fn does(&mut self, route: (&str, &str), path: &str, body: Value, action: &str) -> Value {
        let request = self.app.call(route.0, path);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        self.calls(route, request, action).await
    }

    async fn calls(&mut self, route: (&str, &str), request: RequestBuilder, action: &str) -> Value {
        let before = self.deeds(action).await.len();
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{route:?}: {status}: {text}");
        let deeds = self.deeds(action).await;
        assert_eq!(deeds.len(), before + 1, "{route:?} tells {action}");
        assert_eq!(deeds[0]["actor"], *self.key_id, "{action}");
        assert_eq!(deeds[0]["actor_name"], "first");
        self.done.insert((route.0.to_owned(), route.1.to_owned()));
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn deeds(&self, action: &str) -> Vec<Value> {
        let path = format!("{AUDIT}?action={action}&limit=500");
        let page = self.app.get(&path).await;
        page["data"].as_array().unwrap().clone()
    }

    /// The newest deed of this action.
    async fn deed(&self, action: &str) -> Value {
        self.deeds(action).await.remove(0)
    }

    async fn channels(&mut self) {
        let token = self.app.data().join("access-token");
        let token = format!("file:{}", token.display());
        let new = json!({"id": "second", "name": "Second", "phone_number_id": "1065",
            "access_token": token});
        let (one, path) = ("/api/v1/channels/{id}", "/api/v1/channels/second");
        let create = ("POST", "/api/v1/channels");
        self.does(create, create.1, new, "channel.created").await;
        let made = self.deed("channel.created").await;
        assert_eq!(made["subject"], "second");
        assert_eq!(made["became"]["access_token"], *token);
        let renamed = json!({"name": "Other"});
        self.does(("PATCH", one), path, renamed, "channel.updated")
            .await;
        let changed = self.deed("channel.updated").await;
        assert_eq!(changed["was"], json!({"name": "Second"}));
        assert_eq!(changed["became"], json!({"name": "Other"}));
        assert_eq!(changed["via"], "api");
        for (what, action) in [("pause", "channel.paused"), ("resume", "channel.resumed")] {
            let route = format!("{one}/{what}");
            self.does(
                ("POST", &route),
                &format!("{path}/{what}"),
                Value::Null,
                action,
            )
            .await;
        }
        let paused = self.deed("channel.paused").await;
        assert_eq!(paused["was"]["paused_at"], Value::Null);
        assert!(paused["became"]["paused_at"].is_string(), "{paused}");
        self.does(("DELETE", one), path, Value::Null, "channel.deleted")
            .await;
    }

    async fn keys(&mut self) {
        let (create, one) = (("POST", "/api/v1/api-keys"), "/api/v1/api-keys/{id}");
        let new = json!({"name": "billing", "role": "sender"});
        let made = self.does(create, create.1, new, "api_key.created").await;
        let path = format!("{}/{}", create.1, made["id"].as_str().unwrap());
        let (rotate, at) = (format!("{one}/rotate"), format!("{path}/rotate"));
        self.does(("POST", &rotate), &at, json!({}), "api_key.rotated")
            .await;
        self.does(("DELETE", one), &path, Value::Null, "api_key.revoked")
            .await;
        let gone = self.deed("api_key.revoked").await;
        assert_eq!(gone["was"]["role"], "sender");
    }

    async fn sessions(&mut self) {
        let app = &self.app;
        let sign_in = app.http.post(app.url("/console/session"));
        let sign_in = sign_in.json(&json!({"key": app.key}));
        let one = ("POST", "/console/session");
        self.calls(one, sign_in, "console.signed_in").await;
        assert_eq!(self.deed("console.signed_in").await["via"], "console");
        let app = &self.app;
        let again = app.http.post(app.url("/console/session"));
        let again = again.json(&json!({"key": app.key})).send().await.unwrap();
        let cookie = again.headers()["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap();
        let at_console = |request: RequestBuilder| {
            request
                .header("cookie", cookie)
                .header("x-wharf-console", "1")
        };
        let patch = app.http.patch(app.url("/api/v1/channels/shop"));
        let patch = at_console(patch).json(&json!({"name": "Shop!"}));
        let route = ("PATCH", "/api/v1/channels/{id}");
        self.calls(route, patch, "channel.updated").await;
        assert_eq!(self.deed("channel.updated").await["via"], "console");
        let app = &self.app;
        let out = at_console(app.http.delete(app.url("/console/session")));
        self.calls(("DELETE", "/console/session"), out, "console.signed_out")
            .await;
        let all = ("DELETE", "/console/sessions");
        self.does(all, all.1, Value::Null, "console.signed_out_everywhere")
            .await;
    }

    async fn endpoints(&mut self) {
        let (create, one) = (("POST", "/api/v1/endpoints"), "/api/v1/endpoints/{id}");
        let new = json!({"url": "http://127.0.0.1:9/hook?token=canary"});
        let made = self.does(create, create.1, new, "endpoint.created").await;
        let id = made["id"].as_str().unwrap();
        let told = self.deed("endpoint.created").await["became"]["url"].clone();
        let told = told.as_str().unwrap();
        assert!(
            told.starts_with("http://127.0.0.1:9/hook?sha256:"),
            "{told}"
        );
        let path = format!("{}/{id}", create.1);
        let off = json!({"disabled": true});
        self.does(("PATCH", one), &path, off, "endpoint.updated")
            .await;
        let (enable, at) = (format!("{one}/enable"), format!("{path}/enable"));
        self.does(("POST", &enable), &at, Value::Null, "endpoint.enabled")
            .await;

        let message = self.app.send_text("canary").await;
        self.app.until_state(&message, "delivered").await;
        let deliveries = format!("/api/v1/deliveries?endpoint={id}");
        until("an event is due", async || {
            self.app.get(&deliveries).await["data"] != json!([])
        })
        .await;
        let delivery = self.app.get(&deliveries).await["data"][0].clone();
        let retry = format!(
            "/api/v1/deliveries/{}/retry",
            delivery["id"].as_str().unwrap()
        );
        let route = ("POST", "/api/v1/deliveries/{id}/retry");
        self.does(route, &retry, Value::Null, "delivery.retried")
            .await;
        let event = delivery["event_id"].as_str().unwrap();
        let replay = format!("/api/v1/events/{event}/replay");
        let route = ("POST", "/api/v1/events/{id}/replay");
        self.does(route, &replay, json!({"endpoint": id}), "event.replayed")
            .await;
        for (tool, body, action) in [
            ("test", Value::Null, "endpoint.tested"),
            ("rotate-secret", json!({}), "endpoint.secret_rotated"),
            (
                "recover",
                json!({"since": "2026-11-21T00:00:00Z"}),
                "endpoint.recovered",
            ),
        ] {
            let (route, at) = (format!("{one}/{tool}"), format!("{path}/{tool}"));
            self.does(("POST", &route), &at, body, action).await;
        }
        self.does(("DELETE", one), &path, Value::Null, "endpoint.deleted")
            .await;
    }

    async fn templates(&mut self) {
        let (create, one) = (("POST", "/api/v1/templates"), "/api/v1/templates/{id}");
        let new = json!({"channel": CHANNEL, "name": "parcel", "language": "en_US",
            "category": "UTILITY", "components": [{"type": "BODY", "text": "canary"}]});
        let made = self.does(create, create.1, new, "template.created").await;
        let path = format!("{}/{}", create.1, made["id"].as_str().unwrap());
        until("it is approved", async || {
            self.app.get(&path).await["status"] == "APPROVED"
        })
        .await;
        let edit = json!({"components": [{"type": "BODY", "text": "A canary."}]});
        self.does(("PATCH", one), &path, edit, "template.edited")
            .await;
        let edited = self.deed("template.edited").await;
        assert_eq!(edited["became"]["edited"], json!(["components"]));
        self.does(("DELETE", one), &path, Value::Null, "template.deleted")
            .await;
    }

    async fn suppressions(&mut self) {
        let create = ("POST", "/api/v1/suppressions");
        let new = json!({"to": "+16505551234", "scope": "marketing", "note": "canary asked"});
        let made = self
            .does(create, create.1, new, "suppression.created")
            .await;
        let path = format!("{}/{}", create.1, made["id"].as_str().unwrap());
        let lift = ("DELETE", "/api/v1/suppressions/{id}");
        self.does(lift, &path, Value::Null, "suppression.lifted")
            .await;
    }

    /// As many messages as there are, failed.
    async fn failed(&self, count: u32) -> Vec<String> {
        let fault = Fault::new(Trouble::graph(131_026)).times(count);
        self.app.simulator.fault(fault);
        let mut ids = Vec::new();
        for _ in 0..count {
            let id = self.app.send_text("canary").await;
            self.app.until_state(&id, "failed").await;
            ids.push(id);
        }
        ids
    }

    async fn messages(&mut self) {
        let tomorrow = self.app.clock.now() + 24 * 3_600_000;
        let tomorrow = jiff::Timestamp::from_millisecond(tomorrow).unwrap();
        let later = json!({"channel": CHANNEL, "to": "+16505551234", "type": "text",
            "text": {"body": "canary"}, "send_at": tomorrow.to_string()});
        let one = "/api/v1/messages/{id}";
        let message = self.app.post("/api/v1/messages", &later).await;
        let path = format!("/api/v1/messages/{}", message["id"].as_str().unwrap());
        let (cancel, at) = (format!("{one}/cancel"), format!("{path}/cancel"));
        self.does(("POST", &cancel), &at, Value::Null, "message.canceled")
            .await;
        let canceled = self.deed("message.canceled").await;
        assert_eq!(canceled["was"], json!({"state": "scheduled"}));
        let failed = self.failed(1).await.remove(0);
        let (resend, at) = (
            format!("{one}/resend"),
            format!("/api/v1/messages/{failed}/resend"),
        );
        self.does(("POST", &resend), &at, Value::Null, "message.resent")
            .await;
        self.app.until_state(&failed, "delivered").await;
    }

    async fn contacts(&mut self) {
        let contacts = self.app.get("/api/v1/contacts").await;
        let contact = contacts["data"][0]["id"].as_str().unwrap();
        let path = format!("/api/v1/contacts/{contact}");
        let route = ("DELETE", "/api/v1/contacts/{id}");
        self.does(route, &path, Value::Null, "contact.erased").await;
    }

    async fn dead_letters(&mut self) {
        self.failed(9).await;
        let letters = self.app.get("/api/v1/dead-letters?kind=send").await;
        let id = |n: usize| letters["data"][n]["id"].as_str().unwrap().to_owned();
        let one = "/api/v1/dead-letters/{id}";
        let at = |n: usize, what: &str| format!("/api/v1/dead-letters/{}/{what}", id(n));
        let (retry, discard) = (format!("{one}/retry"), format!("{one}/discard"));
        let (retry, discard) = (("POST", &*retry), ("POST", &*discard));
        self.does(retry, &at(0, "retry"), json!({}), "dead_letter.retried")
            .await;
        let edited = json!({"message": {"to": "+16505551234", "type": "text",
            "text": {"body": "another canary"}}});
        self.does(retry, &at(1, "retry"), edited, "dead_letter.edited")
            .await;
        let reason = json!({"reason": "done by hand"});
        self.does(discard, &at(2, "discard"), reason, "dead_letter.discarded")
            .await;
        let bulk = "/api/v1/dead-letters/bulk";
        let job = json!({"action": "discard", "filter": {}, "reason": "old", "per_second": 1});
        let job = self
            .does(("POST", bulk), bulk, job, "dead_letter_job.started")
            .await;
        let at = format!("{bulk}/{}/cancel", job["id"].as_str().unwrap());
        let cancel = format!("{bulk}/{{id}}/cancel");
        self.does(
            ("POST", &cancel),
            &at,
            Value::Null,
            "dead_letter_job.canceled",
        )
        .await;
        let preview = json!({"action": "retry", "filter": {}, "dry_run": true});
        self.app.post(bulk, &preview).await;
        assert_eq!(self.deeds("dead_letter_job.started").await.len(), 1);
    }

    async fn files(&mut self) {
        let media = self.app.upload("image/png", crate::media::png(1000)).await;
        let path = format!("/api/v1/media/{}", media["id"].as_str().unwrap());
        let route = ("DELETE", "/api/v1/media/{id}");
        self.does(route, &path, Value::Null, "media.deleted").await;

        let channel = self.app.get(&format!("/api/v1/channels/{CHANNEL}")).await;
        let number = channel["phone_number_id"].as_str().unwrap();
        let part = Part::bytes(crate::media::png(1000)).file_name("a.png");
        let part = part.mime_str("image/png").unwrap();
        let form = Form::new().text("messaging_product", "whatsapp");
        let form = form.text("type", "image/png").part("file", part);
        let upload = self
            .app
            .call("POST", &format!("/graph/v26.0/{number}/media"));
        let answer = upload.multipart(form).send().await.unwrap();
        let media: Value = answer.json().await.unwrap();
        let path = format!("/graph/v26.0/{}", media["id"].as_str().unwrap());
        let route = ("DELETE", "/graph/{version}/{media_id}");
        self.does(route, &path, Value::Null, "carrier_media.deleted")
            .await;
    }
}

/// Every operation of the document that may change something.
fn changes(document: &Value) -> BTreeSet<(String, String)> {
    let mut changes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                changes.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    changes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_and_no_secret_with_it() {
    let nats = Nats::start().unwrap();
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.nats.url = nats.url().into();
    })
    .await;
    let keys = app.get("/api/v1/api-keys").await;
    let mut walk = Walk {
        key_id: keys["data"][0]["id"].as_str().unwrap().to_owned(),
        app,
        done: BTreeSet::new(),
    };
    walk.channels().await;
    walk.keys().await;
    walk.sessions().await;
    walk.templates().await;
    walk.suppressions().await;
    walk.messages().await;
    walk.dead_letters().await;
    walk.files().await;
    walk.endpoints().await;
    walk.contacts().await;
    let purge = ("POST", "/api/v1/nats/streams/{stream}/purge");
    let path = "/api/v1/nats/streams/WA_EVENTS/purge";
    walk.does(purge, path, Value::Null, "nats_stream.purged")
        .await;

    let document = walk.app.get("/openapi.json").await;
    let mut told = walk.done.clone();
    told.extend(
        EXCEPTIONS
            .iter()
            .map(|(method, path)| ((*method).to_owned(), (*path).to_owned())),
    );
    // In a test of its own, which moves the clock.
    told.insert(("POST".to_owned(), "/api/v1/media/{id}/retry".to_owned()));
    let silent: Vec<_> = changes(&document).difference(&told).cloned().collect();
    assert_eq!(silent, [], "no deed and no exception");

    for format in ["ndjson", "csv"] {
        let path = format!("{AUDIT}?format={format}");
        let all = walk.app.call("GET", &path).send().await.unwrap();
        let all = all.text().await.unwrap();
        assert!(all.lines().count() > walk.done.len(), "{all}");
        let secret = std::fs::read_to_string(walk.app.data().join("access-token")).unwrap();
        for canary in CANARIES.into_iter().chain([secret.as_str()]) {
            assert!(!all.contains(canary), "{canary}: {all}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_fetched_again_is_told() {
    let clock = Clock::fixed(1_790_000_000_000);
    let app = TestApp::start_with(clock.clone(), settings(), |_| {}).await;
    let image = json!({"id": "90002", "mime_type": "image/png"});
    let user = app.simulator.user("+16505551234");
    user.sends("image", image).await.unwrap();
    until("the file is given up", async || {
        clock.advance(500);
        app.get("/api/v1/media?state=failed").await["data"] != json!([])
    })
    .await;
    let media = app.get("/api/v1/media?state=failed").await["data"][0]["id"].clone();
    let id = media.as_str().unwrap();
    app.post(&format!("/api/v1/media/{id}/retry"), &json!({}))
        .await;
    let told = app.get(&format!("{AUDIT}?subject={id}")).await;
    assert_eq!(told["data"][0]["action"], "media.retried", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn deeds_are_found_paged_and_handed_out() {
    let clock = Clock::fixed(1_790_000_000_000);
    let app = TestApp::start_with(clock.clone(), settings(), |_| {}).await;
    for number in 0..520 {
        clock.advance(1000);
        let name = json!({"name": format!("=Shop {number}, \"the\" shop")});
        let patch = app.call("PATCH", &format!("/api/v1/channels/{CHANNEL}"));
        assert_eq!(patch.json(&name).send().await.unwrap().status(), 200);
    }
    let updated = format!("{AUDIT}?action=channel.updated&subject={CHANNEL}");
    let page = app.get(&format!("{updated}&limit=2")).await;
    let newest = &page["data"][0];
    assert_eq!(newest["became"]["name"], "=Shop 519, \"the\" shop");
    assert_eq!(newest["at"], "2026-09-21T14:22:00.000Z");
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = app.get(&format!("{updated}&limit=2&cursor={cursor}")).await;
    assert_eq!(next["data"][0]["became"]["name"], "=Shop 517, \"the\" shop");

    let within = "since=2026-09-21T14:13:21Z&until=2026-09-21T14:13:23Z";
    let some = app.get(&format!("{updated}&{within}")).await;
    assert_eq!(some["data"].as_array().unwrap().len(), 2, "{some}");
    let none = app.get(&format!("{AUDIT}?actor=key_nobody")).await;
    assert_eq!(none["data"], json!([]));
    for wrong in ["since=yesterday", "actor_name=x", "format=xml", "limit=0"] {
        let refused = app
            .call("GET", &format!("{AUDIT}?{wrong}"))
            .send()
            .await
            .unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }

    // All of it, over several pages of the store.
    let lines = app
        .call("GET", &format!("{updated}&format=ndjson"))
        .send()
        .await
        .unwrap();
    assert_eq!(lines.headers()["content-type"], "application/x-ndjson");
    let lines = lines.text().await.unwrap();
    let ids: BTreeSet<_> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string())
        .collect();
    assert_eq!((ids.len(), lines.lines().count()), (520, 520));
    let table = app.call("GET", &updated).header("accept", "text/csv");
    let table = table.send().await.unwrap();
    assert_eq!(table.headers()["content-type"], "text/csv; charset=utf-8");
    let disposition = &table.headers()["content-disposition"];
    assert_eq!(disposition, "attachment; filename=\"audit.csv\"");
    let table = table.text().await.unwrap();
    assert!(table.starts_with("id,at,actor,actor_name,via,action,subject,was,became\r\n"));
    assert_eq!(table.lines().count(), 521);
    let new = json!({"name": "desk", "role": "operator"});
    let key = app.post("/api/v1/api-keys", &new).await;
    let key = key["key"].as_str().unwrap().to_owned();
    let refused = app.http.get(app.url(AUDIT)).bearer_auth(key);
    assert_eq!(refused.send().await.unwrap().status(), 403);
}

/// Meta has taken the change by then: the store and the audit hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_on_when_its_caller_hangs_up() {
    let app = TestApp::start().await;
    let late = Trouble::latency(Duration::from_millis(1500));
    // The gateway asks about its number at the same time.
    app.simulator
        .fault(Fault::new(late).calls(Calls::Manage).times(20));
    let new = json!({"channel": CHANNEL, "name": "parcel", "language": "en_US",
        "category": "UTILITY", "components": [{"type": "BODY", "text": "It is here."}]});
    let call = app.call("POST", "/api/v1/templates").json(&new);
    let hung_up = call.timeout(Duration::from_millis(300)).send().await;
    assert!(hung_up.unwrap_err().is_timeout());
    let told = format!("{AUDIT}?action=template.created");
    until("it is noted", async || {
        app.get(&told).await["data"] != json!([])
    })
    .await;
    let template = &app.get(&told).await["data"][0]["subject"];
    let path = format!("/api/v1/templates/{}", template.as_str().unwrap());
    assert_eq!(app.get(&path).await["name"], "parcel");
}
