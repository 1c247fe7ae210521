//! Client of the WhatsApp Cloud API: calls, typed errors, and a raw call for the rest.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod app;
mod batch;
mod bearer;
mod business;
mod call;
mod client;
mod error;
mod fields;
pub mod flow;
mod graph;
pub mod group;
mod health;
mod media;
pub mod number;
mod pages;
mod query;
mod retry;
pub mod signup;
pub mod template;
mod transport;
pub mod upload;
mod usage;
mod user;
mod version;
pub mod waba;

pub use app::App;
pub use batch::Batch;
pub use business::{Business, CreditLine, ParentBsuidAccount, SharedCredit};
pub use call::{Answered, Call};
pub use client::{API_URL, Client, ClientBuilder, GRAPH_URL};
pub use error::{Budget, Error, GraphError, Problem, RequestError, ResponseError};
pub use fields::Fields;
pub use flow::Flow;
pub use group::Group;
pub use health::{Availability, HealthEntity, HealthError, HealthStatus};
pub use http::Method;
pub use media::{
    ChecksumError, DownloadLimits, Downloaded, Media, MediaError, MediaInfo, MediaUpload, Sha256Sum,
};
pub use number::Number;
pub use pages::Pages;
pub use retry::RetryPolicy;
pub use signup::Signup;
pub use template::Template;
pub use tokio_util::sync::CancellationToken;
pub use transport::{Timeouts, http_builder};
pub use usage::{AppUsage, BusinessUsage, Usage};
pub use user::User;
pub use version::ApiVersion;
pub use waba::Waba;
pub use wharf_model::{AccessToken, ErrorClass};
