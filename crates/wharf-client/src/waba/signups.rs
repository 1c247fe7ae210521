//! In-app signups of a WABA: list, make.

use super::Waba;
use crate::call::Call;
use crate::graph;
use crate::pages::Pages;
use crate::signup::{NewSignup, SignupDetails, SignupRef};

const EDGE: &str = "signups";

const DETAILS: &str = "id,waba_id,status,signup_message,confirmation_message,\
    privacy_policy_url,website_url,promo_code,display_name";

impl Waba {
    /// Makes a signup: a link by which users agree to marketing messages.
    ///
    /// See [Cloud API/In-app signup].
    pub fn create_signup(&self, signup: &NewSignup) -> Call<SignupRef> {
        let path = self.edge(EDGE);
        graph::post(self.client(), "signups.create", &path, signup)
    }

    /// The signups of the WABA, a page at a time.
    ///
    /// See [Cloud API/In-app signup].
    pub fn signups(&self) -> Pages<SignupDetails> {
        self.pages("signups.list", EDGE, &[("fields", DETAILS)])
    }
}
