//! What an endpoint looks like in the API, and what is checked of a new or changed one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::endpoint_tools::EndpointStats;
use super::events::check_name;
use super::json::Change;
use super::problem::{Invalid, Problem};
use super::refused::of_url;
use super::time::Time;
use crate::app::App;
use crate::clock::Millis;
use crate::deliver;
use crate::ids::Kind;
use crate::store::endpoints::{self, Disabled};

/// Characters of a description at most.
const DESCRIPTION_LIMIT: usize = 500;
/// Entries of a filter at most.
const FILTER_LIMIT: usize = 100;

/// A subscriber's URL.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "ep_01hf7yat00c5k9m2t8w3x6q4vz", "url": "https://example.com/hooks/whatsapp",
    "description": "orders", "event_types": ["message", "status"], "channels": [],
    "disabled_at": null, "disabled_reason": null,
    "created_at": "2026-11-21T08:15:30.250Z", "updated_at": "2026-11-21T08:15:30.250Z"
}))]
pub(super) struct Endpoint {
    /// Ours: `ep_…`.
    id: String,
    url: String,
    description: String,
    /// Which events are delivered; empty: all.
    event_types: Vec<String>,
    /// Of which channels; empty: of all.
    channels: Vec<String>,
    /// Since when nothing is delivered. What it misses waits until it is enabled.
    disabled_at: Option<Time>,
    disabled_reason: Option<String>,
    created_at: Time,
    updated_at: Time,
    /// Signs the deliveries (Standard Webhooks). Only in the answer that creates the endpoint; later
    /// at `/secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: Option<String>,
    /// How it does: only in a list that is asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stats: Option<EndpointStats>,
}

/// The secret that signs an endpoint's deliveries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}))]
pub(super) struct EndpointSecret {
    secret: String,
}

/// An endpoint to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": "https://example.com/hooks/whatsapp", "event_types": ["message", "status"]
}))]
pub(super) struct CreateEndpoint {
    /// https or http, without user name or password, on a public address.
    #[schema(format = "uri", max_length = 2048)]
    url: String,
    /// For people.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
    /// Event names; all if absent or empty.
    #[serde(default)]
    #[schema(max_items = 100)]
    event_types: Vec<String>,
    /// Channel ids; all if absent or empty.
    #[serde(default)]
    #[schema(max_items = 100)]
    channels: Vec<String>,
}

/// What to change of an endpoint. Absent: stays. Null: cleared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"disabled": false}))]
pub(super) struct PatchEndpoint {
    #[schema(format = "uri", max_length = 2048)]
    url: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    description: Change<String>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    event_types: Change<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    channels: Change<Vec<String>>,
    /// True stops deliveries, false resumes them with what waited.
    disabled: Option<bool>,
}

impl CreateEndpoint {
    /// The row of the new endpoint, if all of it is right.
    pub(super) fn into_row(self, app: &App) -> Result<endpoints::Endpoint, Problem> {
        let mut faults = Vec::new();
        check_description(&self.description, &mut faults);
        check_names(&self.event_types, &mut faults);
        check_channels(&self.channels, &mut faults);
        let url = deliver::check_url(&app.config.deliver, &self.url);
        let url = url.map_err(|error| faults.push(of_url(&error)));
        let (Ok(url), true) = (url, faults.is_empty()) else {
            return Err(Problem::Invalid(faults));
        };
        let now = app.clock.now();
        Ok(endpoints::Endpoint {
            id: app.random.id(Kind::Endpoint, now),
            url,
            description: self.description,
            secrets: vec![deliver::new_secret(&app.random)],
            event_types: self.event_types,
            channels: self.channels,
            old_secrets_until: None,
            disabled: None,
            created_at: now,
            updated_at: now,
        })
    }
}

impl PatchEndpoint {
    /// The change to a row, if all of it is right.
    pub(super) fn into_change(
        self,
        app: &App,
    ) -> Result<impl FnOnce(&mut endpoints::Endpoint) + use<>, Problem> {
        let mut faults = Vec::new();
        if let Change::Set(description) = &self.description {
            check_description(description, &mut faults);
        }
        if let Change::Set(names) = &self.event_types {
            check_names(names, &mut faults);
        }
        if let Change::Set(channels) = &self.channels {
            check_channels(channels, &mut faults);
        }
        let url = self
            .url
            .map(|url| deliver::check_url(&app.config.deliver, &url))
            .transpose();
        let url = url.map_err(|error| faults.push(of_url(&error)));
        let (Ok(url), true) = (url, faults.is_empty()) else {
            return Err(Problem::Invalid(faults));
        };
        let now = app.clock.now();
        Ok(move |row: &mut endpoints::Endpoint| {
            if let Some(url) = url {
                row.url = url;
            }
            self.description.apply_or_default(&mut row.description);
            self.event_types.apply_or_default(&mut row.event_types);
            self.channels.apply_or_default(&mut row.channels);
            if let Some(disabled) = self.disabled {
                set_disabled(row, disabled, now);
            }
            row.updated_at = now;
        })
    }
}

fn set_disabled(row: &mut endpoints::Endpoint, disabled: bool, now: Millis) {
    if !disabled {
        row.disabled = None;
    } else if row.disabled.is_none() {
        row.disabled = Some(Disabled {
            at: now,
            reason: "disabled over the API".to_owned(),
        });
    }
}

fn check_description(description: &str, faults: &mut Vec<Invalid>) {
    let length = description.chars().count();
    if length > DESCRIPTION_LIMIT {
        let fault = Invalid::at("/description", "is too long").over(DESCRIPTION_LIMIT, length);
        faults.push(fault);
    }
}

fn check_names(names: &[String], faults: &mut Vec<Invalid>) {
    check_count("/event_types", names.len(), faults);
    for (index, name) in names.iter().enumerate().take(FILTER_LIMIT) {
        if let Err(detail) = check_name(name) {
            faults.push(Invalid::at(format!("/event_types/{index}"), detail));
        }
    }
}

fn check_channels(channels: &[String], faults: &mut Vec<Invalid>) {
    check_count("/channels", channels.len(), faults);
    let empty = channels.iter().position(String::is_empty);
    faults.extend(
        empty.map(|index| Invalid::at(format!("/channels/{index}"), "must be a channel's id")),
    );
}

fn check_count(pointer: &str, count: usize, faults: &mut Vec<Invalid>) {
    if count > FILTER_LIMIT {
        faults.push(Invalid::at(pointer, "has too many items").over(FILTER_LIMIT, count));
    }
}

impl Endpoint {
    /// With the secret, for the answer that creates the endpoint.
    pub(super) fn with_secret(row: endpoints::Endpoint) -> Self {
        let secret = row.secrets.first().map(|secret| secret.expose().to_owned());
        Self {
            secret,
            ..Self::from(row)
        }
    }
}

impl EndpointSecret {
    /// The newest; an older one that still signs is on its way out.
    pub(super) fn of(row: &endpoints::Endpoint) -> Option<Self> {
        row.secrets.first().map(|secret| Self {
            secret: secret.expose().to_owned(),
        })
    }
}

impl From<endpoints::Endpoint> for Endpoint {
    fn from(row: endpoints::Endpoint) -> Self {
        let (disabled_at, disabled_reason) = match row.disabled {
            Some(disabled) => (Some(Time(disabled.at)), Some(disabled.reason)),
            None => (None, None),
        };
        Self {
            id: row.id,
            url: row.url.into(),
            description: row.description,
            event_types: row.event_types,
            channels: row.channels,
            disabled_at,
            disabled_reason,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
            secret: None,
            stats: None,
        }
    }
}
