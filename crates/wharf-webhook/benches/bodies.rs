//! Notifications of the sizes that are measured, made of Meta's samples.

use serde_json::{Value, json};

/// A notification of about so many bytes: messages and statuses by turns, as Meta sends them in
/// batches, with escapes as Meta writes them.
#[expect(clippy::unwrap_used, reason = "a measurement fails by panicking")]
pub(crate) fn notification(bytes: usize) -> Vec<u8> {
    let samples = [
        include_str!("../../../fixtures/cloud-api/messages.text-bsuid.json"),
        include_str!("../../../fixtures/cloud-api/messages.status-delivered-bsuid.json"),
        include_str!("../../../fixtures/cloud-api/messages.image.json"),
        include_str!("../../../fixtures/cloud-api/messages.interactive-list_reply.json"),
        include_str!("../../../fixtures/cloud-api/messages.status-failed-131047.json"),
    ];
    let mut entries: Vec<Value> = Vec::new();
    loop {
        for sample in samples {
            let mut sample: Value = serde_json::from_str(sample).unwrap();
            let mut entry = sample["entry"][0].take();
            for list in ["messages", "statuses"] {
                if let Some(id) = entry.pointer_mut(&format!("/changes/0/value/{list}/0/id")) {
                    *id = json!(format!("{}{}", id.as_str().unwrap(), entries.len()));
                }
            }
            entries.push(entry);
            if written(&entries).len() > bytes {
                entries.pop();
                let mut body = written(&entries);
                // White space at the end, to be of the very size.
                body.resize(bytes, b' ');
                return body;
            }
        }
    }
}

fn written(entries: &[Value]) -> Vec<u8> {
    let whole = json!({"object": "whatsapp_business_account", "entry": entries});
    whole.to_string().replace('/', "\\/").into_bytes()
}
