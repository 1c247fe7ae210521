//! A Chromium without a window, driven through `chromedriver` as the `WebDriver` standard says.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::process::{Process, free_port, program, until};

/// How long a page may take until something in it can be clicked.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long one command may take: the first one reads all of the browser, perhaps from a slow disk.
const COMMAND: Duration = Duration::from_mins(2);
/// The key under which `WebDriver` puts the id of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Polls a condition inside the page until it holds; answers with what it gave, of an element only that
/// it is there: it may be drawn anew before the answer is read.
const WAIT: &str = "const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);
const ends = Date.now() + 60000; const look = () => { let held;
try { held = (function () { BODY }).apply(null, given); } catch (error) { held = null; }
if (held) done(held instanceof Node || held); else if (Date.now() > ends) done(null); else setTimeout(look, 25); }; look();";

/// A browser with one window and a profile of its own, both gone when this value is.
#[derive(Debug)]
pub struct Chromium {
    port: u16,
    session: String,
    process: Process,
    _folder: tempfile::TempDir,
}

impl Chromium {
    /// Starts it with a window of this size, in CSS pixels.
    pub fn start(width: u32, height: u32) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let log = folder.path().join("chromedriver.log");
        let driver = program("chromedriver", &[])?;
        let arguments = [format!("--port={port}")];
        let mut process = Process::start(&driver, &arguments, None, &log)?;
        until(&mut process, &log, || {
            request(port, "GET", "/status", None).is_ok()
        })?;
        let mut arguments = vec![
            "--headless=new".to_owned(),
            // Chromium ends when the pipe does, so that it never outlives its driver.
            "--remote-debugging-pipe".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--autoplay-policy=no-user-gesture-required".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            // It would look for updates and the like.
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--no-first-run".to_owned(),
            format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ),
            format!("--window-size={width},{height}"),
        ];
        if rustix::process::geteuid().is_root() {
            arguments.push("--no-sandbox".to_owned());
        }
        let options = json!({
            "binary": program("chromium", &[])?,
            "args": arguments,
        });
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            // Longer than any wait.
            "timeouts": {"script": 120_000},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let made = request(port, "POST", "/session", Some(&capabilities))?;
        let session = made["sessionId"].as_str().unwrap_or_default().to_owned();
        let browser = Self {
            port,
            session,
            process,
            _folder: folder,
        };
        // Its own first page is nobody's business.
        browser.open("about:blank")?;
        browser.requests()?;
        browser.resize(width, height)?;
        Ok(browser)
    }

    /// Gives the page this size.
    pub fn resize(&self, width: u32, height: u32) -> io::Result<()> {
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)
    }

    /// Prefers dark colours, or light ones.
    pub fn dark(&self, on: bool) -> io::Result<()> {
        let value = if on { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", &features)
    }

    /// Sends a command of the `DevTools` protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) -> io::Result<()> {
        let body = json!({"cmd": command, "params": parameters});
        self.post("/goog/cdp/execute", &body).map(drop)
    }

    /// Opens a page.
    pub fn open(&self, url: &str) -> io::Result<()> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Goes on inside the frame that this selector finds, or without one in the page itself.
    pub fn enter(&self, frame: Option<&str>) -> io::Result<()> {
        let id = match frame {
            Some(selector) => json!({ ELEMENT: self.element(selector)? }),
            None => Value::Null,
        };
        self.post("/frame", &json!({ "id": id })).map(drop)
    }

    /// Runs a script in the page; gives what it returns.
    pub fn run(&self, script: &str, arguments: &Value) -> io::Result<Value> {
        self.post(
            "/execute/sync",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Runs a script in the page that calls its last argument when it is done, with what it gives.
    pub fn run_async(&self, script: &str, arguments: &Value) -> io::Result<Value> {
        self.post(
            "/execute/async",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Waits until a script returns something that holds, and gives that.
    pub fn wait(&self, script: &str, arguments: &Value) -> io::Result<Value> {
        let script_in_loop = WAIT.replace("BODY", script);
        let given = self.run_async(&script_in_loop, arguments)?;
        if given.is_null() {
            let page = self.run("return document.body.innerText", &json!([]))?;
            let told = format!("it does not come true: {script}\nthe page says: {page}");
            return Err(io::Error::other(told));
        }
        Ok(given)
    }

    /// Waits until the page has an element for this selector; gives its text.
    pub fn see(&self, selector: &str) -> io::Result<String> {
        let script = "const found = document.querySelector(arguments[0]);
            return found && found.getClientRects().length > 0 && { text: found.innerText ?? '' };";
        let seen = self.wait(script, &json!([selector]))?;
        Ok(seen["text"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits for the element and clicks it as a mouse does, once it can be clicked: it may still be
    /// moving, covered by something that goes away, or about to be drawn anew.
    pub fn click(&self, selector: &str) -> io::Result<()> {
        let ends = Instant::now() + PATIENCE;
        loop {
            let element = self.element(selector)?;
            match self.post(&format!("/element/{element}/click"), &json!({})) {
                Err(error) if is_passing(&error) && Instant::now() < ends => {
                    std::thread::sleep(Duration::from_millis(25));
                }
                clicked => return clicked.map(drop),
            }
        }
    }

    /// Waits for the element and types into it; for a file input, the path of a file.
    pub fn type_into(&self, selector: &str, text: &str) -> io::Result<()> {
        let element = self.element(selector)?;
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        )
        .map(drop)
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn press(&self, keys: &str) -> io::Result<()> {
        let actions: Vec<_> = keys
            .chars()
            .flat_map(|key| {
                let key = key.to_string();
                [
                    json!({"type": "keyDown", "value": key}),
                    json!({"type": "keyUp", "value": key}),
                ]
            })
            .collect();
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.post("/actions", &body).map(drop)
    }

    /// A picture of the window as PNG.
    pub fn screenshot(&self, to: &Path) -> io::Result<()> {
        let picture = self.call("GET", "/screenshot", None)?;
        let bytes = STANDARD
            .decode(picture.as_str().unwrap_or_default())
            .map_err(io::Error::other)?;
        std::fs::write(to, bytes)
    }

    /// What the page and the browser complained about since the last call.
    pub fn complaints(&self) -> io::Result<Vec<String>> {
        let entries = self.post("/se/log", &json!({"type": "browser"}))?;
        let entries = entries.as_array().into_iter().flatten();
        let bad = entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        Ok(bad.map(|entry| entry["message"].to_string()).collect())
    }

    /// The addresses that were asked for since the last call.
    pub fn requests(&self) -> io::Result<Vec<String>> {
        let entries = self.post("/se/log", &json!({"type": "performance"}))?;
        let entries = entries.as_array().into_iter().flatten();
        let urls = entries.filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let sent = message["method"] == "Network.requestWillBeSent";
            let url = message["params"]["request"]["url"].as_str()?;
            sent.then(|| url.to_owned())
        });
        Ok(urls.collect())
    }

    fn element(&self, selector: &str) -> io::Result<String> {
        // File inputs are usually out of sight and take their file all the same.
        let script = "return document.querySelector(arguments[0])?.type === 'file'";
        if self.run(script, &json!([selector]))? != true {
            self.see(selector)?;
        }
        let query = json!({"using": "css selector", "value": selector});
        let found = self.post("/element", &query)?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    fn post(&self, path: &str, body: &Value) -> io::Result<Value> {
        self.call("POST", path, Some(body))
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Value> {
        request(
            self.port,
            method,
            &format!("/session/{}{path}", self.session),
            body,
        )
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Closes the window and with it the browser; then the driver ends.
        let _ = self.call("DELETE", "", None);
        let _ = self.process.end(Signal::TERM);
    }
}

/// Whether an element could not be clicked for a reason that may pass.
fn is_passing(error: &io::Error) -> bool {
    let told = error.to_string();
    [
        "element not interactable",
        "element click intercepted",
        "stale element reference",
        "no such element",
    ]
    .iter()
    .any(|reason| told.contains(reason))
}

/// One request to the driver, over a connection of its own; gives the `value` of the answer.
fn request(port: u16, method: &str, path: &str, body: Option<&Value>) -> io::Result<Value> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(COMMAND))?;
    let body = body.map(Value::to_string).unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    // The driver keeps the connection open, whatever it is asked for: its answer says its length.
    let mut stream = BufReader::new(stream);
    let (mut status, mut line, mut length) = (String::new(), String::new(), 0);
    stream.read_line(&mut status)?;
    while stream.read_line(&mut line)? > 2 {
        let field = line.to_ascii_lowercase();
        if let Some(value) = field.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let mut answer: Value = serde_json::from_slice(&body).map_err(io::Error::other)?;
    let value = answer["value"].take();
    if status.starts_with("HTTP/1.1 200") {
        Ok(value)
    } else {
        Err(io::Error::other(format!(
            "{method} {path}: {}: {}",
            value["error"], value["message"]
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_a_page_and_runs_scripts_in_it() {
        let browser = Chromium::start(400, 300).unwrap();
        browser.open("data:text/html,<p id=a>hello</p>").unwrap();
        assert_eq!(browser.see("#a").unwrap(), "hello");
        let wide = browser.run("return innerWidth", &json!([])).unwrap();
        assert_eq!(wide, 400);
    }
}
