//! Whether a WABA may do what it wants: restrictions that end by the clock, and being disabled.
//! See [Cloud API/Policy enforcement].

use jiff::Timestamp;

use crate::accounts::Waba;
use crate::core::Core;
use crate::graph::GraphError;
use crate::ids::WabaId;

/// What a restricted WABA may not do, until when.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Restriction {
    /// Such as `RESTRICTED_BIZ_INITIATED_MESSAGING`.
    pub restriction_type: String,
    /// Its end; without one it lasts until the WABA is reinstated.
    pub until: Option<Timestamp>,
}

/// No templates may be sent.
pub(crate) const NO_TEMPLATES: &str = "RESTRICTED_BIZ_INITIATED_MESSAGING";
/// Users may not be answered.
pub(crate) const NO_ANSWERS: &str = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";
/// No numbers may be added.
pub(crate) const NO_NUMBERS: &str = "RESTRICTED_ADD_PHONE_NUMBER_ACTION";
/// Utility templates may not be sent.
pub(crate) const NO_UTILITY: &str = "RESTRICTED_UTILITY_TEMPLATES";

impl Waba {
    /// Whether this restriction is in force.
    pub(crate) fn restricted(&self, kind: &str, now: Timestamp) -> bool {
        self.restrictions.iter().any(|restriction| {
            restriction.restriction_type == kind
                && restriction.until.is_none_or(|until| until > now)
        })
    }

    /// `status` as it is now: a restriction that ended no longer counts.
    pub(crate) fn status_now(&self, now: Timestamp) -> &str {
        let in_force =
            |restriction: &Restriction| restriction.until.is_none_or(|until| until > now);
        match self.status.as_str() {
            "ACTIVE" if self.restrictions.iter().any(in_force) => "RESTRICTED",
            status => status,
        }
    }
}

/// Refuses a send that the WABA may not make; `category` is the template's, or `service`.
pub(crate) fn may_send(core: &Core, waba: &WabaId, category: &str) -> Result<(), GraphError> {
    let Some(waba) = core.waba(waba.as_str()) else {
        return Ok(());
    };
    let now = core.clock.now();
    if waba.status == "DISABLED" {
        let details = "The WhatsApp Business Account is disabled: appeal in Business Support Home.";
        return Err(GraphError::new(131_031, details));
    }
    let restricted = match category {
        "service" => waba.restricted(NO_ANSWERS, now),
        "utility" => waba.restricted(NO_TEMPLATES, now) || waba.restricted(NO_UTILITY, now),
        _ => waba.restricted(NO_TEMPLATES, now),
    };
    if restricted {
        return Err(GraphError::usual(368));
    }
    if category == "marketing" && waba.disable_marketing_messages_on_cloud_api {
        let details = "Marketing messages are disabled on Cloud API for this WhatsApp Business \
                       Account: send them with the Marketing Messages API (/marketing_messages), \
                       or set disable_marketing_messages_on_cloud_api to false.";
        return Err(GraphError::new(131_063, details));
    }
    Ok(())
}
