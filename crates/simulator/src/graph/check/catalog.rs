//! Products are shown only of a catalogue that is connected to the WABA. See [Cloud API/Share products].

use serde_json::Value;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::check::Object;
use crate::ids::WabaId;
use crate::settings::Number;

/// Whether the WABA has a catalogue, and the named one is one of its own.
pub(crate) fn connected(core: &Core, waba: &WabaId, named: Option<&str>) -> Result<(), GraphError> {
    let known = core.waba(waba.as_str());
    let catalogs = known.as_ref().map_or(&[][..], |waba| &waba.catalogs);
    let fits = match named {
        Some(named) => catalogs.iter().any(|known| known == named),
        None => !catalogs.is_empty(),
    };
    if fits {
        return Ok(());
    }
    // No code of its own is documented for this.
    Err(GraphError::new(
        131_009,
        match named {
            Some(named) if !catalogs.is_empty() => format!(
                "Param catalog_id ({named}) must be a catalog that is connected to the WhatsApp Business account."
            ),
            _ => "No catalog is connected to the WhatsApp Business account. Connect one in Commerce Manager.".to_owned(),
        },
    ))
}

/// The same for what an interactive message shows.
pub(super) fn sendable(core: &Core, number: &Number, body: &Object<'_>) -> Result<(), GraphError> {
    let Some(interactive) = body.get("interactive") else {
        return Ok(());
    };
    let action = &interactive["action"];
    let named = action["catalog_id"].as_str();
    let of_card = action.pointer("/cards/0/action/catalog_id");
    let named = named.or_else(|| of_card.and_then(Value::as_str));
    let shows = interactive["type"] == "catalog_message" || named.is_some();
    if shows {
        connected(core, &number.waba, named)
    } else {
        Ok(())
    }
}
