//! Templates of our WABAs: what Meta tells of them is kept here, fetched and told by webhooks, and
//! they are made, changed and deleted at Meta.
//!
//! A WABA is called with the token of one of its channels. One node at a time fetches; what a
//! command of the API changes is noted by the node that it came to.

mod manage;
mod refresh;

use std::sync::Arc;

use serde_json::Value;
use wharf_client::Client;
use wharf_model::{InvalidId, WabaId};

use crate::StoreError;
use crate::app::App;
use crate::carrier::CarrierError;
use crate::store::{channels, templates, windows};

pub(crate) use manage::{create, delete, edit};
pub(crate) use refresh::{Refreshed, refresh};

/// Starts what keeps the templates as Meta has them.
pub(crate) fn start(app: &Arc<App>) {
    app.spawn(refresh::watch(Arc::clone(app)));
}

/// Why a template was not fetched, made, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("there is no such template")]
    NotFound,
    #[error("there is no channel \"{0}\"")]
    ChannelNotFound(String),
    #[error("the WABA of the channel \"{0}\" is not known; give the channel its waba_id")]
    NoWaba(String),
    #[error("no channel of the WABA {0} has an access token")]
    NoChannel(String),
    #[error("the WABA id is not one of Meta's")]
    Id(#[from] InvalidId),
    #[error("the channel cannot call its carrier")]
    Carrier(#[from] CarrierError),
    /// Meta's code, and what it says for a person.
    #[error("the carrier refused ({code}): {text}")]
    Refused { code: i64, text: String },
    #[error("the carrier did not answer as it should: {0}")]
    NoAnswer(String),
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl From<wharf_client::Error> for TemplateError {
    fn from(error: wharf_client::Error) -> Self {
        match error {
            wharf_client::Error::Graph(graph) => {
                let title = graph.user_title.clone();
                let texts = [title, graph.user_message.clone().or(graph.details.clone())];
                let mut text: Vec<String> = texts.into_iter().flatten().collect();
                if text.is_empty() {
                    text.extend(graph.message.clone());
                }
                Self::Refused {
                    code: graph.subcode.unwrap_or(graph.code.0),
                    text: text.join(": "),
                }
            }
            other => Self::NoAnswer(other.to_string()),
        }
    }
}

/// A WABA and the way to it.
#[derive(Debug)]
struct Account {
    waba: WabaId,
    client: Client,
}

/// Which WABA a caller means: by itself, or by one of its channels.
#[derive(Debug, Clone)]
pub(crate) enum Of {
    Waba(String),
    Channel(String),
}

impl Of {
    /// The WABA's id.
    pub(crate) async fn waba(&self, app: &App) -> Result<String, TemplateError> {
        let channel = match self {
            Self::Waba(waba) => return Ok(waba.clone()),
            Self::Channel(channel) => channel.clone(),
        };
        let id = channel.clone();
        let found = app.store.read(move |tx| {
            let known = channels::by_id(tx, &id)?.is_some();
            Ok((known, windows::waba_of(tx, &id)?))
        });
        match found.await? {
            (_, Some(waba)) => Ok(waba),
            (true, None) => Err(TemplateError::NoWaba(channel)),
            (false, None) => Err(TemplateError::ChannelNotFound(channel)),
        }
    }
}

/// The way to a WABA, with the token of one of its channels.
async fn account(app: &App, waba_id: &str) -> Result<Account, TemplateError> {
    let id = waba_id.to_owned();
    let channel = app.store.read(move |tx| {
        let wabas = templates::wabas(tx)?;
        match wabas.into_iter().find(|(waba, _)| *waba == id) {
            Some((_, channel)) => channels::by_id(tx, &channel),
            None => Ok(None),
        }
    });
    let channel = channel
        .await?
        .ok_or_else(|| TemplateError::NoChannel(waba_id.to_owned()))?;
    Ok(Account {
        waba: waba_id.parse()?,
        client: app.carriers.client_of(&channel)?,
    })
}

/// Meta's definition of a template, from its parts.
fn definition(parts: Value) -> wharf_model::template::TemplateDefinition {
    serde_json::from_value(parts).unwrap_or_default()
}
