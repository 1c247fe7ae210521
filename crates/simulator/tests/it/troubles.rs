//! Faults beyond the plain ones: no answer, parts of answers, slow media, filters, scripts.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{Calls, Fault, Matching, Script, Trouble};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::kit::{PHONE, Stage, TOKEN, USER, text};

async fn raw(stage: &Stage, patience: Duration) -> Result<reqwest::Response, reqwest::Error> {
    let url = stage.url(&format!("/v24.0/{PHONE}/messages"));
    let request = stage.http.post(url).bearer_auth(TOKEN).timeout(patience);
    request.json(&text("hi")).send().await
}

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn no_answer_comes_until_the_caller_gives_up() {
    let stage = Stage::new().await;
    for (trouble, accepted) in [
        (Trouble::HangBeforeAccepting, 0),
        (Trouble::HangAfterAccepting, 1),
    ] {
        stage.simulator().fault(Fault::new(trouble).times(1));
        let error = raw(&stage, SHORT).await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert_eq!(stage.simulator().accepted_count(), accepted);
    }
    assert_eq!(raw(&stage, LONG).await.unwrap().status(), 200);
    // A call that hangs does not hold up the end.
    stage
        .simulator()
        .fault(Fault::new(Trouble::HangBeforeAccepting));
    let mut socket = TcpStream::connect(stage.running.addr).await.unwrap();
    let head = format!(
        "POST /v24.0/{PHONE}/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    stage.end().await;
}

#[tokio::test]
async fn an_answer_breaks_off_in_the_middle() {
    let stage = Stage::new().await;
    stage
        .simulator()
        .fault(Fault::new(Trouble::CutInAnswer).times(1));
    let answer = raw(&stage, LONG).await.unwrap();
    assert_eq!(answer.status(), 200);
    let promised = answer.content_length().unwrap();
    assert!(promised > 100);
    let error = answer.bytes().await.unwrap_err();
    assert!(!error.is_timeout(), "{error}");
    assert_eq!(stage.simulator().accepted_count(), 1);
    stage.end().await;
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back() {
    let stage = Stage::new().await;
    let trouble = Trouble::Throttled {
        code: 130_429,
        retry_after: 7,
    };
    stage.simulator().fault(Fault::new(trouble).times(1));
    let answer = raw(&stage, LONG).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(
        answer.json::<Value>().await.unwrap()["error"]["code"],
        130_429
    );
    stage.end().await;
}

async fn upload(stage: &Stage, bytes: usize) -> Result<reqwest::Response, reqwest::Error> {
    let boundary = "b0undary";
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n"
    )
    .into_bytes();
    body.extend(std::iter::repeat_n(b'a', bytes));
    body.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
    stage
        .http
        .post(stage.url(&format!("/v24.0/{PHONE}/media")))
        .bearer_auth(TOKEN)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(body)
        .send()
        .await
}

#[tokio::test]
async fn files_come_slowly_or_in_part() {
    let stage = Stage::new().await;
    stage
        .simulator()
        .put_media("77", "text/plain", vec![b'x'; 10_000]);
    let (_, media) = stage.get("/v24.0/77").await;
    let url = media["url"].as_str().unwrap();
    let download = async || stage.http.get(url).bearer_auth(TOKEN).send().await.unwrap();

    let half = Fault::new(Trouble::CutInAnswer)
        .calls(Calls::Download)
        .times(1);
    stage.simulator().fault(half);
    let mut answer = download().await;
    assert_eq!(answer.content_length(), Some(10_000));
    let mut came = 0;
    let error = loop {
        match answer.chunk().await {
            Ok(chunk) => came += chunk.unwrap().len(),
            Err(error) => break error,
        }
    };
    assert!(came <= 5_000 && !error.is_timeout(), "{came} {error}");

    let slow = Trouble::Slow {
        bytes_per_second: 50_000,
    };
    stage
        .simulator()
        .fault(Fault::new(slow.clone()).calls(Calls::Download).times(1));
    let begun = Instant::now();
    assert_eq!(download().await.bytes().await.unwrap().len(), 10_000);
    assert!(
        begun.elapsed() >= Duration::from_millis(190),
        "{:?}",
        begun.elapsed()
    );

    stage
        .simulator()
        .fault(Fault::new(slow).calls(Calls::Upload).times(1));
    let begun = Instant::now();
    assert_eq!(upload(&stage, 10_000).await.unwrap().status(), 200);
    assert!(
        begun.elapsed() >= Duration::from_millis(190),
        "{:?}",
        begun.elapsed()
    );

    let cut = Fault::new(Trouble::CutInRequest)
        .calls(Calls::Upload)
        .times(1);
    stage.simulator().fault(cut);
    assert!(upload(&stage, 100_000).await.is_err());
    assert_eq!(upload(&stage, 100).await.unwrap().status(), 200);
    stage.end().await;
}

#[tokio::test]
async fn faults_pick_their_calls() {
    let stage = Stage::new().await;
    let simulator = stage.simulator();
    let matching = Matching {
        recipient: Some("+1 650 555 9999".to_owned()),
        kind: Some("text".to_owned()),
        ..Matching::ANY
    };
    simulator.fault(Fault::new(Trouble::graph(131_056)).matching(matching));
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    let mut other = text("hi");
    other["to"] = json!("16505559999");
    assert_eq!(stage.send(&other).await.1["error"]["code"], 131_056);
    simulator.clear_faults();

    simulator.fault(Fault::new(Trouble::graph(2)).after(2).every(3));
    let mut statuses = Vec::new();
    for _ in 0..9 {
        statuses.push(stage.send(&text("hi")).await.0);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 200, 503, 200, 200, 503]);
    simulator.clear_faults();

    let path = Matching {
        path: Some("/subscribed_apps".to_owned()),
        method: Some("GET".to_owned()),
        ..Matching::ANY
    };
    simulator.fault(
        Fault::new(Trouble::graph(80_008))
            .calls(Calls::Manage)
            .matching(path),
    );
    let apps = "/v24.0/102290129340398/subscribed_apps";
    assert_eq!(stage.get(apps).await.1["error"]["code"], 80_008);
    assert_eq!(stage.post(apps, &json!({})).await.0, 200);
    assert_eq!(stage.get(&format!("/v24.0/{PHONE}")).await.0, 200);
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    stage.end().await;
}

#[tokio::test]
async fn a_script_strikes_call_by_call() {
    let stage = Stage::new().await;
    let script = Script::new()
        .pass(3)
        .strike(Trouble::graph(130_429))
        .strike(Trouble::CutAfterAccepting);
    stage.simulator().script(script);
    for wanted in [Some(200), Some(200), Some(200), Some(400), None, Some(200)] {
        let status = raw(&stage, LONG)
            .await
            .ok()
            .map(|answer| answer.status().as_u16());
        assert_eq!(status, wanted);
    }
    assert!(
        stage.simulator().scripts().is_empty(),
        "a script that is over is gone"
    );
    assert_eq!(stage.simulator().accepted_count(), 5);

    let order = json!({"matching": {"recipient": USER}, "repeat": true, "steps": [
        {"times": 1},
        {"trouble": {"graph": {"code": 131_016}}, "times": 2},
    ]});
    let (status, made) = stage.post("/sim/v1/faults/script", &order).await;
    assert_eq!(status, 200, "{made}");
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(stage.send(&text("hi")).await.0);
    }
    assert_eq!(statuses, [200, 500, 500, 200, 500, 500]);
    let (_, list) = stage.get("/sim/v1/faults/script").await;
    assert_eq!(
        list["data"][0]["script"]["steps"][1]["trouble"]["graph"]["code"],
        131_016
    );
    let path = format!("/sim/v1/faults/{}", made["id"]);
    assert_eq!(stage.call("DELETE", &path, None).await.1["success"], true);
    assert_eq!(stage.send(&text("hi")).await.0, 200);
    for bad in [
        json!({}),
        json!({"steps": []}),
        json!({"steps": [{"trouble": "no_such"}]}),
    ] {
        assert_eq!(
            stage.post("/sim/v1/faults/script", &bad).await.0,
            400,
            "{bad}"
        );
    }
    stage.end().await;
}
