//! What `wharf channels update` changes.

use clap::ValueEnum;
use serde_json::{Map, Value};

/// Which channel, and what of it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    pub(super) id: String,
    #[command(flatten)]
    changes: Changes,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// Its name, for people
    #[arg(long)]
    name: Option<String>,
    /// Meta's id of the business phone number
    #[arg(long, value_name = "ID")]
    phone_number_id: Option<String>,
    /// The WABA that the number belongs to
    #[arg(long, value_name = "ID")]
    waba_id: Option<String>,
    /// Where the gateway finds the access token
    #[arg(long, value_name = "env:NAME|file:PATH")]
    access_token: Option<String>,
    /// Where the gateway finds an app secret of this channel's own
    #[arg(long, value_name = "env:NAME|file:PATH")]
    app_secret: Option<String>,
    /// Where the gateway finds a verify token of this channel's own
    #[arg(long, value_name = "env:NAME|file:PATH")]
    verify_token: Option<String>,
    /// Messages a second
    #[arg(long, value_name = "N")]
    throughput: Option<u32>,
    /// Take this away; may be given several times
    #[arg(long, value_name = "FIELD")]
    unset: Vec<Field>,
}

/// What a channel can be without.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Field {
    WabaId,
    AccessToken,
    AppSecret,
    VerifyToken,
    Throughput,
}

impl Field {
    const fn as_str(self) -> &'static str {
        match self {
            Self::WabaId => "waba_id",
            Self::AccessToken => "access_token",
            Self::AppSecret => "app_secret",
            Self::VerifyToken => "verify_token",
            Self::Throughput => "throughput",
        }
    }
}

impl Args {
    pub(super) fn body(self) -> Value {
        let changes = self.changes;
        let texts = [
            ("name", changes.name),
            ("phone_number_id", changes.phone_number_id),
            ("waba_id", changes.waba_id),
            ("access_token", changes.access_token),
            ("app_secret", changes.app_secret),
            ("verify_token", changes.verify_token),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, Value::from(text?))));
        let rate = changes.throughput.map(|rate| ("throughput", rate.into()));
        let unset = changes
            .unset
            .into_iter()
            .map(|field| (field.as_str(), Value::Null));
        let body: Map<_, _> = texts
            .chain(rate)
            .chain(unset)
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Value::Object(body)
    }
}
