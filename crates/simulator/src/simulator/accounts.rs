//! Businesses, WABAs, numbers, apps and tokens made while the simulator runs.

use std::sync::Arc;

use crate::accounts::{Business, Token, Waba};
use crate::core::{read, write};
use crate::error::SimulatorError;
use crate::ids::{BusinessId, WabaId};
use crate::settings::{App, Number, Secret};
use crate::simulator::Simulator;

impl Simulator {
    /// Adds a business with the WABAs and apps that it names.
    pub fn add_business(&self, business: Business) -> Result<(), SimulatorError> {
        let core = self.core();
        write(&core.accounts).add_business(business, core.clock.now())
    }

    /// Adds a WABA to a business.
    pub fn add_waba(&self, owner: &BusinessId, waba: Waba) -> Result<(), SimulatorError> {
        let core = self.core();
        write(&core.accounts).add_waba(owner, waba, core.clock.now())
    }

    /// Connects these catalogues to a WABA, and no others: templates and messages that show products
    /// need one. Tells whether the WABA exists.
    pub fn connect_catalogs(&self, waba: &WabaId, catalogs: Vec<String>) -> bool {
        let mut accounts = write(&self.core().accounts);
        let known = accounts.waba(waba.as_str()).is_some();
        accounts.change_waba(waba, |waba| waba.catalogs = catalogs);
        known
    }

    /// Adds a number to the WABA that it names.
    pub fn add_number(&self, number: Number) -> Result<(), SimulatorError> {
        self.core().add_number(number).map(|_| ())
    }

    /// Adds an app to a business.
    pub fn add_app(&self, owner: &BusinessId, app: App) -> Result<(), SimulatorError> {
        write(&self.core().accounts).add_app(owner, app)
    }

    /// Adds a token, with a text and a user made for it when it has none; gives it as it is kept.
    pub fn add_token(&self, token: Token) -> Result<Token, SimulatorError> {
        self.core().add_token(token)
    }

    /// Makes a code as Embedded Signup gives it: good once, for ten minutes, at
    /// `GET /oauth/access_token`, for `token`.
    pub fn add_code(
        &self,
        token: Token,
        redirect_uri: Option<String>,
    ) -> Result<String, SimulatorError> {
        self.core().add_code(token, redirect_uri)
    }

    /// Makes a token worthless: it is refused with 190 and this subcode. Tells whether it existed.
    pub fn revoke_token(&self, token: &Secret, subcode: i64) -> bool {
        write(&self.core().accounts).revoke(token.expose(), subcode)
    }

    /// The businesses.
    pub fn businesses(&self) -> Vec<Business> {
        let accounts = read(&self.core().accounts);
        accounts
            .businesses()
            .map(|business| business.as_ref().clone())
            .collect()
    }

    /// The WABAs of every business.
    pub fn wabas(&self) -> Vec<Waba> {
        let accounts = read(&self.core().accounts);
        accounts.wabas().map(|waba| waba.as_ref().clone()).collect()
    }

    /// The numbers of every WABA, in the order in which they were added.
    pub fn numbers(&self) -> Vec<Arc<Number>> {
        read(&self.core().numbers).clone()
    }
}
