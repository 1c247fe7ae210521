//! Each operation's example of the OpenAPI document is executed; long because each has its line.

mod strict;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use simulator::{Category, Fault, Template, Trouble};
use test_servers::Nats;

use self::strict::Strict;
use crate::app::{TestApp, settings, until};
use crate::deliver::Receiver;
use gateway::clock::Clock;

/// The channel of the examples.
const SUPPORT: &str = "support";
const PDF: &[u8] = b"%PDF-1.7 a small file";

/// Runs examples and notes which operations were called.
struct Run {
    app: TestApp,
    document: Value,
    strict: Strict,
    seen: BTreeSet<String>,
    /// What was not as documented.
    faults: Vec<String>,
    /// What stands in the place of an example's value: its real one.
    real: BTreeMap<String, String>,
}

/// An operation of the document.
struct Operation {
    method: String,
    path: String,
    described: Value,
}

impl Run {
    fn operation(&self, id: &str) -> Operation {
        for (path, item) in self.document["paths"].as_object().unwrap() {
            for (method, described) in item.as_object().unwrap() {
                if described["operationId"] == id {
                    return Operation {
                        method: method.to_uppercase(),
                        path: path.clone(),
                        described: described.clone(),
                    };
                }
            }
        }
        panic!("there is no operation {id}")
    }

    /// The request of an operation without a body; `given` are its parameters.
    fn request(&self, operation: &Operation, given: &[(&str, &str)]) -> RequestBuilder {
        let mut path = operation.path.clone();
        let mut query = Vec::new();
        for (name, value) in given {
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, value);
            } else {
                query.push((*name, *value));
            }
        }
        assert!(!path.contains('{'), "{path}");
        self.app.call(&operation.method, &path).query(&query)
    }

    /// The example of a body, with real ids in it.
    fn body(&self, operation: &Operation, name: Option<&str>) -> Option<Value> {
        let content = &operation.described["requestBody"]["content"]["application/json"];
        let example = match name {
            Some(name) => &content["examples"][name]["value"],
            None => match content["examples"].as_object() {
                Some(examples) => &examples.values().next().unwrap()["value"],
                None => &content["example"],
            },
        };
        if content.is_null() {
            return None;
        }
        assert!(!example.is_null(), "{} has no example", operation.path);
        let at = &operation.path;
        let fault = self.strict.check(&content["schema"], example, at, false);
        assert!(fault.is_ok(), "{fault:?}");
        Some(self.with_real(example))
    }

    fn with_real(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match self.real.get(text) {
                Some(real) => json!(real),
                None => value.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.with_real(item)).collect(),
            Value::Object(fields) => {
                let fields = fields.iter();
                let fields = fields.map(|(name, value)| (name.clone(), self.with_real(value)));
                Value::Object(fields.collect())
            }
            _ => value.clone(),
        }
    }

    /// Sends the operation's example, which must be answered with this status as documented.
    async fn run(&mut self, id: &str, given: &[(&str, &str)], status: u16) -> Value {
        self.run_named(id, None, given, status).await
    }

    async fn run_named(
        &mut self,
        id: &str,
        name: Option<&str>,
        given: &[(&str, &str)],
        status: u16,
    ) -> Value {
        let operation = self.operation(id);
        let mut request = self.request(&operation, given);
        if let Some(body) = self.body(&operation, name) {
            request = request.json(&body);
        }
        self.send(id, request, status).await
    }

    /// Sends a request of an operation, and holds the answer against the document.
    async fn send(&mut self, id: &str, request: RequestBuilder, status: u16) -> Value {
        let response = request.send().await.unwrap();
        self.check(id, response, status).await
    }

    async fn check(&mut self, id: &str, response: Response, status: u16) -> Value {
        let operation = self.operation(id);
        let told = response.status().as_u16();
        let documented = &operation.described["responses"][told.to_string()];
        if !documented.is_object() {
            self.faults.push(format!("{id}: {told} is not documented"));
        }
        let header = response.headers().get("content-type");
        let kind = header.map_or("", |kind| kind.to_str().unwrap()).to_owned();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
        let bytes = response.bytes().await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if told != status {
            self.faults
                .push(format!("{id}: {told}, not {status}: {text}"));
        }
        self.seen.insert(id.to_owned());
        let contents = documented["content"].as_object();
        if bytes.is_empty() && contents.is_none_or(serde_json::Map::is_empty) {
            return Value::Null;
        }
        let binary = contents.and_then(|contents| contents.get("*/*"));
        let content = contents.and_then(|contents| contents.get(&kind));
        let Some(content) = content.or(binary) else {
            self.faults
                .push(format!("{id}: {kind} is not documented for {told}: {text}"));
            return serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        };
        if !is_json(&kind) || binary.is_some() {
            return json!(text);
        }
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let fault = self.strict.check(&content["schema"], &body, id, true);
        self.faults.extend(fault.err());
        body
    }

    fn learn(&mut self, example: &str, real: &Value) {
        let real = real.as_str().unwrap().to_owned();
        self.real.insert(example.to_owned(), real);
    }
}

/// Whether a body of this kind is one JSON value.
fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

/// An id of the document's examples.
fn id(prefix: &str) -> String {
    format!("{prefix}_01hf7yat00c5k9m2t8w3x6q4vz")
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn start() -> (Run, Receiver, Nats) {
    let bus = Nats::start().unwrap();
    let mut settings = settings();
    let ready = Template::new(
        "table_ready",
        "en_US",
        Category::Utility,
        "Your table is ready.",
    );
    let sale = Template::new("summer_sale", "en_US", Category::Marketing, "All must go.");
    let greeting = Template::new("greeting", "en_US", Category::Utility, "Good morning.");
    settings.templates.extend([ready, sale, greeting]);
    let url = bus.url();
    let change = move |config: &mut gateway::config::Config| config.nats.url = url.into();
    let app = TestApp::start_with(Clock::system(), settings, change).await;
    let document = app.get("/openapi.json").await;
    let receiver = Receiver::start(StatusCode::OK).await;
    let token = format!("file:{}", app.data().join("access-token").display());
    let real = BTreeMap::from([
        ("env:WHATSAPP_TOKEN".to_owned(), token.clone()),
        ("file:/run/secrets/token".to_owned(), token),
        (
            "https://example.com/hooks/whatsapp".to_owned(),
            receiver.url.clone(),
        ),
    ]);
    let run = Run {
        strict: Strict::of(&document),
        app,
        document,
        seen: BTreeSet::new(),
        faults: Vec::new(),
        real,
    };
    (run, receiver, bus)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_an_answer_fits_its_schema() {
    let document: Value = serde_json::from_str(&gateway::openapi_json()).unwrap();
    let strict = Strict::of(&document);
    let (mut checked, mut faults) = (0, Vec::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            if let Some(contents) = operation["requestBody"]["content"].as_object() {
                for (kind, content) in contents.iter().filter(|(kind, _)| is_json(kind)) {
                    let has = content["example"].is_null() && content["examples"].is_null();
                    if has {
                        faults.push(format!("{at}: no example of a request ({kind})"));
                    }
                }
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let contents = response["content"].as_object().into_iter().flatten();
                for (kind, content) in contents {
                    if !status.starts_with('2') || kind == "*/*" {
                        continue;
                    }
                    let example = &content["example"];
                    if example.is_null() {
                        faults.push(format!("{at}: no example of {status} ({kind})"));
                    }
                    let of = format!("{at} {status}");
                    let fault = strict.check(&content["schema"], example, &of, true);
                    faults.extend(fault.err());
                    checked += 1;
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert!(checked > 60, "only {checked} examples");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_is_executed_and_every_answer_is_as_documented() {
    let (mut run, receiver, _bus) = Box::pin(start()).await;
    service(&mut run).await;
    channels(&mut run).await;
    endpoints(&mut run).await;
    let user = run.app.simulator.user("+16505551234");
    let wamid = user.says("hello").await.unwrap().to_string();
    user.sends_file("image", "image/png", &b"\x89PNG\r\n\x1a\nrest"[..])
        .await
        .unwrap();
    until("both came in", async || {
        let page = run.app.get("/api/v1/messages").await;
        page["data"].as_array().unwrap().len() == 2
    })
    .await;
    run.learn("wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI=", &json!(wamid));
    templates(&mut run).await;
    media(&mut run).await;
    messages(&mut run, &wamid).await;
    events(&mut run, &receiver).await;
    letters(&mut run).await;
    suppressions_and_keys(&mut run).await;
    graph(&mut run).await;
    webhooks(&mut run).await;
    nats(&mut run).await;
    console(&mut run).await;
    erasure(&mut run).await;
    let endpoint = run.real[&id("ep")].clone();
    run.run("delete_endpoint", &[("id", &endpoint)], 204).await;

    let mut missing = Vec::new();
    for item in run.document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            if !run.seen.contains(id) {
                missing.push(id.to_owned());
            }
        }
    }
    let faults = run.faults.join("\n\n");
    assert!(
        missing.is_empty() && faults.is_empty(),
        "not executed: {missing:?}\n{faults}"
    );
}

async fn service(run: &mut Run) {
    for id in [
        "openapi",
        "livez",
        "readyz",
        "metrics",
        "status",
        "list_nodes",
        "overview",
    ] {
        run.run(id, &[], 200).await;
    }
}

async fn channels(run: &mut Run) {
    run.run("delete_channel", &[("id", "shop")], 204).await;
    run.run("create_channel", &[], 201).await;
    run.run("list_channels", &[("limit", "2")], 200).await;
    let of = [("id", SUPPORT)];
    for id in [
        "update_channel",
        "pause_channel",
        "resume_channel",
        "get_channel",
    ] {
        run.run(id, &of, 200).await;
    }
    run.run("get_channel_load", &of, 200).await;
    run.run("get_channel", &[("id", "none")], 404).await;
}

async fn endpoints(run: &mut Run) {
    let endpoint = run.run("create_endpoint", &[], 201).await;
    run.learn(&id("ep"), &endpoint["id"]);
    let own = text_of(&endpoint["id"]);
    let of = [("id", own.as_str())];
    run.run("list_endpoints", &[], 200).await;
    for id in [
        "get_endpoint",
        "update_endpoint",
        "get_endpoint_secret",
        "enable_endpoint",
        "test_endpoint",
        "rotate_endpoint_secret",
        "get_endpoint_stats",
        "recover_endpoint",
    ] {
        run.run(id, &of, 200).await;
    }
}

async fn templates(run: &mut Run) {
    run.run("refresh_templates", &[], 200).await;
    let list = run
        .run("list_templates", &[("name", "greeting")], 200)
        .await;
    let known = text_of(&list["data"][0]["id"]);
    run.run("get_template", &[("id", &known)], 200).await;
    run.run("edit_template", &[("id", &known)], 200).await;
    let made = run.run("create_template", &[], 201).await;
    let made = text_of(&made["id"]);
    run.run("delete_template", &[("id", &made)], 204).await;
    run.run("refresh_templates", &[], 200).await;
}

async fn media(run: &mut Run) {
    let operation = run.operation("upload_media");
    let request = run.request(&operation, &[("filename", "invoice.pdf")]);
    let request = request.header("content-type", "application/pdf").body(PDF);
    let made = run.send("upload_media", request, 201).await;
    run.learn(&id("med"), &made["id"]);
    let form = Form::new().part("file", Part::bytes(PDF).file_name("other.pdf"));
    let request = run.request(&operation, &[]).multipart(form);
    let other = run.send("upload_media", request, 201).await;
    run.run("list_media", &[("direction", "inbound")], 200)
        .await;
    let own = text_of(&made["id"]);
    run.run("get_media", &[("id", &own)], 200).await;
    let content = run.run("get_media_content", &[("id", &own)], 200).await;
    assert_eq!(content.as_str().unwrap().as_bytes(), PDF);
    run.run("retry_media", &[("id", &own)], 409).await;
    let other = text_of(&other["id"]);
    run.run("delete_media", &[("id", &other)], 204).await;
}

async fn messages(run: &mut Run, wamid: &str) {
    run.run("read_message", &[("id", wamid)], 204).await;
    let operation = run.operation("send_message");
    let content = &operation.described["requestBody"]["content"]["application/json"];
    let names: Vec<String> = content["examples"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in &names {
        let sent = run.run_named("send_message", Some(name), &[], 202).await;
        if name == "later" {
            let own = text_of(&sent["id"]);
            run.run("cancel_message", &[("id", &own)], 200).await;
        }
    }
    run.run("list_messages", &[("channel", SUPPORT)], 200).await;
    until("the messages are settled", async || {
        let page = run.app.get("/api/v1/messages?direction=outbound").await;
        let rows = page["data"].as_array().unwrap();
        rows.iter()
            .all(|row| row["state"] == "delivered" || row["state"] == "canceled")
    })
    .await;
    run.app
        .simulator
        .fault(Fault::new(Trouble::graph(131_026)).times(1));
    let sent = run.run_named("send_message", Some("text"), &[], 202).await;
    let own = text_of(&sent["id"]);
    until("it has failed", async || {
        run.app.get(&format!("/api/v1/messages/{own}")).await["state"] == "failed"
    })
    .await;
    for id in ["get_message", "message_timeline"] {
        run.run(id, &[("id", &own)], 200).await;
        run.run(id, &[("id", wamid)], 200).await;
    }
    run.run("resend_message", &[("id", &own)], 202).await;
    run.run("list_errors", &[("code", "131026")], 200).await;
    run.run("list_conversations", &[], 200).await;
    run.run("list_conversations", &[("order", "created")], 200)
        .await;
    let (conversation, contact) = (
        text_of(&sent["conversation_id"]),
        text_of(&sent["contact_id"]),
    );
    run.run("get_conversation", &[("id", &conversation)], 200)
        .await;
    run.run("list_contacts", &[], 200).await;
    run.run("get_contact", &[("id", &contact)], 200).await;
    run.learn(&id("cnt"), &json!(contact));
    let found = run.run("search", &[], 200).await;
    assert!(!found["data"].as_array().unwrap().is_empty());
}

async fn events(run: &mut Run, receiver: &Receiver) {
    let list = run.run("list_events", &[("type", "message")], 200).await;
    let event = text_of(&list["data"][0]["id"]);
    run.run("get_event", &[("id", &event)], 200).await;
    receiver
        .status
        .send_replace(StatusCode::SERVICE_UNAVAILABLE);
    let delivery = run.run("replay_event", &[("id", &event)], 202).await;
    let own = text_of(&delivery["id"]);
    until("it was tried", async || {
        run.app.get(&format!("/api/v1/deliveries/{own}")).await["attempt_count"] == 1
    })
    .await;
    run.run("get_delivery", &[("id", &own)], 200).await;
    run.run("retry_delivery", &[("id", &own)], 202).await;
    receiver.status.send_replace(StatusCode::OK);
    run.run("list_deliveries", &[("limit", "500")], 200).await;
    // It has no end: its head is enough.
    let operation = run.operation("stream_events");
    let response = run.request(&operation, &[]).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    run.seen.insert("stream_events".to_owned());
}

async fn letters(run: &mut Run) {
    for _ in 0..2 {
        run.app
            .simulator
            .fault(Fault::new(Trouble::graph(131_026)).times(1));
        run.run_named("send_message", Some("text"), &[], 202).await;
    }
    let unknown = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "a_field_of_tomorrow", "value": {}}]}]
    });
    assert_eq!(run.app.notify(unknown.to_string().as_bytes()).await, 200);
    let of_kind = async |run: &Run, kind: &str| {
        let page = run
            .app
            .get(&format!("/api/v1/dead-letters?kind={kind}"))
            .await;
        page["data"].as_array().unwrap().clone()
    };
    until("all are buried", async || {
        of_kind(run, "send").await.len() == 2 && of_kind(run, "ingest").await.len() == 1
    })
    .await;
    run.run("list_dead_letters", &[], 200).await;
    run.run("group_dead_letters", &[], 200).await;
    let sent = text_of(&of_kind(run, "send").await[0]["id"]);
    let received = text_of(&of_kind(run, "ingest").await[0]["id"]);
    run.run("retry_dead_letter", &[("id", &sent)], 202).await;
    run.run("discard_dead_letter", &[("id", &received)], 200)
        .await;
    run.run("get_dead_letter", &[("id", &sent)], 200).await;
    run.run("settle_dead_letters", &[], 200).await;
    let operation = run.operation("settle_dead_letters");
    let mut job = run.body(&operation, None).unwrap();
    job["dry_run"] = json!(false);
    let request = run.request(&operation, &[]).json(&job);
    let job = run.send("settle_dead_letters", request, 202).await;
    let own = text_of(&job["id"]);
    run.run("list_dead_letter_jobs", &[], 200).await;
    run.run("get_dead_letter_job", &[("id", &own)], 200).await;
    let operation = run.operation("cancel_dead_letter_job");
    let response = run
        .request(&operation, &[("id", &own)])
        .send()
        .await
        .unwrap();
    // It may be over already.
    let status = response.status().as_u16();
    assert!([200, 409].contains(&status), "{status}");
    run.check("cancel_dead_letter_job", response, status).await;
}

async fn erasure(run: &mut Run) {
    let contact = run.real[&id("cnt")].clone();
    run.run("export_contact", &[("id", &contact)], 200).await;
    let begun = run.run("erase_contact", &[("id", &contact)], 202).await;
    let own = text_of(&begun["id"]);
    run.run("get_erasure", &[("id", &own)], 200).await;
}

async fn suppressions_and_keys(run: &mut Run) {
    let made = run.run("create_suppression", &[], 201).await;
    run.run("create_suppression", &[], 200).await;
    let own = text_of(&made["id"]);
    run.run("list_suppressions", &[], 200).await;
    run.run("get_suppression", &[("id", &own)], 200).await;
    run.run("lift_suppression", &[("id", &own)], 200).await;
    let made = run.run("create_api_key", &[], 201).await;
    let own = text_of(&made["id"]);
    run.run("list_api_keys", &[], 200).await;
    run.run("rotate_api_key", &[("id", &own)], 200).await;
    run.run("revoke_api_key", &[("id", &own)], 204).await;
}

async fn graph(run: &mut Run) {
    let number = settings().numbers[0].id.to_string();
    let of = [("version", "v24.0"), ("phone_number_id", number.as_str())];
    run.run("graph_send_message", &of, 200).await;
    run.run("graph_send_marketing_message", &of, 200).await;
    let operation = run.operation("graph_upload_media");
    let part = Part::bytes(PDF)
        .file_name("a.pdf")
        .mime_str("application/pdf")
        .unwrap();
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", "application/pdf")
        .part("file", part);
    let request = run.request(&operation, &of).multipart(form);
    let made = run.send("graph_upload_media", request, 200).await;
    let own = text_of(&made["id"]);
    let of = [("version", "v24.0"), ("media_id", own.as_str())];
    run.run("graph_get_media", &of, 200).await;
    run.run("graph_media_content", &of, 200).await;
    run.run("graph_delete_media", &of, 200).await;
}

async fn webhooks(run: &mut Run) {
    let token = settings().app.verify_token.expose().to_owned();
    let secret = std::fs::read_to_string(run.app.data().join("app-secret")).unwrap();
    let secret = wharf_model::AppSecret::new(secret).unwrap();
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", "1158201444"),
        ("hub.verify_token", token.as_str()),
    ];
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    for (challenge, receive) in [
        ("challenge_webhook", "receive_webhook"),
        ("challenge_channel_webhook", "receive_channel_webhook"),
    ] {
        let mut given = query.to_vec();
        given.push(("channel", SUPPORT));
        let given: Vec<_> = given
            .into_iter()
            .filter(|(name, _)| *name != "channel" || challenge.contains("channel"))
            .collect();
        run.run(challenge, &given, 200).await;
        let operation = run.operation(receive);
        let of: &[(&str, &str)] = match receive {
            "receive_webhook" => &[],
            _ => &[("channel", SUPPORT)],
        };
        let signature = wharf_webhook::sign(&secret, body.as_bytes());
        let request = run.request(&operation, of).body(body);
        let request = request.header("x-hub-signature-256", signature);
        run.send(receive, request, 200).await;
    }
}

async fn console(run: &mut Run) {
    let example = "wharf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
    run.learn(example, &json!(run.app.key));
    let operation = run.operation("sign_in");
    let url = run.app.url(&operation.path);
    let body = run.body(&operation, None).unwrap();
    let response = run.app.http.post(&url).json(&body).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    run.check("sign_in", response, 204).await;
    let request = run.app.http.get(&url).header("cookie", &cookie);
    run.send("get_session", request, 200).await;
    let request = run.app.http.delete(&url).header("cookie", &cookie);
    run.send("sign_out", request.header("x-wharf-console", "1"), 204)
        .await;
    run.run("sign_out_everywhere", &[], 204).await;
    run.run("list_audit", &[], 200).await;
    for format in ["csv", "ndjson"] {
        run.run("list_audit", &[("format", format)], 200).await;
    }
}

async fn nats(run: &mut Run) {
    until("the bus is there", async || {
        run.app.get("/api/v1/nats/status").await["connected"] == json!(true)
    })
    .await;
    run.run("nats_status", &[], 200).await;
    run.run("nats_stream_consumers", &[("stream", "WA_SEND")], 200)
        .await;
    run.run("purge_nats_stream", &[("stream", "WA_EVENTS")], 200)
        .await;
}
