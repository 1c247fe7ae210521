//! The registry: every business, WABA, app and token by id.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::accounts::{Business, Token, TokenKind, Waba};
use crate::error::SimulatorError;
use crate::ids::{AppId, BusinessId, WabaId};
use crate::settings::{App, Secret, Settings};

/// Of each kind at most this many are kept; more are refused.
const MOST: usize = 10_000;

/// Everything that can be owned. What others hold of it are shared snapshots.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    businesses: BTreeMap<BusinessId, Arc<Business>>,
    wabas: BTreeMap<WabaId, Arc<Waba>>,
    apps: BTreeMap<AppId, Owned>,
    tokens: HashMap<String, Arc<Token>>,
    codes: HashMap<String, Grant>,
}

/// What a code of the OAuth dialog or of Embedded Signup can be exchanged for, once.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) token: Token,
    pub(crate) until: Timestamp,
    pub(crate) redirect_uri: Option<String>,
}

#[derive(Debug)]
struct Owned {
    app: Arc<App>,
    owner: BusinessId,
}

impl Accounts {
    /// The registry that the settings describe: what they give without a business belongs to the
    /// first one, or to a business of its own.
    pub(crate) fn new(settings: &Settings, now: Timestamp) -> Result<Self, SimulatorError> {
        let mut accounts = Self::default();
        let home = if let Some(first) = settings.businesses.first() {
            first.id.clone()
        } else {
            let business = Business {
                name: settings.app.name.clone(),
                ..Business::default()
            };
            let id = business.id.clone();
            accounts.add_business(business, now)?;
            id
        };
        for business in &settings.businesses {
            accounts.add_business(business.clone(), now)?;
        }
        if accounts.app(settings.app.id.as_str()).is_none() {
            accounts.add_app(&home, settings.app.clone())?;
        }
        for number in &settings.numbers {
            if !accounts.wabas.contains_key(&number.waba) {
                let waba = Waba {
                    id: number.waba.clone(),
                    name: settings.app.name.clone(),
                    ..Waba::default()
                };
                accounts.add_waba(&home, waba, now)?;
            }
        }
        let owner = accounts.owner(&settings.app.id).unwrap_or(home);
        accounts.add_token(Token {
            secret: settings.access_token.clone(),
            user: "122102290129340398".to_owned(),
            issued: now,
            ..Token::new(TokenKind::SystemUser, &settings.app.id, &owner)
        })?;
        for token in &settings.tokens {
            accounts.add_token(token.clone())?;
        }
        Ok(accounts)
    }

    pub(crate) fn business(&self, id: &str) -> Option<&Arc<Business>> {
        self.businesses.get(id)
    }

    pub(crate) fn businesses(&self) -> impl Iterator<Item = &Arc<Business>> {
        self.businesses.values()
    }

    pub(crate) fn change_business(&mut self, id: &str, change: impl FnOnce(&mut Business)) {
        if let Some(business) = self.businesses.get_mut(id) {
            change(Arc::make_mut(business));
        }
    }

    /// Adds a business with the WABAs and apps that it names.
    pub(crate) fn add_business(
        &mut self,
        mut business: Business,
        now: Timestamp,
    ) -> Result<(), SimulatorError> {
        let id = business.id.clone();
        let (wabas, apps) = (
            std::mem::take(&mut business.wabas),
            std::mem::take(&mut business.apps),
        );
        room(&self.businesses, &id, "business")?;
        self.businesses.insert(id.clone(), Arc::new(business));
        for waba in wabas {
            self.add_waba(&id, waba, now)?;
        }
        for app in apps {
            self.add_app(&id, app)?;
        }
        Ok(())
    }

    pub(crate) fn waba(&self, id: &str) -> Option<&Arc<Waba>> {
        self.wabas.get(id)
    }

    pub(crate) fn wabas(&self) -> impl Iterator<Item = &Arc<Waba>> {
        self.wabas.values()
    }

    /// Changes a WABA; tells whether there is one.
    pub(crate) fn change_waba(&mut self, id: &WabaId, change: impl FnOnce(&mut Waba)) -> bool {
        let waba = self.wabas.get_mut(id);
        let known = waba.is_some();
        if let Some(waba) = waba {
            change(Arc::make_mut(waba));
        }
        known
    }

    pub(crate) fn add_waba(
        &mut self,
        owner: &BusinessId,
        waba: Waba,
        now: Timestamp,
    ) -> Result<(), SimulatorError> {
        if !self.businesses.contains_key(owner) {
            return Err(SimulatorError::Unknown { kind: "business" });
        }
        room(&self.wabas, &waba.id, "waba")?;
        let created = waba.created.or(Some(now));
        let owner = owner.clone();
        let waba = Waba {
            owner,
            created,
            ..waba
        };
        self.wabas.insert(waba.id.clone(), Arc::new(waba));
        Ok(())
    }

    pub(crate) fn app(&self, id: &str) -> Option<&Arc<App>> {
        self.apps.get(id).map(|owned| &owned.app)
    }

    pub(crate) fn apps(&self) -> impl Iterator<Item = (&Arc<App>, &BusinessId)> {
        self.apps.values().map(|owned| (&owned.app, &owned.owner))
    }

    /// The business that an app belongs to.
    pub(crate) fn owner(&self, app: &AppId) -> Option<BusinessId> {
        self.apps.get(app).map(|owned| owned.owner.clone())
    }

    pub(crate) fn add_app(&mut self, owner: &BusinessId, app: App) -> Result<(), SimulatorError> {
        if !self.businesses.contains_key(owner) {
            return Err(SimulatorError::Unknown { kind: "business" });
        }
        room(&self.apps, &app.id, "app")?;
        let (id, owner) = (app.id.clone(), owner.clone());
        let app = Arc::new(app);
        self.apps.insert(id, Owned { app, owner });
        Ok(())
    }

    /// The token with this text; the app's own is made from its parts.
    pub(crate) fn token(&self, text: &str) -> Option<Arc<Token>> {
        if let Some(token) = self.tokens.get(text) {
            return Some(Arc::clone(token));
        }
        let (id, secret) = text.split_once('|')?;
        let owned = self.apps.get(id)?;
        (owned.app.secret.expose() == secret).then(|| {
            let mut token = Token::new(TokenKind::App, &owned.app.id, &owned.owner);
            token.secret = Secret::from(text);
            token.permissions.clear();
            Arc::new(token)
        })
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = &Arc<Token>> {
        self.tokens.values()
    }

    pub(crate) fn add_token(&mut self, token: Token) -> Result<(), SimulatorError> {
        if !self.apps.contains_key(&token.app) {
            return Err(SimulatorError::Unknown { kind: "app" });
        }
        if !self.businesses.contains_key(&token.business) {
            return Err(SimulatorError::Unknown { kind: "business" });
        }
        let text = token.secret.expose().to_owned();
        if self.tokens.len() >= MOST || self.tokens.contains_key(&text) {
            return Err(refused("token"));
        }
        self.tokens.insert(text, Arc::new(token));
        Ok(())
    }

    /// Keeps a code; those that ended go.
    pub(crate) fn add_code(
        &mut self,
        code: String,
        grant: Grant,
        now: Timestamp,
    ) -> Result<(), SimulatorError> {
        self.codes.retain(|_, grant| grant.until > now);
        if !self.apps.contains_key(&grant.token.app) {
            return Err(SimulatorError::Unknown { kind: "app" });
        }
        if !self.businesses.contains_key(&grant.token.business) {
            return Err(SimulatorError::Unknown { kind: "business" });
        }
        if self.codes.len() >= MOST {
            return Err(refused("code"));
        }
        self.codes.insert(code, grant);
        Ok(())
    }

    /// What a code is good for; a code of another app stays.
    pub(crate) fn take_code(&mut self, code: &str, app: &AppId) -> Option<Grant> {
        let mine = self
            .codes
            .get(code)
            .is_some_and(|grant| grant.token.app == *app);
        mine.then(|| self.codes.remove(code)).flatten()
    }

    /// Makes a token worthless; tells whether there was one.
    pub(crate) fn revoke(&mut self, text: &str, subcode: i64) -> bool {
        let token = self.tokens.get_mut(text);
        let known = token.is_some();
        if let Some(token) = token {
            Arc::make_mut(token).revoked = Some(subcode);
        }
        known
    }

    /// Whether a token reaches a WABA: it is of its business, or shared with it, and in its targets.
    pub(crate) fn reaches(&self, token: &Token, waba: &WabaId) -> bool {
        if token
            .wabas
            .as_ref()
            .is_some_and(|wabas| !wabas.contains(waba))
        {
            return false;
        }
        let owned = self
            .wabas
            .get(waba)
            .is_some_and(|waba| waba.owner == token.business);
        owned
            || self
                .businesses
                .get(&token.business)
                .is_some_and(|business| business.client_wabas.contains(waba))
    }
}

/// Refuses an id that is taken, and one too many.
fn room<K: Ord, V>(
    known: &BTreeMap<K, V>,
    id: &K,
    name: &'static str,
) -> Result<(), SimulatorError> {
    if known.len() < MOST && !known.contains_key(id) {
        return Ok(());
    }
    Err(refused(name))
}

fn refused(name: &'static str) -> SimulatorError {
    let reason = format!("exists already, or is one too many: at most {MOST} of a kind are kept");
    SimulatorError::Parameter { name, reason }
}
