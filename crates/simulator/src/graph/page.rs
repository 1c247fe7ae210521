//! One page of an edge, with cursors. See [Graph API/Paginated results].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::graph::GraphError;
use crate::graph::call::Call;
use crate::graph::fields;

/// Items on a page when the call does not say.
const LIMIT: usize = 25;

/// The page of `items` that the call asks for, each narrowed to the fields that it asks for.
///
/// Every item has a text under `key`, which the cursors name: pages stay right when items come and
/// go.
pub(crate) fn page(call: &Call, items: &[Value], key: &str) -> Result<Value, GraphError> {
    let limit = match call.params.integer("limit")? {
        None => LIMIT,
        Some(limit) => usize::try_from(limit).unwrap_or(0).clamp(1, 5000),
    };
    let place = |cursor: &str| {
        let name = URL_SAFE_NO_PAD.decode(cursor).ok();
        let name = name.and_then(|name| String::from_utf8(name).ok());
        name.and_then(|name| items.iter().position(|item| item[key] == name.as_str()))
            .ok_or_else(|| GraphError::plain(400, 100, "(#100) Invalid cursor: begin again"))
    };
    let (after, before) = (call.params.text("after")?, call.params.text("before")?);
    let (from, to) = match (after.as_deref(), before.as_deref()) {
        (Some(after), _) => {
            let from = place(after)? + 1;
            (from, items.len().min(from + limit))
        }
        (None, Some(before)) => {
            let to = place(before)?;
            (to.saturating_sub(limit), to)
        }
        (None, None) => (0, items.len().min(limit)),
    };
    let total = items.len();
    let wanted = fields::parse(&call.params.text("fields")?.unwrap_or_default());
    let cursor = |item: &Value| URL_SAFE_NO_PAD.encode(item[key].as_str().unwrap_or_default());
    let on_page = items.get(from..to).unwrap_or_default();
    let (Some(first), Some(last)) = (on_page.first().map(cursor), on_page.last().map(cursor))
    else {
        return Ok(json!({"data": []}));
    };
    let mut paging = json!({"cursors": {"before": first, "after": last}});
    if to < total {
        paging["next"] = json!(link(call, "after", &last));
    }
    if from > 0 {
        paging["previous"] = json!(link(call, "before", &first));
    }
    let data: Vec<_> = on_page
        .iter()
        .map(|item| fields::select(item.clone(), &wanted))
        .collect();
    Ok(json!({"data": data, "paging": paging}))
}

/// The address of a neighbouring page, with the filters of this one and without a token.
fn link(call: &Call, direction: &str, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in call.params.all() {
        if name != "after" && name != "before" {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            query.append_pair(name, &text);
        }
    }
    query.append_pair(direction, cursor);
    format!(
        "{}{}?{}",
        call.core.base_url,
        call.uri.path(),
        query.finish()
    )
}
