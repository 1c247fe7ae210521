//! Somebody at the console of a running demo: browser, gateway, simulator.

mod people;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use test_servers::{Chromium, packages};

use crate::binary::{Beside, run, wharf};

pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const END: &str = "\u{e010}";
pub(crate) const HOME: &str = "\u{e011}";
pub(crate) const LEFT: &str = "\u{e012}";
pub(crate) const RIGHT: &str = "\u{e014}";
pub(crate) const UP: &str = "\u{e013}";
pub(crate) const DOWN: &str = "\u{e015}";
/// The demo's channel and its simulated user.
pub(crate) const CHANNEL: &str = "demo";
pub(crate) const USER: &str = "15550100123";

/// The checker of accessibility and its version, so that it stays the one that was tried.
const AXE: &str = "axe-core@4.10.3";
/// A folder to take the console from instead of the binary, for whoever works on it.
const FILES: &str = "WHARF_TEST_CONSOLE";

/// A demo whose conversation has been played, and a browser.
pub(crate) struct Desk {
    pub(crate) browser: Chromium,
    pub(crate) url: String,
    pub(crate) key: String,
    simulator: String,
    /// The demo, unless the gateway is another one.
    demo: Option<Beside>,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// Signed in, at the overview, in a wide window.
    pub(crate) fn new() -> Self {
        let desk = Self::signed_out();
        desk.sign_in();
        desk
    }

    /// At no page yet.
    pub(crate) fn signed_out() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = vec!["demo", "--port", "0", "--simulator-port", "0"];
        let files = files();
        if let Some(files) = &files {
            arguments.extend(["--console-dir", files]);
        }
        let mut demo = Beside::start(wharf(folder.path(), &arguments).env("TMPDIR", folder.path()));
        let url = demo.out.after("gateway    ");
        let simulator = demo.out.after("simulator  ");
        let key = demo.out.after("API key    ");
        Self {
            browser: Chromium::start(1280, 860).unwrap(),
            url: url.trim_end_matches(',').to_owned(),
            key,
            simulator: simulator.trim_end_matches(',').to_owned(),
            demo: Some(demo),
            _folder: folder,
        }
    }

    /// Signed in at a gateway that somebody else runs.
    pub(crate) fn at(url: &str, simulator: &str, key: &str) -> Self {
        let desk = Self {
            browser: Chromium::start(1280, 860).unwrap(),
            url: url.to_owned(),
            key: key.to_owned(),
            simulator: simulator.to_owned(),
            demo: None,
            _folder: tempfile::tempdir().unwrap(),
        };
        desk.sign_in();
        desk
    }

    pub(crate) fn sign_in(&self) {
        self.browser
            .open(&format!("{}/console/", self.url))
            .unwrap();
        self.see("body[data-ready='out']");
        self.type_into("input[name=key]", &format!("{}{ENTER}", self.key));
        self.see("body[data-ready='in'] main h1");
    }

    /// Goes to a place of the console, e.g. `tail` or `messages/msg_…`, and waits for its heading.
    pub(crate) fn open(&self, place: &str) {
        let script = "location.hash = '#/' + arguments[0]";
        self.browser.run(script, &json!([place])).unwrap();
        let shown =
            "return location.hash === '#/' + arguments[0] && document.querySelector('main h1')";
        self.browser.wait(shown, &json!([place])).unwrap();
    }

    /// Calls the gateway's API with the demo's key.
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.call(method, &format!("{}{path}", self.url), body);
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.api("GET", path, None)
    }

    /// Calls the simulator's own API, e.g. `POST` `users/15550100123/messages`.
    pub(crate) fn simulate(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/sim/v1/{path}", self.simulator);
        let (status, answer) = self.call(method, &url, Some(body));
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    fn call(&self, method: &str, url: &str, body: Option<&Value>) -> (u16, Value) {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-X", method, "-w", "\n%{http_code}", url]);
        curl.args(["-H", &format!("Authorization: Bearer {}", self.key)]);
        if let Some(body) = body {
            curl.args([
                "-H",
                "Content-Type: application/json",
                "-d",
                &body.to_string(),
            ]);
        }
        let ended = run(&mut curl);
        assert_eq!(ended.code, Some(0), "is curl installed? {ended:?}");
        let (answer, status) = ended.out.rsplit_once('\n').unwrap();
        let answer = serde_json::from_str(answer).unwrap_or_default();
        (status.parse().unwrap(), answer)
    }

    /// The simulated user writes; gives the wamid.
    pub(crate) fn user_writes(&self, text: &str) -> String {
        let wrote = self.simulate(
            "POST",
            &format!("users/{USER}/messages"),
            &json!({"text": text}),
        );
        wrote["wamid"].as_str().unwrap().to_owned()
    }

    /// The simulated user writes the same many times.
    pub(crate) fn user_writes_often(&self, text: &str, times: u32) {
        // curl counts it up, on one connection.
        let path = format!("users/{USER}/messages?n=[1-{times}]");
        self.simulate("POST", &path, &json!({ "text": text }));
    }

    /// The business writes to a user; gives our id of the message.
    pub(crate) fn business_writes(&self, to: &str, text: &str) -> String {
        let body = json!({"channel": CHANNEL, "to": to, "type": "text", "text": {"body": text}});
        let sent = self.api("POST", "/api/v1/messages", Some(&body));
        sent["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a message is in this state.
    pub(crate) fn message_is(&self, id: &str, state: &str) -> Value {
        let end = std::time::Instant::now() + crate::binary::LIMIT;
        loop {
            let message = self.get(&format!("/api/v1/messages/{id}"));
            if message["state"] == state {
                return message;
            }
            assert!(std::time::Instant::now() < end, "not {state}: {message}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    pub(crate) fn see(&self, selector: &str) -> String {
        self.browser.see(selector).unwrap()
    }

    pub(crate) fn click(&self, selector: &str) {
        self.browser.click(selector).unwrap();
    }

    pub(crate) fn press(&self, keys: &str) {
        self.browser.press(keys).unwrap();
    }

    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        self.browser.type_into(selector, text).unwrap();
    }

    /// Waits until a script in the page gives something that holds; gives that.
    pub(crate) fn until(&self, script: &str) -> Value {
        self.browser.wait(script, &json!([])).unwrap()
    }

    /// Waits until the screen says this.
    pub(crate) fn says(&self, text: &str) {
        let script = "return document.body.innerText.includes(arguments[0])";
        self.browser.wait(script, &json!([text])).unwrap();
    }

    /// A picture below `target/console-shots`, once nothing moves.
    pub(crate) fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../console-shots");
        std::fs::create_dir_all(&folder).unwrap();
        self.until(
            "return [...document.images].every((image) => image.complete) && !document.querySelector('.loading')
                && document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations > 5)",
        );
        self.browser
            .screenshot(&folder.join(format!("{name}.png")))
            .unwrap();
    }

    /// The screen as it is now, in light and dark, wide and as narrow as a phone: axe finds nothing
    /// serious, nothing is wider than the window, and a picture of each is kept.
    pub(crate) fn looks_well(&self, name: &str) {
        let axe = axe();
        for (size, width, height) in [("", 1280, 860), ("-phone", 360, 740)] {
            self.browser.resize(width, height).unwrap();
            for (mode, dark) in [("", false), ("-dark", true)] {
                self.browser.dark(dark).unwrap();
                self.picture(&format!("{name}{size}{mode}"));
                self.is_accessible(&axe, &format!("{name}{size}{mode}"));
            }
            let wide = "return document.documentElement.scrollWidth";
            let wide = self.browser.run(wide, &json!([])).unwrap();
            assert_eq!(wide, json!(width), "{name}{size} is wider than its window");
        }
        self.browser.dark(false).unwrap();
        self.browser.resize(1280, 860).unwrap();
    }

    fn is_accessible(&self, axe: &str, what: &str) {
        let script = format!(
            "{axe}; const done = arguments[arguments.length - 1];
            axe.run(document, {{ resultTypes: ['violations'] }}).then((found) => done(found.violations
                .map((one) => `${{one.impact}} ${{one.id}}: ${{one.nodes.map((node) => node.target + ' ' + (node.any[0]?.message ?? '')).join('; ')}}`)),
                (error) => done(['critical ' + error]));"
        );
        let found = self.browser.run_async(&script, &json!([])).unwrap();
        let serious: Vec<_> = found
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .filter(|one| one.starts_with("serious") || one.starts_with("critical"))
            .collect();
        assert!(serious.is_empty(), "{what}: {serious:#?}");
    }

    /// No error in the browser's console, which is also where breaches of the content policy are
    /// told, and nothing asked of another host.
    pub(crate) fn is_clean(&self) {
        self.is_clean_but(&[]);
    }

    /// The same, but for complaints that have one of these in them.
    pub(crate) fn is_clean_but(&self, expected: &[&str]) {
        let mut complaints = self.browser.complaints().unwrap();
        complaints.retain(|one| {
            // What is asked for when nobody is signed in, or not any more, is answered 401.
            let is_question = one.contains("401 (Unauthorized)");
            !is_question && !expected.iter().any(|part| one.contains(part))
        });
        assert!(complaints.is_empty(), "{complaints:#?}");
        for url in self.browser.requests().unwrap() {
            let own = url.starts_with(&format!("{}/", self.url));
            let good = own || url.starts_with("data:") || url.starts_with("blob:");
            assert!(good, "the page asked for {url}");
            assert!(!url.contains(USER), "a number is in an address: {url}");
            assert!(!url.contains(&self.key), "the key is in an address");
        }
    }

    /// Ends all, after a last look at what the browser complained about.
    pub(crate) fn end(self) {
        self.is_clean();
        drop(self.browser);
        if let Some(mut demo) = self.demo {
            let (status, _) = demo.terminate();
            assert!(status.success(), "{status}");
        }
    }
}

fn files() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by whoever runs them"
    )]
    std::env::var(FILES).ok()
}

fn axe() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = packages::node(folder, &[AXE]).unwrap();
    std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).unwrap()
}
