//! Ten thousand probes with good keys, and sessions of them, that may not: no answer tells anything
//! of another channel, and no refused write leaves a trace. Others with no good key, among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::{StreamExt, stream};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use test_servers::Folder;

use super::house::{House, VAULT, answer};
use crate::app::{CHANNEL, until};

/// With keys and sessions that are good, and may less.
const PROBES: usize = 10_000;
/// One in so many more is with what opens nothing.
const DEAD: usize = 9;
const AT_ONCE: usize = 32;
const SEED: u64 = 0x5eed_0007;

/// Small numbers that are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A key, and what it must not see.
#[derive(Clone)]
struct Prober {
    name: &'static str,
    key: String,
    hidden: Vec<String>,
    /// It is no key at all, or not any more.
    is_dead: bool,
    /// `key` is a cookie, and the call one of the console's.
    is_session: bool,
}

impl Prober {
    fn call(&self, house: &House, method: &str, path: &str) -> RequestBuilder {
        if !self.is_session {
            return house.call(&self.key, method, path);
        }
        let app = &house.app;
        let request = app.http.request(method.parse().unwrap(), app.url(path));
        let request = request.header("x-wharf-console", "1");
        request.header("cookie", &self.key)
    }

    /// What of these it is not to be told, and was.
    fn leaks(&self, told: &str) -> Vec<String> {
        let leaks = self.hidden.iter().filter(|canary| told.contains(*canary));
        leaks.cloned().collect()
    }
}

/// A request, as it is sent and as it is told of when it goes wrong.
#[derive(Debug)]
struct Probe {
    is_dead: bool,
    prober: usize,
    method: String,
    path: String,
    body: Option<Value>,
}

/// Those whose keys are good, and those whose keys are not.
async fn probers(house: &House) -> (Vec<Prober>, Vec<Prober>) {
    let vault = house.vault.canaries();
    let texts = |planted: &super::house::Planted| {
        let texts = planted
            .texts
            .iter()
            .filter(|text| !text.contains("template"));
        texts.cloned().collect::<Vec<_>>()
    };
    let both = [vault.clone(), house.shop.canaries()].concat();
    let of_shop = |role: &str, shows_texts: bool| json!({"name": role, "role": role, "channels": [CHANNEL], "shows_texts": shows_texts});
    let mut probers = Vec::new();
    let mut add = |name, key: String, hidden: &[String]| {
        probers.push(Prober {
            name,
            key,
            hidden: hidden.to_vec(),
            is_dead: false,
            is_session: false,
        });
    };
    for role in ["admin", "operator", "sender", "viewer"] {
        add(role, house.key(of_shop(role, true)).await, &vault);
    }
    let blind = [vault.clone(), texts(&house.shop)].concat();
    let key = house.key(of_shop("operator", false)).await;
    add("operator without texts", key, &blind);
    let key = json!({"name": "n", "role": "admin", "channels": ["nowhere"]});
    add("admin of nothing", house.key(key).await, &both);
    let key = house.key(json!({"name": "v", "role": "viewer"})).await;
    let all_texts = [texts(&house.vault), texts(&house.shop)].concat();
    add("viewer without texts", key, &all_texts);

    let mut good = Vec::new();
    for prober in &probers {
        let session = Prober {
            key: house.app.session(&prober.key).await,
            is_session: true,
            ..prober.clone()
        };
        good.extend([prober.clone(), session]);
    }
    let mut dead = Vec::new();
    let mut add = |name, key: String, is_session| {
        dead.push(Prober {
            name,
            key,
            hidden: both.clone(),
            is_dead: true,
            is_session,
        });
    };
    for (name, method, end) in [
        ("revoked", "DELETE", ""),
        ("rotated away", "POST", "/rotate"),
    ] {
        let made = json!({"name": name});
        let made = house.app.post("/api/v1/api-keys", &made).await;
        let key = made["key"].as_str().unwrap().to_owned();
        add(name, house.app.session(&key).await, true);
        add(name, key, false);
        let path = format!("/api/v1/api-keys/{}{end}", made["id"].as_str().unwrap());
        let call = house.app.call(method, &path);
        let (status, _) = answer(call.json(&json!({"overlap_seconds": 0}))).await;
        assert!(status.is_success(), "{status}");
    }
    let over = house.app.session(&house.app.key).await;
    let out = house.app.http.delete(house.app.url("/console/session"));
    let out = out.header("cookie", &over).header("x-wharf-console", "1");
    assert_eq!(answer(out).await.0, StatusCode::NO_CONTENT);
    add("signed out", over, true);
    let wrong = format!("wharf_session={}", "A".repeat(43));
    add("made up", wrong, true);
    let key = &house.app.key;
    for wrong in [
        String::new(),
        "secret".to_owned(),
        "wharf_".to_owned(),
        key[..key.len() - 1].to_owned(),
        format!("{key}A"),
        key.to_uppercase(),
        key.replacen("wharf_", "whar_f", 1),
        format!("wharf_{}", "A".repeat(43)),
        format!("wharf_{}", "'".repeat(43)),
        key[6..].to_owned(),
    ] {
        add("malformed", wrong, false);
    }
    (good, dead)
}

/// One does not end, and has its own probes; whoever has a key may sign out by the other.
const LEFT_OUT: [&str; 2] = ["/api/v1/events/stream", "/console/sessions"];

/// All routes that need a key, but for two.
fn routes(document: &Value) -> Vec<(String, String)> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"].is_null() && !LEFT_OUT.contains(&path.as_str()) {
                routes.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    routes
}

/// Something of the vault to ask for: an id, a number, a word.
fn wanted(chance: &mut Chance, house: &House) -> String {
    let vault = &house.vault;
    let id = || vault.ids.clone();
    let few = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let of: Vec<String> = match chance.below(8) {
        0 => few(&[VAULT, "vault-name-canary"]),
        1 => few(&[&vault.number, &vault.waba, &vault.user, &vault.stranger]),
        2 => vault.names.clone(),
        3 => vault.texts.clone(),
        _ => id(),
    };
    chance.one(&of).clone()
}

fn path(chance: &mut Chance, house: &House, route: &str, method: &str) -> String {
    let mut path = route
        .replace("{version}", "v26.0")
        .replace("{stream}", "WA_EVENTS");
    for (name, value) in [
        ("{phone_number_id}", house.vault.number.clone()),
        ("{media_id}", house.vault.file.clone()),
    ] {
        path = path.replace(name, &value);
    }
    while let Some((before, after)) = path.split_once("{id}") {
        path = format!("{before}{}{after}", wanted(chance, house));
    }
    let mut query = Vec::new();
    for _ in 0..chance.below(3) {
        let names = [
            "channel",
            "conversation",
            "contact",
            "tag",
            "message",
            "event",
            "endpoint",
            "after",
            "waba_id",
            "name",
            "language",
            "since",
            "reason",
            "phone_number_id",
        ];
        let name = *chance.one(&names);
        query.push(format!("{name}={}", wanted(chance, house)));
    }
    let lists = [
        "messages",
        "events",
        "contacts",
        "conversations",
        "media",
        "deliveries",
        "dead-letters",
        "channels",
        "templates",
        "suppressions",
    ];
    if method == "GET" && chance.below(4) == 0 {
        let list = route.rsplit('/').next().unwrap_or_default();
        let list = if lists.contains(&list) {
            list
        } else {
            *chance.one(&lists)
        };
        let mark = format!("{list} {}", wanted(chance, house));
        query.push(format!("cursor={}", BASE64_URL_SAFE_NO_PAD.encode(mark)));
    }
    if method == "GET" && chance.below(3) == 0 {
        query.push(format!("limit={}", 1 + chance.below(500)));
    }
    if method == "POST" && route == "/api/v1/media" {
        query = vec![format!("channel={VAULT}")];
    }
    if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// A body that asks for something of the vault, or for what concerns the whole gateway.
fn body(chance: &mut Chance, house: &House, route: &str) -> Value {
    let vault = &house.vault;
    let to = format!("+{}", vault.user);
    let media = vault.id("med_");
    let text = json!({"body": "hi"});
    match route {
        "/api/v1/messages" => chance
            .one(&[
                json!({"channel": VAULT, "to": to, "text": text}),
                json!({"channel": CHANNEL, "to": to, "type": "image", "image": {"id": media}}),
                json!({"channel": CHANNEL, "to": to, "type": "audio",
                    "audio": {"id": media, "voice": true}}),
                json!({"channel": VAULT, "to": to, "type": "image",
                    "image": {"data": "iVBORw0KGgo=", "mime_type": "image/png"}}),
                json!({"channel": VAULT}),
            ])
            .clone(),
        "/api/v1/suppressions" => chance
            .one(&[
                json!({"to": to, "scope": "all"}),
                json!({"to": to, "scope": "all", "channel": VAULT}),
                json!({"contact": vault.id("cnt_"), "scope": "all", "channel": CHANNEL}),
            ])
            .clone(),
        "/api/v1/templates" => {
            let mut body = json!({"name": "mine", "language": "en_US", "category": "UTILITY",
                "components": [{"type": "BODY", "text": "x"}]});
            match chance.below(2) {
                0 => body["channel"] = json!(VAULT),
                _ => body["waba_id"] = json!(vault.waba),
            }
            body
        }
        "/api/v1/templates/refresh" => chance
            .one(&[json!({"channel": VAULT}), json!({"waba_id": vault.waba})])
            .clone(),
        "/api/v1/events/{id}/replay" => json!({"endpoint": house.endpoint}),
        "/api/v1/dead-letters/{id}/discard" => json!({"reason": "gone"}),
        "/api/v1/channels/{id}" => chance
            .one(&[json!({"name": "mine"}), json!({"waba_id": vault.waba})])
            .clone(),
        "/api/v1/search" => json!({"q": wanted(chance, house)}),
        _ if route.starts_with("/graph/") => json!({"messaging_product": "whatsapp", "to": to,
            "type": "text", "text": text}),
        _ => Value::Null,
    }
}

fn probe(
    chance: &mut Chance,
    house: &House,
    routes: &[(String, String)],
    is_dead: bool,
    probers: usize,
) -> Probe {
    let (method, route) = chance.one(routes).clone();
    let path = path(chance, house, &route, &method);
    let body = (method != "GET").then(|| body(chance, house, &route));
    Probe {
        is_dead,
        prober: chance.below(probers),
        method,
        path,
        body: body.filter(|body| !body.is_null()),
    }
}

/// Sends it; the status, and what it told that it must not.
async fn send(house: &House, probe: &Probe, prober: &Prober) -> (StatusCode, Vec<String>) {
    let request = prober.call(house, &probe.method, &probe.path);
    let request = match &probe.body {
        Some(body) => request.json(body),
        None => request,
    };
    let response = request.send().await.unwrap();
    let status = response.status();
    let mut told = String::new();
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let _ = writeln!(told, "{name}: {value}");
    }
    told.push_str(&String::from_utf8_lossy(&response.bytes().await.unwrap()));
    let body = probe
        .body
        .as_ref()
        .map(Value::to_string)
        .unwrap_or_default();
    // What the caller says itself is no news to them.
    let is_news = |canary: &String| !probe.path.contains(canary) && !body.contains(canary);
    let leaks = prober.leaks(&told).into_iter();
    (status, leaks.filter(is_news).collect())
}

/// Listens with each of them while something happens on both channels, and to what had happened.
async fn listen(house: &mut House, callers: &[Prober]) {
    let queries = ["since=start", "since=start&channel=vault", "types=message"];
    let mut open = Vec::new();
    for caller in callers {
        for query in queries {
            let path = format!("/api/v1/events/stream?{query}");
            let stream = caller.call(house, "GET", &path).send().await.unwrap();
            let wanted = match caller.name {
                _ if caller.is_dead => StatusCode::UNAUTHORIZED,
                "sender" => StatusCode::FORBIDDEN,
                _ => StatusCode::OK,
            };
            assert_eq!(stream.status(), wanted, "{}: {path}", caller.name);
            if wanted == StatusCode::OK {
                open.push((caller, query, stream, String::new()));
            }
        }
    }
    assert!(open.len() > 30, "only {} listen", open.len());
    let newest = async |channel: &str| {
        let path = format!("/api/v1/events?channel={channel}&type=message&limit=500");
        let page = house.app.get(&path).await;
        let events = page["data"].as_array().unwrap();
        events.last().unwrap()["id"].as_str().unwrap().to_owned()
    };
    let mut last = String::new();
    for planted in [&house.vault, &house.shop] {
        last = newest(planted.channel).await;
        let user = house.app.simulator.user(&format!("+{}", planted.user));
        let user = user.with(planted.number.as_str());
        user.says(&planted.texts[0]).await.unwrap();
        until("it is here", async || newest(planted.channel).await != last).await;
        last = newest(planted.channel).await;
    }
    for (caller, query, stream, told) in &mut open {
        let sees_it = !query.contains(VAULT) && !caller.hidden.contains(&house.shop.number);
        while sees_it && !told.contains(&last) {
            let chunk = stream.chunk().await.unwrap().unwrap();
            told.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
    for node in 0..house.app.gateways() {
        house.app.stop_node(node).await;
    }
    for (caller, query, stream, mut told) in open {
        told.push_str(&stream.text().await.unwrap());
        let leaks = caller.leaks(&told);
        assert!(leaks.is_empty(), "{} heard {leaks:?}: {query}", caller.name);
    }
}

/// All that the API tells to somebody who sees everything.
async fn everything(house: &House) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for list in [
        "channels",
        "messages",
        "media",
        "conversations",
        "contacts",
        "events",
        "endpoints",
        "deliveries",
        "dead-letters",
        "dead-letters/bulk",
        "suppressions?lifted=true",
        "templates",
        "api-keys",
    ] {
        let mark = if list.contains('?') { '&' } else { '?' };
        let path = format!("/api/v1/{list}{mark}limit=500");
        let mut page = house.app.get(&path).await;
        for item in page["data"].as_array_mut().unwrap() {
            // To look is no change.
            item["last_used_at"] = Value::Null;
        }
        assert_eq!(
            page["next_cursor"],
            Value::Null,
            "{list} is too long to compare"
        );
        all.insert(list.to_owned(), page);
    }
    all
}

/// Every row of every table, where the database is a file.
fn rows(house: &House) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    let Some(file) = house.app.config.store.strip_prefix("sqlite:") else {
        return all;
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(file, flags).unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut names = database.prepare(sql).unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for name in names.map(Result::unwrap) {
        // Keys note their use, leases go on.
        if ["api_keys", "leases"].contains(&name.as_str()) {
            continue;
        }
        let mut table = database.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = table.column_count();
        let rows = table.query_map([], |row| {
            let values = (0..columns).map(|column| format!("{:?}", row.get_ref(column)));
            Ok(values.collect::<Vec<_>>().join("|"))
        });
        let mut rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
        rows.sort();
        all.insert(name, rows);
    }
    assert!(all.len() > 20, "only {} tables", all.len());
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_probes_leak_nothing_and_change_nothing() {
    let mut house = House::start_with(|config| config.server.requests_per_second_per_key = 0).await;
    let (good, dead) = probers(&house).await;
    let document = house.app.get("/openapi.json").await;
    let routes = routes(&document);
    let (before, rows_before) = (everything(&house).await, rows(&house));
    let mut chance = Chance(SEED);
    let mut probes = Vec::new();
    for number in 0..PROBES {
        probes.push(probe(&mut chance, &house, &routes, false, good.len()));
        if number % DEAD == 0 {
            probes.push(probe(&mut chance, &house, &routes, true, dead.len()));
        }
    }
    let outcomes = stream::iter(&probes).map(async |probe| {
        let callers = if probe.is_dead { &dead } else { &good };
        let caller = &callers[probe.prober];
        let (status, leaks) = send(&house, probe, caller).await;
        assert!(
            leaks.is_empty(),
            "{} got {status} with {leaks:?}: {probe:?}",
            caller.name
        );
        // The Graph-compatible endpoint is for programs.
        let is_shut = caller.is_session && probe.path.starts_with("/graph/");
        assert_eq!(
            status == 401,
            caller.is_dead || is_shut,
            "{} got {status}: {probe:?}",
            caller.name
        );
        // What the simulated carrier does not answer is no failure of ours.
        assert!(
            !status.is_server_error() || [502, 504].contains(&status.as_u16()),
            "{status}: {probe:?}"
        );
        let looks = probe.method == "GET" || probe.path.starts_with("/api/v1/search");
        assert!(
            looks || !status.is_success(),
            "{} got {status}: {probe:?}",
            caller.name
        );
        status.as_u16()
    });
    let outcomes: Vec<u16> = outcomes.buffer_unordered(AT_ONCE).collect().await;
    let count = |wanted: u16| outcomes.iter().filter(|status| **status == wanted).count();
    // They were real questions, answered in every way that there is.
    let told: BTreeSet<_> = outcomes
        .iter()
        .map(|status| (*status, count(*status)))
        .collect();
    for (status, least) in [(200, 600), (401, 1100), (403, 1500), (404, 900), (422, 90)] {
        assert!(count(status) >= least, "{told:?}");
    }
    let by_good = probes.iter().filter(|probe| !probe.is_dead);
    assert_eq!(by_good.count(), PROBES);
    // What is seen is what is left when the rest is gone.
    let seen = house
        .get(&good[2].key, "/api/v1/messages?limit=500")
        .await
        .1;
    assert!(seen.to_string().contains(&house.shop.texts[0]));
    for (list, items) in &everything(&house).await {
        assert!(items == &before[list], "{list} have changed");
    }
    let rows_after = rows(&house);
    for (table, rows) in &rows_before {
        assert_eq!(rows_after.get(table), Some(rows), "{table} has changed");
    }
    assert!(
        !rows_before.is_empty()
            || Folder::is_for_cluster()
            || !house.app.config.store.starts_with("sqlite")
    );
    listen(&mut house, &[good, dead].concat()).await;
}
