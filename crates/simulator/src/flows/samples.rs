//! The Flows that Meta's samples of messages name.

use serde_json::json;

use crate::flows::{Flow, FlowStatus};
use crate::ids::WabaId;

/// One that shows a product, and one that asks an endpoint for appointments.
pub(super) fn samples(waba: &WabaId) -> Vec<Flow> {
    let shown = json!({
        "version": "7.2",
        "screens": [{
            "id": "SCREEN_NAME", "title": "Product", "terminal": true,
            "data": {
                "product_name": {"type": "string", "__example__": "name"},
                "product_description": {"type": "string", "__example__": "description"},
                "product_price": {"type": "number", "__example__": 100},
            },
            "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "TextHeading", "text": "${data.product_name}"},
                {"type": "TextBody", "text": "${data.product_description}"},
                {"type": "TextInput", "name": "quantity", "label": "Quantity",
                 "input-type": "number", "required": true},
                {"type": "Footer", "label": "Order", "on-click-action": {
                    "name": "complete",
                    "payload": {"product": "${data.product_name}", "quantity": "${form.quantity}"}}},
            ]},
        }],
    });
    let asked = json!({
        "version": "7.2", "data_api_version": "3.0", "routing_model": {"APPOINTMENT": []},
        "screens": [{
            "id": "APPOINTMENT", "title": "Appointment", "terminal": true,
            "data": {"days": {"type": "array", "items": {"type": "object", "properties": {
                "id": {"type": "string"}, "title": {"type": "string"}}},
                "__example__": [{"id": "monday", "title": "Monday"}]}},
            "layout": {"type": "SingleColumnLayout", "children": [
                {"type": "Dropdown", "name": "day", "label": "Day", "required": true,
                 "data-source": "${data.days}"},
                {"type": "Footer", "label": "Book", "on-click-action": {
                    "name": "data_exchange", "payload": {"day": "${form.day}"}}},
            ]},
        }],
    });
    let flows = [
        ("1", "product_v1", shown),
        ("2", "appointment_booking_v1", asked),
    ];
    let flows = flows.into_iter().map(|(id, name, text)| {
        let mut flow = Flow::new(id, waba, name);
        flow.set_text(&text.to_string());
        flow.status = FlowStatus::Published;
        flow
    });
    flows.collect()
}
