//! A simulated platform, and a client for its first business phone number.

use std::time::Duration;

use simulator::{Fault, Running, Settings, Simulator, Trouble};
use tokio::net::TcpListener;
use url::Url;
use wharf_client::{AccessToken, Client, Number, Timeouts};
use wharf_model::outgoing::Text;
use wharf_model::{OutgoingMessage, PhoneNumberId, Recipient};

/// A token, a number and a text that may turn up nowhere but at Meta.
pub(crate) const TOKEN: &str = "EAAGcanaryTokenNobodyMaySee";
pub(crate) const USER: &str = "+16505550199";
pub(crate) const TEXT: &str = "canary text for one reader";
pub(crate) const NUMBER: &str = "106540352242922";

pub(crate) struct Platform {
    running: Running,
    pub(crate) client: Client,
}

impl Platform {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Settings {
            access_token: TOKEN.into(),
            ..Settings::default()
        };
        let running = Simulator::start(settings, listener).unwrap();
        let client = client(&running.base_url.parse().unwrap());
        Self { running, client }
    }

    pub(crate) fn simulator(&self) -> &Simulator {
        &self.running.simulator
    }

    /// The handle of the number that sends.
    pub(crate) fn number(&self) -> Number {
        self.client.number(&number())
    }

    /// The next call that this kind of trouble can strike has it.
    pub(crate) fn once(&self, trouble: Trouble) {
        self.simulator().fault(Fault::new(trouble).times(1));
    }
}

pub(crate) fn client(base: &Url) -> Client {
    Client::builder(token())
        .base_url(base.clone())
        .build()
        .unwrap()
}

/// A client that gives up soon once it is connected.
pub(crate) fn impatient(base: &Url, limit: Duration) -> Client {
    let mut timeouts = Timeouts::default();
    timeouts.call = limit;
    timeouts.stall = limit;
    Client::builder(token())
        .base_url(base.clone())
        .timeouts(timeouts)
        .build()
        .unwrap()
}

pub(crate) fn token() -> AccessToken {
    AccessToken::new(TOKEN).unwrap()
}

pub(crate) fn number() -> PhoneNumberId {
    NUMBER.parse().unwrap()
}

pub(crate) fn text() -> OutgoingMessage {
    OutgoingMessage::new(user(), Text::new(TEXT).unwrap()).unwrap()
}

pub(crate) fn user() -> Recipient {
    Recipient::Phone(USER.parse().unwrap())
}
