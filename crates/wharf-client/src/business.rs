//! Calls for one business portfolio.

mod parent;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wharf_model::{BusinessId, WabaId};

use crate::call::Call;
use crate::client::Client;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;
use crate::waba::WabaInfo;

pub use parent::ParentBsuidAccount;

/// Calls for one business portfolio; see [`Client::business`].
#[derive(Debug, Clone)]
pub struct Business {
    client: Client,
    id: BusinessId,
}

impl Business {
    pub(crate) fn new(client: Client, id: BusinessId) -> Self {
        Self { client, id }
    }

    /// The WABAs that the portfolio owns, a page at a time.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn owned_wabas(&self) -> Pages<WabaInfo> {
        self.pages("wabas.owned", "owned_whatsapp_business_accounts")
    }

    /// The WABAs of others that the portfolio works with, a page at a time.
    ///
    /// See [Cloud API/WhatsApp business accounts].
    pub fn client_wabas(&self) -> Pages<WabaInfo> {
        self.pages("wabas.shared", "client_whatsapp_business_accounts")
    }

    /// The lines of credit that the portfolio may share, a page at a time.
    ///
    /// See [Cloud API/Sharing credit lines].
    pub fn credit_lines(&self) -> Pages<CreditLine> {
        self.pages("credit.list", "extendedcredits")
    }

    fn pages<T: DeserializeOwned + Send + 'static>(
        &self,
        operation: &'static str,
        edge: &str,
    ) -> Pages<T> {
        Pages::new(&self.client, operation, &[self.id.as_str(), edge], &[])
    }

    /// Lets a WABA of another portfolio pay from a line of credit, in a currency such as `USD`.
    ///
    /// See [Cloud API/Sharing credit lines].
    pub fn share_credit(
        &self,
        credit_line: &str,
        waba: &WabaId,
        currency: &str,
    ) -> Call<SharedCredit> {
        let body = Fields::default().with("waba_id", waba.as_str());
        let body = body.with("waba_currency", currency);
        let path = [credit_line, "whatsapp_credit_sharing_and_attach"];
        graph::post(&self.client, "credit.share", &path, &body)
    }
}

/// A line of credit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CreditLine(Fields);

impl CreditLine {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// Who it was given to.
    pub fn legal_entity_name(&self) -> Option<&str> {
        self.0.text("legal_entity_name")
    }
}

/// A share in a line of credit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SharedCredit(Fields);

impl SharedCredit {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The id of the share.
    pub fn allocation_config_id(&self) -> Option<&str> {
        self.0.text("allocation_config_id")
    }

    /// The WABA that it was given to.
    pub fn waba_id(&self) -> Option<WabaId> {
        self.0.get("waba_id")
    }
}
