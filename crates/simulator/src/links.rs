//! Files that a business sends by link: fetched as Meta does, before the message goes on.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header;
use serde_json::Value;
use url::{Host, Url};

use crate::clock::later;
use crate::core::{Core, lock};
use crate::graph::media::{refusal, unsupported};
use crate::ids::Wamid;
use crate::settings::FetchLinks;
use crate::world::status;

/// How long a fetched file stands for its link. See [Cloud API/Media].
const CACHE_LIFE: Duration = Duration::from_mins(10);
/// Real time: the other server's patience is tried, not the platform's clock.
const TIMEOUT: Duration = Duration::from_secs(10);
const MOST_BYTES: u64 = 100 << 20;
const MOST_REDIRECTS: usize = 3;
const MOST_KEPT: usize = 1000;
const CODE: i64 = 131_053;

/// What was fetched lately, and why messages fail.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    fetched: HashMap<(String, String), Timestamp>,
    fetched_order: VecDeque<(String, String)>,
    reasons: HashMap<Wamid, String>,
    reasons_order: VecDeque<Wamid>,
}

/// The files of a send that have to be looked at before it goes on.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    links: Vec<(String, Url)>,
    reason: Option<String>,
}

impl Links {
    /// The code that a message fails with because of its file.
    pub(crate) fn failure(&self, wamid: &Wamid) -> Option<i64> {
        let state = lock(&self.0);
        state.reasons.contains_key(wamid).then_some(CODE)
    }

    /// Puts the reason into a `failed` status.
    pub(crate) fn explain(&self, wamid: &Wamid, value: &mut Value) {
        let Some(errors) = value.pointer_mut("/statuses/0/errors/0") else {
            return;
        };
        if let (true, Some(reason)) = (errors["code"] == CODE, lock(&self.0).reasons.get(wamid)) {
            errors["error_data"]["details"] = Value::from(reason.as_str());
        }
    }

    fn note(&self, wamid: Wamid, reason: String) {
        let mut state = lock(&self.0);
        state.reasons.insert(wamid.clone(), reason);
        state.reasons_order.push_back(wamid);
        while state.reasons_order.len() > MOST_KEPT {
            if let Some(oldest) = state.reasons_order.pop_front() {
                state.reasons.remove(&oldest);
            }
        }
    }

    fn keep(&self, key: (String, String), until: Timestamp) {
        let mut state = lock(&self.0);
        if state.fetched.insert(key.clone(), until).is_none() {
            state.fetched_order.push_back(key);
        }
        while state.fetched_order.len() > MOST_KEPT {
            if let Some(oldest) = state.fetched_order.pop_front() {
                state.fetched.remove(&oldest);
            }
        }
    }

    fn has(&self, key: &(String, String), now: Timestamp) -> bool {
        let state = lock(&self.0);
        state.fetched.get(key).is_some_and(|until| now < *until)
    }
}

/// What has to be looked at in a send; `fails` is what its check found already.
pub(crate) fn wanted(core: &Core, body: &Bytes, fails: Option<i64>) -> Wanted {
    let by_link = body.windows(6).any(|part| part == b"\"link\"");
    if !by_link && fails != Some(CODE) {
        return Wanted::default();
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut wanted = Wanted {
        reason: (fails == Some(CODE))
            .then(|| wrong_kind(core, &body))
            .flatten(),
        ..Wanted::default()
    };
    collect(&body, &mut |kind, link| {
        let url = Url::parse(link).ok().filter(|url| may_fetch(core, url));
        wanted.links.extend(url.map(|url| (kind.to_owned(), url)));
    });
    wanted
}

/// Begins a message's statuses, after its files were fetched.
pub(crate) fn begin(core: &Arc<Core>, wamid: Wamid, wanted: Wanted) {
    if let Some(reason) = wanted.reason {
        core.links.note(wamid.clone(), reason);
    }
    if wanted.links.is_empty() {
        return status::begin(core, wamid);
    }
    core.office.began(1);
    let shared = Arc::clone(core);
    core.tasks.spawn(async move {
        for (kind, url) in wanted.links {
            let fetched = tokio::select! {
                fetched = fetch(&shared, &kind, url) => fetched,
                () = shared.stop.cancelled() => Ok(()),
            };
            if let Err(reason) = fetched {
                shared.links.note(wamid.clone(), reason);
                break;
            }
        }
        status::begin(&shared, wamid);
        shared.office.ended(1);
    });
}

/// The reason why a file by id does not fit its message.
fn wrong_kind(core: &Core, body: &Value) -> Option<String> {
    let kind = body.get("type")?.as_str()?;
    let media = body.get(kind)?;
    let file = lock(&core.media).get(media.get("id")?.as_str()?, core.clock.now())?;
    if media["voice"] == true && crate::graph::media::kind_of(&file.mime_type) == Some("audio") {
        let reason = "A voice message must be audio/ogg with the OPUS codec";
        return Some(format!("{reason}, not {}.", file.mime_type));
    }
    Some(unsupported(kind, &file.mime_type))
}

/// Every `{"image": {"link": …}}` in a body, at any depth.
fn collect(value: &Value, found: &mut impl FnMut(&str, &str)) {
    const KINDS: [&str; 5] = ["image", "audio", "video", "document", "sticker"];
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner.get("link").and_then(Value::as_str) {
                    Some(link) if KINDS.contains(&name.as_str()) => found(name, link),
                    _ => collect(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn may_fetch(core: &Core, url: &Url) -> bool {
    match core.settings.fetch_links {
        FetchLinks::Never => false,
        FetchLinks::Anywhere => true,
        FetchLinks::Loopback => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
    }
}

async fn fetch(core: &Core, kind: &str, url: Url) -> Result<(), String> {
    let key = (kind.to_owned(), url.to_string());
    if core.links.has(&key, core.clock.now()) {
        return Ok(());
    }
    let link = url.clone();
    tokio::time::timeout(TIMEOUT, load(core, kind, url))
        .await
        .unwrap_or_else(|_| {
            let limit = TIMEOUT.as_secs();
            Err(format!(
                "Downloading media from weblink failed: {link} did not answer within {limit} s."
            ))
        })?;
    core.links.keep(key, later(core.clock.now(), CACHE_LIFE));
    Ok(())
}

async fn load(core: &Core, kind: &str, mut url: Url) -> Result<(), String> {
    let failed = |what: &str| format!("Downloading media from weblink failed: {what}.");
    for _ in 0..=MOST_REDIRECTS {
        let request = core.office.client.get(url.clone());
        let answer = request.send().await;
        let mut answer = answer.map_err(|_| failed("the server cannot be reached"))?;
        let header = |name| {
            let value = answer.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let status = answer.status();
        if status.is_redirection() {
            let next = header(header::LOCATION).and_then(|to| url.join(&to).ok());
            url = next.ok_or_else(|| failed("the redirect leads nowhere"))?;
            if !may_fetch(core, &url) {
                return Err(failed("the redirect leads to another network"));
            }
            continue;
        }
        if status.as_u16() != 200 {
            return Err(failed(&format!(
                "the server answered HTTP {}",
                status.as_u16()
            )));
        }
        let mime_type =
            header(header::CONTENT_TYPE).ok_or_else(|| failed("the answer has no Content-Type"))?;
        let (mut size, mut chunks) = (0_u64, Vec::new());
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) => {
                    size += chunk.len() as u64;
                    chunks.push(chunk);
                }
                Ok(None) => break,
                Err(_) => return Err(failed("the answer breaks off")),
            }
            if size > MOST_BYTES {
                return Err(failed(&format!(
                    "the file is larger than {MOST_BYTES} bytes"
                )));
            }
        }
        return refusal(kind, &mime_type, size, &chunks).map_or(Ok(()), Err);
    }
    Err(failed("there are too many redirects"))
}
