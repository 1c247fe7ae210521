//! The files of the console: all served, with what protects them, and nothing in them from elsewhere.

use std::path::Path;

use gateway::clock::Clock;
use serde_json::Value;

use super::{header, started};
use crate::app::{TestApp, settings};

const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The folder that the files are built from.
fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console")
}

/// Every file of the folder, as the path at which it is served.
fn files() -> Vec<String> {
    let (mut folders, mut files) = (vec![folder()], Vec::new());
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder()).unwrap().to_str().unwrap();
                files.push(format!("/console/{name}"));
            }
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_is_served_with_all_that_protects_it() {
    let app = started().await;
    let pages = ["/console/", "/docs", "/console/messages/msg_1"].map(str::to_owned);
    for path in files().into_iter().chain(pages) {
        let answer = app.page(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        for (name, value) in [
            ("content-security-policy", PAGE),
            ("cache-control", "no-cache"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(header(&answer, name), value, "{path}");
        }
        let ending = path.rsplit_once('.').map_or("html", |(_, ending)| ending);
        let kind = match ending {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "txt" => "text/plain; charset=utf-8",
            "png" => "image/png",
            _ => "",
        };
        assert_eq!(header(&answer, "content-type"), kind, "{path}");
        let etag = header(&answer, "etag");
        let known = app.http.get(app.url(&path)).header("if-none-match", &etag);
        let known = known.send().await.unwrap();
        assert_eq!(known.status(), 304, "{path}");
        assert_eq!(header(&known, "cache-control"), "no-cache");
        assert_eq!(header(&known, "etag"), etag);
    }
    // What is no page is told to be none.
    for path in [
        "/api/v1/channels",
        "/openapi.json",
        "/livez",
        "/nothing",
        "/console/none.js",
    ] {
        let answer = app.page(path).await;
        let policy = header(&answer, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.ends_with("; sandbox"),
            "{path}"
        );
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_find_the_console_and_nothing_beside_it() {
    let app = started().await;
    for path in ["/", "/console"] {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let answer = client
            .build()
            .unwrap()
            .get(app.url(path))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 307, "{path}");
        assert_eq!(header(&answer, "location"), "/console/");
    }
    for path in [
        "/console/app.jsx",
        "/console/%2e%2e/Cargo.toml",
        "/console/docs/none.css",
    ] {
        assert_eq!(app.page(path).await.status(), 404, "{path}");
    }
    let head = app.http.head(app.url("/console/")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    // The reference needs no key, and neither does what it is drawn from.
    let document: Value = app.page("/openapi.json").await.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_from_a_folder_for_those_who_change_them() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("console");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(folder.path().join("secret.js"), "hush").unwrap();
    std::fs::write(inside.join("index.html"), "one").unwrap();
    let app = TestApp::start_with(Clock::system(), settings(), |config| {
        config.console.dir = Some(inside.clone());
    })
    .await;
    let first = app.page("/console/").await;
    let etag = header(&first, "etag");
    assert_eq!(first.text().await.unwrap(), "one");
    std::fs::write(inside.join("index.html"), "two").unwrap();
    let second = app
        .http
        .get(app.url("/console/"))
        .header("if-none-match", etag);
    assert_eq!(second.send().await.unwrap().text().await.unwrap(), "two");
    for path in [
        "/console/..%2fsecret.js",
        "/console/%2e%2e/secret.js",
        "/console//etc/x.txt",
    ] {
        assert_eq!(app.page(path).await.status(), 404, "{path}");
    }
}

/// What a browser loads that opens every screen, as it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn all_script_is_under_200_kb() {
    let app = TestApp::start().await;
    let (mut sent, mut written) = (0, 0);
    for path in files().iter().filter(|path| is_kind(path, "js")) {
        let plain = app.page(path).await.bytes().await.unwrap();
        let request = app.http.get(app.url(path));
        let zipped = request.header("accept-encoding", "gzip").send().await;
        let zipped = zipped.unwrap();
        assert_eq!(header(&zipped, "content-encoding"), "gzip");
        assert_eq!(header(&zipped, "vary"), "accept-encoding");
        sent += zipped.bytes().await.unwrap().len();
        written += plain.len();
    }
    assert!(
        sent < 200_000 && written > sent,
        "{sent} of {written} bytes"
    );
}

/// The policy would refuse it, but a page that asks for it would be broken.
#[test]
fn no_file_asks_for_anything_from_elsewhere_or_has_script_or_style_inside() {
    for path in files() {
        let name = path.strip_prefix("/console/").unwrap();
        let Ok(text) = std::fs::read_to_string(folder().join(name)) else {
            continue;
        };
        if is_kind(name, "html") {
            for wrong in [
                "<style",
                " style=",
                "<script>",
                " onclick=",
                " onload=",
                "javascript:",
            ] {
                assert!(!text.contains(wrong), "{name}: {wrong}");
            }
        }
        let is_ours = !name.contains("vendor");
        for (number, line) in text.lines().enumerate() {
            let place = format!("{name}:{}: {line}", number + 1);
            let asks = [
                "src=\"http",
                "href=\"http",
                "src=\"//",
                "href=\"//",
                "url(http",
                "url(//",
                "@import",
                "from \"http",
                "import(\"http",
                "fetch(\"http",
            ];
            assert!(!asks.iter().any(|ask| line.contains(ask)), "{place}");
            if is_ours && (is_kind(name, "js") || is_kind(name, "css")) {
                // Names of XML, what stands in an empty field, and where a person may click.
                let line = line.replace("http://www.w3.org/", "");
                let line = line.replace("https://example.com/", "");
                let line = line.replace("href=${`https://www.openstreetmap.org/", "");
                assert!(
                    !line.contains("http://") && !line.contains("https://"),
                    "{place}"
                );
            }
        }
    }
}

fn is_kind(name: &str, extension: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|known| known == extension)
}
