//! Calls for one Meta app.

mod code;
mod grant;
mod token;
mod uploads;

use http::Method;
use url::Url;
use wharf_model::{AccessToken, AppId, AppSecret, Field, VerifyToken};

use crate::bearer::Bearer;
use crate::call::{Body, Call};
use crate::client::Client;
use crate::error::{Problem, RequestError};
use crate::fields::Fields;
use crate::graph;

pub use code::AuthorizationCode;
pub use grant::Grant;
pub use token::{TokenError, TokenInfo, TokenScope};

/// Calls for one Meta app; see [`Client::app`].
#[derive(Debug, Clone)]
pub struct App {
    client: Client,
    id: AppId,
}

impl Client {
    /// Calls for one Meta app: where its notifications go, tokens for it, and its files.
    pub fn app(&self, id: &AppId) -> App {
        App {
            client: self.clone(),
            id: id.clone(),
        }
    }

    /// Tells what an access token may do, for whom and for how long.
    ///
    /// The client's own token is one of the same app, or of one of its developers. The token that
    /// is asked about stands in the call's URL, as Meta documents it.
    /// See [Graph API/Debug token].
    pub fn debug_token(&self, token: &AccessToken) -> Call<TokenInfo> {
        let token = token.expose();
        let client = self.as_bearer(self.bearer().clone().hiding(token));
        let query = [("input_token", token)];
        graph::read(&client, "tokens.debug", &["debug_token"], &query)
    }
}

impl App {
    /// Has notifications of these fields sent to an address, which Meta verifies with a
    /// challenge first.
    ///
    /// The client's token is the app's own; see [`app_token`](Self::app_token).
    /// See [Cloud API/Webhooks].
    pub fn subscribe(
        &self,
        callback: &Url,
        verify_token: &VerifyToken,
        fields: &[Field],
    ) -> Call<()> {
        let names: Vec<&str> = fields.iter().map(Field::as_str).collect();
        let body = Fields::default()
            .with("object", "whatsapp_business_account")
            .with("callback_url", callback.as_str())
            .with("verify_token", verify_token.expose())
            .with("fields", names.join(","));
        let client = self.client.bearer().clone().hiding(verify_token.expose());
        let client = self.client.as_bearer(client);
        let path = [self.id.as_str(), "subscriptions"];
        graph::set(&client, "apps.subscribe", &path, &body)
    }

    /// Asks for the access token of the app itself.
    ///
    /// The client's token is not sent. The secret stands in the call's URL, as Meta documents it.
    /// See [Facebook Login/Access tokens].
    pub fn app_token(&self, secret: &AppSecret) -> Call<Grant> {
        let query = [("grant_type", "client_credentials")];
        self.grant("tokens.app", secret, &query, &[])
    }

    /// Asks for a business token in exchange for the code that Embedded Signup gave, which holds
    /// for seconds.
    ///
    /// `redirect` is the address that the code was sent to, if it was sent to one. The client's
    /// token is not sent. Secret and code stand in the call's URL, as Meta documents it.
    /// See [Cloud API/Onboarding customers].
    pub fn business_token(
        &self,
        secret: &AppSecret,
        code: &AuthorizationCode,
        redirect: Option<&Url>,
    ) -> Call<Grant> {
        let mut query = vec![("code", code.expose())];
        query.extend(redirect.map(|redirect| ("redirect_uri", redirect.as_str())));
        self.grant("tokens.business", secret, &query, &[code.expose()])
    }

    fn grant(
        &self,
        operation: &'static str,
        secret: &AppSecret,
        query: &[(&str, &str)],
        hidden: &[&str],
    ) -> Call<Grant> {
        let bearer = Bearer::nobody().hiding(secret.expose());
        let bearer = hidden
            .iter()
            .fold(bearer, |bearer, text| bearer.hiding(text));
        let client = self.client.as_bearer(bearer);
        let mut pairs = vec![
            ("client_id", self.id.as_str()),
            ("client_secret", secret.expose()),
        ];
        pairs.extend_from_slice(query);
        let url = graph::url(&client, &["oauth", "access_token"], &pairs);
        let body: Result<Body, RequestError> = Ok(Body::Empty);
        Call::new(&client, operation, Method::GET, url, body, |answer| {
            Grant::read(answer).ok_or(Problem::NoSuccess)
        })
    }
}
