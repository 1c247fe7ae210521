//! The gateway of the run: with the most that it logs, and all that goes in and out kept.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::StreamExt;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use test_servers::{Nats, Proxy};

use super::look::Traces;
use super::wrong::wrong_bodies;
use crate::binary::{LIMIT, run, run_with};
use crate::console::desk::{Desk, ENTER, USER};
use crate::pair::Pair;
use crate::round_trip::answer;

/// A number that nobody can be reached at.
pub(super) const OTHER: &str = "15550177032";
/// The channel's own number.
pub(super) const BUSINESS: &str = "15550783881";
pub(super) const NAME: &str = "Canary Nightingale";
pub(super) const TEXT: &str = "canary text";
/// The channel's token, as `Pair` plants it.
pub(super) const SECRET: &str = "canary-access-token";

const GRAPH: &str = "/graph/v26.0/106540352242922";
const WEBHOOKS: &str = "/webhooks/whatsapp";

pub(super) struct House {
    pair: Pair,
    /// Where the gateway itself listens, behind `front`.
    own: SocketAddr,
    front: Proxy,
    back: Proxy,
    nats: Nats,
    http: Client,
    key: String,
    secrets: Vec<String>,
    log: String,
    metrics: String,
    /// What the bus told of refused commands.
    refusals: Vec<String>,
}

fn to(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().unwrap()
}

fn text_to(number: &str) -> Value {
    json!({"channel": "main", "to": format!("+{number}"), "type": "text", "text": {"body": TEXT}})
}

impl House {
    pub(super) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let nats = Nats::start().unwrap();
        let more = format!(
            "\n[deliver]\nallow_networks = [\"127.0.0.0/8\"]\n\n[send]\npair_pace = false\n\n[nats]\nurl = \"{}\"\n\n\
             [log]\nlevel = \"trace\"\n",
            nats.url()
        );
        let mut back = None;
        let mut pair = Pair::start_behind(&more, |simulator| {
            let back = back.insert(Proxy::recording(simulator).unwrap());
            format!("http://{}", back.address())
        });
        let own = to(&pair.url);
        let front = Proxy::recording(own).unwrap();
        pair.url = format!("http://{}", front.address());
        pair.subscribe();
        let key = pair.key();
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own client, to loopback"
        )]
        let http = Client::new();
        let house = Self {
            pair,
            own,
            front,
            back: back.unwrap(),
            nats,
            http,
            key,
            secrets: Vec::new(),
            log: String::new(),
            metrics: String::new(),
            refusals: Vec::new(),
        };
        let person = json!({"name": NAME, "username": "canary.nightingale"});
        house
            .simulate("PATCH", &format!("users/{USER}"), &person)
            .await;
        let nobody = json!({"undeliverable": true});
        house
            .simulate("PATCH", &format!("users/{OTHER}"), &nobody)
            .await;
        house
    }

    async fn simulate(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/sim/v1/{path}", self.pair.simulator_url);
        let request = self.http.request(method.parse().unwrap(), url);
        let answer = request.json(body).send().await.unwrap();
        let status = answer.status();
        let told = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {told}");
        serde_json::from_str(&told).unwrap_or_default()
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.pair.url);
        self.http.request(method.parse::<Method>().unwrap(), url)
    }

    /// A call of the API with a good key.
    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let mut request = self.request(method, path).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let told = answer.text().await.unwrap();
        (status, serde_json::from_str(&told).unwrap_or_default())
    }

    async fn good(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    async fn until(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + LIMIT;
        loop {
            let answer = self.good("GET", path, None).await;
            if holds(&answer) {
                return answer;
            }
            assert!(Instant::now() < end, "{path}: {answer}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The planted person sends a text and a file.
    pub(super) async fn a_person_writes(&self) {
        let text = json!({"text": TEXT});
        self.simulate("POST", &format!("users/{USER}/messages"), &text)
            .await;
        let file = format!("users/{USER}/files?kind=document&filename=canary.pdf&caption=canary");
        let url = format!("{}/sim/v1/{file}", self.pair.simulator_url);
        let request = self.http.post(url).body("%PDF-1.7 canary");
        let request = request.header("content-type", "application/octet-stream");
        let sent = request.send().await.unwrap();
        assert!(sent.status().is_success(), "{:?}", sent.text().await);
        self.until("/api/v1/media?direction=inbound&state=stored", |list| {
            !list["data"].as_array().unwrap().is_empty()
        })
        .await;
    }

    /// Every event that the simulator knows, by the planted person.
    pub(super) async fn everything_comes_in(&self) {
        let events = self.simulate("GET", "trigger", &json!({})).await;
        let mut happened = BTreeSet::new();
        for event in events["data"].as_array().unwrap() {
            let name = event["event"].as_str().unwrap();
            let url = format!("{}/sim/v1/trigger/{name}", self.pair.simulator_url);
            let parameters = json!({"user": USER, "text": TEXT});
            let request = self.http.post(url).json(&parameters);
            if request.send().await.unwrap().status().is_success() {
                happened.insert(name.to_owned());
            }
        }
        assert!(happened.len() > 50, "only {happened:?}");
    }

    /// What is sent, by each way in, and what comes of it.
    pub(super) async fn messages_go_out(&self) {
        let mut sent = Vec::new();
        for body in [
            text_to(USER),
            text_to(OTHER),
            json!({"channel": "main", "to": format!("+{USER}"), "type": "image",
                "image": {"data": "iVBORw0KGgo=", "filename": "canary.png", "caption": TEXT}}),
            json!({"channel": "main", "to": format!("+{USER}"), "type": "document",
                "document": {"link": "http://127.0.0.1:9/canary.pdf?token=canary-of-a-link"}}),
            json!({"channel": "main", "to": format!("+{USER}"), "type": "template",
                "template": {"name": "no_such_template", "language": {"code": "en_US"},
                    "components": [{"type": "body", "parameters": [{"type": "text", "text": TEXT}]}]}}),
        ] {
            sent.push(self.call("POST", "/api/v1/messages", Some(&body)).await);
        }
        let accepted = |(status, _): &&(StatusCode, Value)| status.is_success();
        assert!(sent.iter().filter(accepted).count() >= 2, "{sent:?}");
        for (body, key) in [(text_to(USER), 1), (text_to(OTHER), 1)] {
            let request = self.request("POST", "/api/v1/messages").json(&body);
            let request = request.bearer_auth(&self.key);
            let request = request.header("idempotency-key", format!("order-{key}"));
            assert!(request.send().await.is_ok());
        }
        let graph = |to: &str| json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": TEXT}});
        for number in [USER, OTHER, "canary"] {
            let path = format!("{GRAPH}/messages");
            self.call("POST", &path, Some(&graph(number))).await;
        }
        let part = reqwest::multipart::Part::bytes(b"canary".to_vec()).file_name("canary.txt");
        let form = reqwest::multipart::Form::new().part("file", part);
        let upload = self.request("POST", "/api/v1/media").bearer_auth(&self.key);
        let uploaded = upload.multipart(form).send().await.unwrap();
        assert!(uploaded.status().is_success());
        self.until("/api/v1/dead-letters", |list| {
            !list["data"].as_array().unwrap().is_empty()
        })
        .await;
        for list in [
            "messages",
            "contacts",
            "conversations",
            "events",
            "media",
            "dead-letters",
        ] {
            let found = self
                .good("GET", &format!("/api/v1/{list}?limit=3"), None)
                .await;
            let cursor = found["next_cursor"].as_str().unwrap_or_default();
            if !cursor.is_empty() {
                let path = format!("/api/v1/{list}?limit=3&cursor={cursor}");
                self.good("GET", &path, None).await;
            }
        }
        let whose = json!({"q": format!("+{USER}")});
        let found = self.good("POST", "/api/v1/search", Some(&whose)).await;
        assert!(!found["data"].as_array().unwrap().is_empty(), "{found}");
        let stop = json!({"to": format!("+{OTHER}"), "scope": "all", "note": TEXT});
        self.good("POST", "/api/v1/suppressions", Some(&stop)).await;
        self.call("POST", "/api/v1/messages", Some(&text_to(OTHER)))
            .await;
    }

    /// Endpoints that refuse what they are sent, and one that is not there.
    pub(super) async fn subscribers_fail(&mut self) {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        for url in [
            format!("http://{address}/hook?token=canary-of-an-endpoint"),
            "http://127.0.0.1:9/hook?token=canary-of-an-endpoint".to_owned(),
        ] {
            let endpoint = json!({"url": url, "event_types": ["message"]});
            let made = self
                .good("POST", "/api/v1/endpoints", Some(&endpoint))
                .await;
            self.secrets
                .push(made["secret"].as_str().unwrap().to_owned());
        }
        let write = json!({"text": TEXT});
        self.simulate("POST", &format!("users/{USER}/messages"), &write)
            .await;
        let refusing = tokio::task::spawn_blocking(move || {
            answer(&server, &format!("500 {TEXT}"));
        });
        refusing.await.unwrap();
        self.until("/api/v1/deliveries?state=pending", |list| {
            let tried = |one: &&Value| one["attempt_count"].as_u64() > Some(0);
            list["data"]
                .as_array()
                .unwrap()
                .iter()
                .filter(tried)
                .count()
                >= 2
        })
        .await;
    }

    /// Callers without a good key, or without a good signature.
    pub(super) async fn strangers_call(&mut self) {
        let asked = json!({"name": "shop", "role": "sender", "channels": ["nowhere"]});
        let made = self.good("POST", "/api/v1/api-keys", Some(&asked)).await;
        self.secrets.push(made["key"].as_str().unwrap().to_owned());
        let small = made["key"].as_str().unwrap().to_owned();
        for (key, path) in [
            ("canary", "/api/v1/messages"),
            (
                "wharf_canarycanarycanarycanarycanarycanarycanary",
                "/api/v1/messages",
            ),
            (&small, "/api/v1/messages"),
            (&small, "/api/v1/api-keys"),
            ("canary", "/graph/v26.0/106540352242922/messages"),
        ] {
            let request = self.request("POST", path).bearer_auth(key);
            refused(&request.json(&text_to(USER)).send().await.unwrap());
        }
        let cookie = self.request("GET", "/api/v1/messages");
        refused(
            &cookie
                .header("cookie", "wharf_session=canary")
                .send()
                .await
                .unwrap(),
        );
        let session = self.request("POST", "/console/session");
        refused(
            &session
                .json(&json!({"key": "canary"}))
                .send()
                .await
                .unwrap(),
        );
        let notification = text_to(USER).to_string();
        for signature in ["", "sha256=canary", &format!("sha256={}", "0".repeat(64))] {
            let request = self.request("POST", WEBHOOKS).body(notification.clone());
            let request = request.header("x-hub-signature-256", signature);
            refused(&request.send().await.unwrap());
        }
        let challenge = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=canary";
        let challenge = self.request("GET", &format!("{WEBHOOKS}?{challenge}"));
        refused(&challenge.send().await.unwrap());
        self.commands_over_nats().await;
    }

    /// One that is done and three that are refused, which says so on the bus.
    async fn commands_over_nats(&mut self) {
        let client = async_nats::connect(self.nats.url()).await.unwrap();
        let mut told = client.subscribe("wa.events.main.*").await.unwrap();
        let command = |id: &str, to: &str, kind: &str| json!({"request_id": id, "type": kind, "to": to, "text": TEXT});
        for body in [
            command("done", USER, "text").to_string(),
            command("of no kind", USER, "canary").to_string(),
            command("to nobody", "canary", "text").to_string(),
            format!("{{\"to\": \"+{USER}\", {TEXT}"),
        ] {
            client.publish("wa.send.main", body.into()).await.unwrap();
        }
        client.flush().await.unwrap();
        let refusals = async {
            while self.refusals.len() < 6 {
                let payload = told.next().await.unwrap().payload;
                let event: Value = serde_json::from_slice(&payload).unwrap();
                // Of a refused command alone: its result, and its dead letter.
                if event["data"]["reason"] == "invalid_command" {
                    self.refusals
                        .push(String::from_utf8(payload.to_vec()).unwrap());
                }
            }
        };
        tokio::time::timeout(LIMIT, refusals).await.unwrap();
    }

    /// Each route with a body, and every value of its example replaced by what it does not expect.
    pub(super) async fn bodies_are_wrong(&self) {
        let openapi = self.good("GET", "/openapi.json", None).await;
        let mut refusals = 0;
        for (method, path, body) in wrong_bodies(&openapi) {
            let request = self.request(&method, &path).bearer_auth(&self.key);
            let request = request.header("content-type", "application/json");
            let answer = request.body(body).send().await.unwrap();
            assert!(
                answer.status() != StatusCode::INTERNAL_SERVER_ERROR,
                "{method} {path}"
            );
            refusals += u32::from(!answer.status().is_success());
        }
        assert!(refusals > 150, "{refusals}");
    }

    /// The command line, also where it is refused.
    pub(super) fn commands_are_run(&self) {
        let to = format!("+{USER}");
        let send = ["send", "--channel", "main", "--to", &to, "--text"];
        self.pair.succeed(&[&send[..], &[TEXT]].concat());
        let long = TEXT.repeat(500);
        let nobody = [
            "send",
            "--channel",
            "main",
            "--to",
            "canary",
            "--text",
            TEXT,
        ];
        for arguments in [&[&send[..], &[&long]].concat()[..], &nobody] {
            let ended = run(&mut self.pair.command(arguments));
            assert_ne!(ended.code, Some(0), "{ended:?}");
            assert!(!ended.err.contains(USER), "{ended:?}");
        }
        // The carrier's id has the number in it.
        let list = ["messages", "list", "--state", "sent,delivered,read"];
        let list = self.pair.json(&list);
        let mut messages = list["data"].as_array().unwrap().iter();
        let wamid = messages.find_map(|message| message["wamid"].as_str());
        for look in ["get", "timeline"] {
            self.pair.succeed(&["messages", look, wamid.unwrap()]);
        }
        let mut search = self.pair.command(&["search"]);
        assert_eq!(run_with(&mut search, &format!("{to}\n")).code, Some(0));
        for list in [
            "messages",
            "contacts",
            "conversations",
            "events",
            "dead-letters",
            "keys",
        ] {
            self.pair.succeed(&[list, "list"]);
        }
        for list in ["audit", "endpoints", "deliveries", "channels", "templates"] {
            self.pair.succeed(&[list, "list"]);
        }
        self.pair.succeed(&["logs"]);
    }

    /// The screens that show a person, and an answer to it.
    pub(super) fn somebody_is_at_the_console(&self) {
        let desk = Desk::at(&self.pair.url, &self.pair.simulator_url, &self.key);
        desk.user_writes(TEXT);
        // An answer to a message that the console has to look for.
        let mut answer = text_to(USER);
        let whom = BASE64_STANDARD.encode(format!("abc{USER}"));
        answer["context"] = json!({"message_id": format!("wamid.{whom}")});
        desk.api("POST", "/api/v1/messages", Some(&answer));
        desk.open("inbox");
        desk.says(NAME);
        desk.click(".talk[data-at='0']");
        desk.says(TEXT);
        desk.says("It is not kept here.");
        desk.type_into(".composer textarea", &format!("{TEXT} of ours"));
        desk.press(ENTER);
        desk.says(&format!("{TEXT} of ours"));
        let mut seen = vec![desk.address()];
        let clear = "const input = document.getElementById('search'); input.focus(); input.select(); return true";
        desk.until(clear);
        desk.press(&format!("+{USER}{ENTER}"));
        desk.says(NAME);
        seen.push(desk.address());
        for place in [
            "messages",
            "tail",
            "dead-letters",
            "endpoints",
            "audit",
            "overview",
            "keys",
        ] {
            desk.open(place);
            seen.push(desk.address());
        }
        let bad = |address: &&String| {
            let address = address.to_lowercase();
            address.contains(USER) || address.contains("canary") || address.contains("nightingale")
        };
        assert_eq!(seen.iter().find(bad), None);
        desk.is_clean_but(&["404", "401"]);
    }

    /// Meta refuses the token, the channel pauses itself, and goes on.
    pub(super) async fn the_token_dies_and_lives(&self) {
        let fault = json!({"trouble": {"graph": {"code": 190}}});
        self.simulate("POST", "faults", &fault).await;
        self.good("POST", "/api/v1/messages", Some(&text_to(USER)))
            .await;
        self.until("/api/v1/channels/main", |channel| {
            channel["state"] == "paused"
        })
        .await;
        self.simulate("DELETE", "faults", &json!({})).await;
        self.good("POST", "/api/v1/channels/main/resume", None)
            .await;
        self.until("/api/v1/messages?limit=1&direction=outbound", |list| {
            list["data"][0]["wamid"].is_string()
        })
        .await;
    }

    /// It is killed and started again.
    pub(super) async fn the_gateway_crashes(&mut self) {
        self.simulate(
            "POST",
            &format!("users/{USER}/messages"),
            &json!({"text": TEXT}),
        )
        .await;
        self.keep_metrics().await;
        self.pair.gateway.kill();
        self.keep_log();
        let address = self.own.to_string();
        self.pair.start_again(&address);
        self.good("POST", "/api/v1/messages", Some(&text_to(USER)))
            .await;
    }

    /// Everything of the planted person ends.
    pub(super) async fn a_person_is_erased(&self) {
        let whose = json!({"q": format!("+{USER}")});
        let found = self.good("POST", "/api/v1/search", Some(&whose)).await;
        let mut hits = found["data"].as_array().unwrap().iter();
        let person = hits.find(|hit| hit["kind"] == "contact").unwrap();
        let path = format!("/api/v1/contacts/{}", person["id"].as_str().unwrap());
        self.call("GET", &format!("{path}/export"), None).await;
        let job = self.good("DELETE", &path, None).await;
        let job = format!("/api/v1/erasures/{}", job["id"].as_str().unwrap());
        self.until(&job, |job| job["state"] == "done").await;
    }

    /// They begin anew with each start.
    async fn keep_metrics(&mut self) {
        let asked = self.request("GET", "/metrics").bearer_auth(&self.key);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        self.metrics.push_str(&answer.text().await.unwrap());
    }

    fn keep_log(&mut self) {
        let told = [self.pair.gateway.out.rest(), self.pair.gateway.err.rest()];
        self.log.push_str(&told.concat().join("\n"));
        self.log.push('\n');
    }

    pub(super) async fn end(mut self) -> Traces {
        self.keep_metrics().await;
        assert!(self.pair.gateway.terminate().0.success());
        self.keep_log();
        self.secrets.push(self.key.clone());
        Traces {
            keys: self.secrets,
            log: self.log,
            metrics: self.metrics,
            refusals: self.refusals,
            records: [self.front.recorded(), self.back.recorded()].concat(),
        }
    }
}

fn refused(answer: &Response) {
    let status = answer.status();
    assert!(status.is_client_error(), "{status}");
}
