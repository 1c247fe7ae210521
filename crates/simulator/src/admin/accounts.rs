//! Businesses, WABAs, numbers, apps, tokens and codes, made from outside.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::{Business, Permission, Token, TokenKind, Waba, shown_app};
use crate::admin::AdminError;
use crate::clock::later;
use crate::core::{Core, read};
use crate::error::SimulatorError;
use crate::ids::{AppId, BusinessId, PhoneNumberId, WabaId};
use crate::settings::{App, Number, Secret};
use crate::simulator::Simulator;

type Shown = Result<Json<Value>, AdminError>;

/// How many seconds a user token lives unless told otherwise.
const USER_TOKEN: u64 = 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBusiness {
    id: Option<BusinessId>,
    name: String,
    verification_status: Option<String>,
    messaging_limit: Option<String>,
    #[serde(default)]
    client_wabas: Vec<WabaId>,
}

pub(super) async fn businesses(State(simulator): State<Simulator>) -> Json<Value> {
    let businesses = simulator.businesses();
    let data: Vec<_> = businesses.iter().map(business).collect();
    Json(json!({ "data": data }))
}

pub(super) async fn add_business(
    State(simulator): State<Simulator>,
    Json(wish): Json<NewBusiness>,
) -> Shown {
    let usual = Business::default();
    let added = Business {
        id: wish.id.unwrap_or_else(|| new_id(simulator.core())),
        name: wish.name,
        verification_status: wish
            .verification_status
            .unwrap_or(usual.verification_status),
        messaging_limit: wish.messaging_limit.unwrap_or(usual.messaging_limit),
        client_wabas: wish.client_wabas,
        wabas: Vec::new(),
        apps: Vec::new(),
    };
    let shown = business(&added);
    simulator.add_business(added)?;
    Ok(Json(shown))
}

fn business(business: &Business) -> Value {
    json!({
        "id": business.id,
        "name": business.name,
        "verification_status": business.verification_status,
        "messaging_limit": business.messaging_limit,
        "client_wabas": business.client_wabas,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWaba {
    id: Option<WabaId>,
    business: Option<BusinessId>,
    name: String,
    #[serde(default = "usd")]
    currency: String,
    #[serde(default = "us")]
    country: String,
    #[serde(default = "first")]
    timezone_id: String,
    catalogs: Option<Vec<String>>,
}

fn usd() -> String {
    "USD".to_owned()
}

fn us() -> String {
    "US".to_owned()
}

fn first() -> String {
    "1".to_owned()
}

pub(super) async fn wabas(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({"data": simulator.wabas()}))
}

pub(super) async fn add_waba(
    State(simulator): State<Simulator>,
    Json(wish): Json<NewWaba>,
) -> Shown {
    let core = simulator.core();
    let owner = home(core, wish.business)?;
    let id = wish.id.unwrap_or_else(|| new_id(core));
    let usual = Waba::default();
    let waba = Waba {
        id: id.clone(),
        name: wish.name,
        currency: wish.currency,
        country: wish.country,
        timezone_id: wish.timezone_id,
        catalogs: wish.catalogs.unwrap_or(usual.catalogs),
        ..Waba::default()
    };
    simulator.add_waba(&owner, waba)?;
    Ok(Json(json!(core.waba(id.as_str()).as_deref())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WabaChange {
    catalogs: Vec<String>,
}

pub(super) async fn change_waba(
    State(simulator): State<Simulator>,
    Path(id): Path<WabaId>,
    Json(change): Json<WabaChange>,
) -> Shown {
    if !simulator.connect_catalogs(&id, change.catalogs) {
        return Err(SimulatorError::Unknown { kind: "waba" }.into());
    }
    Ok(Json(json!(simulator.core().waba(id.as_str()).as_deref())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNumber {
    id: Option<PhoneNumberId>,
    waba: WabaId,
    display_phone_number: String,
    calling_code: Option<String>,
    verified_name: Option<String>,
    onboarded: Option<bool>,
}

pub(super) async fn add_number(
    State(simulator): State<Simulator>,
    Json(wish): Json<NewNumber>,
) -> Shown {
    let usual = Number::default();
    let number = Number {
        id: wish.id.unwrap_or_else(|| new_id(simulator.core())),
        waba: wish.waba,
        display_phone_number: wish.display_phone_number,
        calling_code: wish.calling_code.unwrap_or(usual.calling_code),
        verified_name: wish.verified_name.unwrap_or(usual.verified_name),
        quality_rating: usual.quality_rating,
        throughput: usual.throughput,
        onboarded: wish.onboarded.unwrap_or(true),
    };
    let shown = json!(number);
    simulator.add_number(number)?;
    Ok(Json(shown))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApp {
    id: Option<AppId>,
    business: Option<BusinessId>,
    name: String,
    secret: Option<String>,
    #[serde(default)]
    requires_proof: bool,
}

pub(super) async fn apps(State(simulator): State<Simulator>) -> Json<Value> {
    let accounts = read(&simulator.core().accounts);
    let data: Vec<_> = accounts
        .apps()
        .map(|(app, owner)| shown_app(app, Some(owner)))
        .collect();
    Json(json!({ "data": data }))
}

pub(super) async fn add_app(State(simulator): State<Simulator>, Json(wish): Json<NewApp>) -> Shown {
    let core = simulator.core();
    let owner = home(core, wish.business)?;
    let secret = wish.secret.unwrap_or_else(|| core.ids.secret(""));
    let app = App {
        id: wish.id.unwrap_or_else(|| new_id(core)),
        name: wish.name,
        secret: Secret::from(secret.clone()),
        requires_proof: wish.requires_proof,
        ..App::default()
    };
    let mut shown = shown_app(&app, Some(&owner));
    shown["secret"] = json!(secret);
    simulator.add_app(&owner, app)?;
    Ok(Json(shown))
}

#[derive(Deserialize)]
pub(super) struct NewToken {
    token: Option<String>,
    kind: Option<TokenKind>,
    app: Option<AppId>,
    business: Option<BusinessId>,
    user: Option<String>,
    permissions: Option<BTreeSet<Permission>>,
    wabas: Option<BTreeSet<WabaId>>,
    expires_in_s: Option<u64>,
}

impl NewToken {
    fn make(self, core: &Core) -> Result<Token, SimulatorError> {
        let app = self.app.unwrap_or_else(|| core.settings.app.id.clone());
        let business = match self.business {
            Some(business) => business,
            None => read(&core.accounts)
                .owner(&app)
                .ok_or(SimulatorError::Unknown { kind: "app" })?,
        };
        let kind = self.kind.unwrap_or(TokenKind::SystemUser);
        let mut token = Token::new(kind, &app, &business);
        token.secret = Secret::from(self.token.unwrap_or_default());
        token.user = self.user.unwrap_or_default();
        token.permissions = self.permissions.unwrap_or(token.permissions);
        token.wabas = self.wabas;
        let life = self
            .expires_in_s
            .or((kind == TokenKind::User).then_some(USER_TOKEN));
        token.expires = life.map(|life| later(core.clock.now(), Duration::from_secs(life)));
        Ok(token)
    }
}

pub(super) async fn add_token(
    State(simulator): State<Simulator>,
    Json(wish): Json<NewToken>,
) -> Shown {
    let token = simulator.add_token(wish.make(simulator.core())?)?;
    Ok(Json(json!({
        "token": token.secret.expose(),
        "kind": token.kind,
        "app": token.app,
        "business": token.business,
        "user": token.user,
        "permissions": token.permissions,
        "wabas": token.wabas,
        "expires": token.expires,
    })))
}

#[derive(Deserialize)]
pub(super) struct NewCode {
    redirect_uri: Option<String>,
    #[serde(flatten)]
    token: NewToken,
}

pub(super) async fn add_code(
    State(simulator): State<Simulator>,
    Json(wish): Json<NewCode>,
) -> Shown {
    let mut token = wish.token;
    token.kind = token.kind.or(Some(TokenKind::BusinessIntegration));
    let token = token.make(simulator.core())?;
    let code = simulator.add_code(token, wish.redirect_uri)?;
    Ok(Json(json!({ "code": code })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revoke {
    token: String,
    #[serde(default = "password_changed")]
    subcode: i64,
}

fn password_changed() -> i64 {
    460
}

pub(super) async fn revoke(
    State(simulator): State<Simulator>,
    Json(wish): Json<Revoke>,
) -> Json<Value> {
    let known = simulator.revoke_token(&Secret::from(wish.token), wish.subcode);
    Json(json!({"success": known}))
}

/// The business that was named, or the first.
fn home(core: &Core, named: Option<BusinessId>) -> Result<BusinessId, SimulatorError> {
    named
        .or_else(|| read(&core.accounts).owner(&core.settings.app.id))
        .ok_or(SimulatorError::Unknown { kind: "business" })
}

fn new_id<T: From<String>>(core: &Core) -> T {
    T::from(core.ids.account())
}
