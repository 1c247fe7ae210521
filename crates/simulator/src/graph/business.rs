//! The business portfolio and the WABAs that it owns or shares. See [Business Management API].

use serde_json::{Value, json};

use crate::accounts::{Business, Permission, Waba};
use crate::core::read;
use crate::graph::call::{Answer, Call};
use crate::graph::page::page;
use crate::graph::routes::selected;
use crate::graph::{fields, waba};

/// `GET /{business_id}`.
pub(super) fn node(call: &Call, business: &Business) -> Answer {
    admitted(call, business)?;
    let node = json!({
        "id": business.id,
        "name": business.name,
        "timezone_id": 0,
        "verification_status": business.verification_status,
        "whatsapp_business_manager_messaging_limit": business.messaging_limit,
    });
    match call.params.text("fields")? {
        Some(_) => selected(call, node),
        None => Ok(fields::select(node, &fields::parse("id,name"))),
    }
}

/// `GET /{business_id}/owned_whatsapp_business_accounts`.
pub(super) fn owned(call: &Call, business: &Business) -> Answer {
    list(call, business, |waba| waba.owner == business.id)
}

/// `GET /{business_id}/client_whatsapp_business_accounts`.
pub(super) fn clients(call: &Call, business: &Business) -> Answer {
    list(call, business, |waba| {
        business.client_wabas.contains(&waba.id)
    })
}

fn list(call: &Call, business: &Business, wanted: impl Fn(&Waba) -> bool) -> Answer {
    admitted(call, business)?;
    let ids: Vec<_> = {
        let accounts = read(&call.core.accounts);
        accounts
            .wabas()
            .filter(|waba| wanted(waba))
            .filter(|waba| accounts.reaches(&call.caller.token, &waba.id))
            .map(|waba| waba.id.clone())
            .collect()
    };
    let asked = call.params.text("fields")?;
    let fields = fields::parse(asked.as_deref().unwrap_or("id,name,currency,timezone_id"));
    let items: Vec<Value> = ids
        .iter()
        .map(|id| waba::shown(call, id, &fields))
        .collect::<Result<_, _>>()?;
    page(call, &items, "id")
}

/// A token reaches its own business, with either permission.
fn admitted(call: &Call, business: &Business) -> Result<(), crate::graph::GraphError> {
    if call.caller.token.business != business.id {
        return Err(call.no_object());
    }
    let token = &call.caller.token;
    if token.permits(Permission::WhatsappBusinessManagement) {
        return Ok(());
    }
    call.caller.needs(Permission::BusinessManagement)
}
