//! The port, the gateway behind it, the Graph API, and the clock that its answers show.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use gateway::config::Config;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap};
use url::Url;

use crate::api;
use crate::environment;
use crate::finding::Finding;

const TIMEOUT: Duration = Duration::from_secs(5);
/// Standard Webhooks allows five minutes; half of it is time to act.
const SKEW_WARNING: i64 = 150;

/// What is on the gateway's address.
pub(crate) struct Gateway {
    pub(crate) findings: Vec<Finding>,
    pub(crate) runs: bool,
}

/// Asks for `/livez` and `/readyz`; if nobody answers, tries whether the port is free.
pub(crate) async fn gateway(config: &Config) -> anyhow::Result<Gateway> {
    let mut address = config.server.listen;
    if address.ip().is_unspecified() {
        address.set_ip([127, 0, 0, 1].into());
    }
    let http = api::client(HeaderMap::new())?;
    let ask = |path: &str| {
        http.get(format!("http://{address}{path}"))
            .timeout(TIMEOUT)
            .send()
    };
    let Ok(live) = ask("/livez").await else {
        return Ok(Gateway {
            findings: vec![port(config)],
            runs: false,
        });
    };
    if !live.status().is_success() {
        let todo = "stop it, or set server.listen to another port";
        let seen = format!("{address} is answered by another program");
        return Ok(Gateway {
            findings: vec![Finding::fail("port", seen, todo)],
            runs: false,
        });
    }
    let ready = ask("/readyz")
        .await
        .is_ok_and(|answer| answer.status().is_success());
    let seen = format!("a gateway answers at {address}");
    let mut findings = vec![match foreign(config, &http, address).await {
        None => Finding::ok("port", seen),
        Some(why) => Finding::warn(
            "port",
            format!("{seen}, and it seems to be another one: {why}"),
            "stop it, or set server.listen to another port",
        ),
    }];
    findings.push(if ready {
        Finding::ok("readiness", "the gateway can use its store")
    } else {
        Finding::fail(
            "readiness",
            "the gateway says that it is not ready",
            "look at its log",
        )
    });
    Ok(Gateway {
        findings,
        runs: true,
    })
}

/// What speaks against that the gateway at `address` is the one of this data folder.
async fn foreign(config: &Config, http: &reqwest::Client, address: SocketAddr) -> Option<String> {
    let folder = &config.data_dir;
    if !folder.exists() {
        return Some(format!("{} is not there yet", folder.display()));
    }
    let file = folder.join("api-key");
    let key = std::fs::read_to_string(&file).ok();
    // The key is for no other machine.
    let key = key.filter(|_| address.ip().is_loopback())?;
    let request = http
        .get(format!("http://{address}/api/v1/channels?limit=1"))
        .bearer_auth(key.trim())
        .timeout(TIMEOUT);
    let answer = request.send().await.ok()?;
    (answer.status() == StatusCode::UNAUTHORIZED)
        .then(|| format!("it does not know the key in {}", file.display()))
}

fn port(config: &Config) -> Finding {
    let address = config.server.listen;
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok("port", format!("{address} is free; no gateway runs there")),
        Err(error) => Finding::fail(
            "port",
            format!("{address} cannot be used: {}", error.kind()),
            "stop the program that has it, or set server.listen",
        ),
    }
}

/// Any answer will do: without a token Graph refuses, and that shows that it is there.
pub(crate) async fn graph(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let base: &Url = &config.cloud.base_url;
    let http = api::client(HeaderMap::new())?;
    let Ok(answer) = http.get(base.clone()).timeout(TIMEOUT).send().await else {
        let todo = "check the network, the proxy and cloud.base_url; `wharf simulate` needs none";
        return Ok(vec![Finding::fail(
            "graph",
            format!("{base} does not answer"),
            todo,
        )]);
    };
    let mut findings = vec![Finding::ok("graph", format!("{base} answers"))];
    let date = answer
        .headers()
        .get(DATE)
        .and_then(|date| date.to_str().ok());
    findings.extend(date.and_then(clock));
    Ok(findings)
}

/// Compares our clock with the `Date` of an answer.
fn clock(date: &str) -> Option<Finding> {
    let theirs = jiff::fmt::rfc2822::parse(date)
        .ok()?
        .timestamp()
        .as_second();
    let apart = (environment::now() / 1000 - theirs).abs();
    Some(if apart > SKEW_WARNING {
        Finding::warn(
            "clock",
            format!("it is {apart} s away from the Graph API's"),
            "turn on time synchronisation: signatures are good for five minutes only",
        )
    } else {
        Finding::ok("clock", format!("within {apart} s of the Graph API's"))
    })
}
