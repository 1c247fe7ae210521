//! The catalogue of events: each name, when it happens, and what its `data` looks like.
//!
//! `docs/events.md` is printed from it, and the API checks event names against it.

use std::fmt::Write;

/// One kind of event.
struct Entry {
    name: &'static str,
    when: &'static str,
    /// An example of `data`, as JSON.
    data: &'static str,
}

/// All event names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ENTRIES.iter().map(|entry| entry.name)
}

/// `docs/events.md`.
pub fn events_markdown() -> String {
    let mut text = HEAD.to_owned();
    for Entry { name, when, .. } in ENTRIES {
        // Writing to a string does not fail.
        let _ = writeln!(text, "| [`{name}`](#{name}) | {when} |");
    }
    text.push_str(SHAPE);
    for Entry { name, when, data } in ENTRIES {
        let _ = write!(
            text,
            "\n## {name}\n\n{when}\n\n```json\n{}\n```\n",
            data.trim()
        );
    }
    text
}

const HEAD: &str = r#"# Events

<!-- Printed from crates/gateway/src/event_catalogue.rs by `cargo xtask codegen`. -->

An event is one fact. It is delivered at least once, with the same `id` and the same bytes every
time: a subscriber that keeps the ids it has seen handles each event once. The envelope is the same
in a webhook, in the live stream and in the API:

```json
{
  "id": "evt_01hf7yat00c5k9m2t8w3x6q4vz",
  "session_id": "support",
  "event": "message",
  "timestamp": 1700000000,
  "data": {}
}
```

`session_id` is the channel's id, `timestamp` is in Unix seconds, and `data` depends on the event; it is
`{"erased": true}` where its person was erased.

On NATS an event is published to `wa.events.{session_id}.{event}` with its `id` as `Nats-Msg-Id`. There
a `send_result` has the keys `request_id`, `success`, `message_id` and `error` beside `data` too, where
consumers look for them that were written before the envelope. The data of an event that is larger than
the server takes (`max_payload`) is left out: `data` is `{"too_large": BYTES, "href": "/api/v1/events/…"}`.

| Event | When |
|---|---|
"#;

const SHAPE: &str = r"
## What events made from notifications have in common

`update` is the element of Meta's notification, verbatim: nothing that Meta sends is left out, known
or not. Beside it stand our ids and what most readers look for. A key without a value is absent.

| Key | What |
|---|---|
| `id` | our id of the message, `msg_…` |
| `message_id` | the carrier's id of the message (wamid) |
| `conversation_id`, `contact_id` | our ids, `cnv_…` and `cnt_…` |
| `from` | who wrote: phone number or business-scoped user id |
| `chat` | where it was written: the group, or else the same as `from` |
| `recipient` | whom a status is about |
| `type`, `status` | kind of the message; the status |
| `media` | the file of a message: its `id` (`med_…`) and the `url` where it is served once a `media` event says that it is stored |
| `field`, `waba_id`, `time` | the notification's field, its account, its time in Unix seconds |
| `phone_number_id`, `display_phone_number` | our number |
| `contacts` | Meta's contact elements about the people in the update |
| `update` | Meta's element |
";

const ENTRIES: &[Entry] = &[
    Entry {
        name: "message",
        when: "A user wrote.",
        data: r#"
{
  "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
  "message_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI=",
  "conversation_id": "cnv_01hf7yat00c5k9m2t8w3x6q4vz",
  "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz",
  "from": "16505551234",
  "type": "text",
  "field": "messages",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "display_phone_number": "15550783881",
  "contacts": [{"profile": {"name": "Ada"}, "wa_id": "16505551234"}],
  "update": {
    "from": "16505551234",
    "id": "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI=",
    "timestamp": "1700000000",
    "type": "text",
    "text": {"body": "Hello"}
  }
}"#,
    },
    Entry {
        name: "status",
        when: "A message that was sent became sent, delivered, read, played or failed. Statuses may \
               come late and out of order; each comes once. `expired` is ours, and has no `update`: \
               its time to live is over and nobody has said that it was delivered.",
        data: r#"
{
  "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
  "message_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
  "conversation_id": "cnv_01hf7yat00c5k9m2t8w3x6q4vz",
  "contact_id": "cnt_01hf7yat00c5k9m2t8w3x6q4vz",
  "recipient": "16505551234",
  "status": "delivered",
  "field": "messages",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {
    "id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
    "status": "delivered",
    "timestamp": "1700000000",
    "recipient_id": "16505551234"
  }
}"#,
    },
    Entry {
        name: "send_result",
        when: "The carrier answered a send, or its answer will not come. `state` is `accepted`, \
               `failed`, `requires_template` or `unknown`; `request_id` is the idempotency key. A \
               command from NATS that was refused, or that asked for receipts (`state` is `read`), \
               has no `id`; `reason` is a stable code where it failed: `invalid_command`, \
               `unsupported_by_carrier`, `channel_not_found`, `channel_receive_only`, \
               `not_marked_as_read` or `not_stored`.",
        data: r#"
{
  "request_id": "order-1042",
  "success": true,
  "message_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
  "error": null,
  "timestamp": 1700000000,
  "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
  "state": "accepted",
  "code": null
}"#,
    },
    Entry {
        name: "media",
        when: "The file of a user's message was fetched from the carrier (`state` is `stored`), or \
               was given up (`failed`). `message` is our id of the message, `url` where the API \
               serves the file.",
        data: r#"
{
  "id": "med_01hf7yat00c5k9m2t8w3x6q4vz",
  "state": "stored",
  "message": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
  "mime_type": "image/jpeg",
  "bytes": 81234,
  "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "filename": null,
  "url": "/api/v1/media/med_01hf7yat00c5k9m2t8w3x6q4vz/content",
  "error": null
}"#,
    },
    Entry {
        name: "connected",
        when: "A channel that has a connection of its own is connected. Channels of the Cloud API \
               have none.",
        data: "{}",
    },
    Entry {
        name: "disconnected",
        when: "A channel that has a connection of its own lost it.",
        data: "{}",
    },
    Entry {
        name: "template",
        when: "A template was approved, rejected, paused, disabled or recategorised, or its quality \
               or components changed.",
        data: r#"
{
  "field": "message_template_status_update",
  "waba_id": "102290129340398",
  "time": 1700000000,
  "update": {
    "event": "APPROVED",
    "message_template_id": 1689556908129832,
    "message_template_name": "order_confirmation",
    "message_template_language": "en_US",
    "reason": "NONE"
  }
}"#,
    },
    Entry {
        name: "account",
        when: "Something changed with the WABA: review, restriction, ban, limits, alerts, errors of \
               the account.",
        data: r#"
{
  "field": "account_update",
  "waba_id": "102290129340398",
  "time": 1700000000,
  "update": {"event": "VERIFIED_ACCOUNT", "phone_number": "15550783881"}
}"#,
    },
    Entry {
        name: "phone_number",
        when: "The quality, limit, name or username of a business phone number changed.",
        data: r#"
{
  "field": "phone_number_quality_update",
  "waba_id": "102290129340398",
  "time": 1700000000,
  "update": {
    "display_phone_number": "15550783881",
    "event": "UPGRADE",
    "current_limit": "TIER_10K"
  }
}"#,
    },
    Entry {
        name: "call",
        when: "A call began, ended or changed its status.",
        data: r#"
{
  "from": "16505551234",
  "field": "calls",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {
    "id": "wacid.HBgLMTY1MDU1NTEyMzQVAgASGCA=",
    "from": "16505551234",
    "to": "15550783881",
    "event": "connect",
    "timestamp": "1700000000"
  }
}"#,
    },
    Entry {
        name: "group",
        when: "A group was made, changed or removed, or somebody joined or left it.",
        data: r#"
{
  "field": "group_lifecycle_update",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {"group_id": "Y2FwaV9ncm91cDox", "type": "group_create", "timestamp": "1700000000"}
}"#,
    },
    Entry {
        name: "flow",
        when: "A Flow changed its state, or its endpoint answers slowly or with errors.",
        data: r#"
{
  "field": "flows",
  "waba_id": "102290129340398",
  "time": 1700000000,
  "update": {
    "event": "FLOW_STATUS_CHANGE",
    "flow_id": "6627390910605886",
    "old_status": "DRAFT",
    "new_status": "PUBLISHED"
  }
}"#,
    },
    Entry {
        name: "user_preferences",
        when: "A user stopped or resumed marketing messages.",
        data: r#"
{
  "field": "user_preferences",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "contacts": [{"profile": {"name": "Ada"}, "wa_id": "16505551234"}],
  "update": {
    "wa_id": "16505551234",
    "category": "marketing_messages",
    "value": "stop",
    "timestamp": 1700000000
  }
}"#,
    },
    Entry {
        name: "user",
        when: "An identity of a user changed, or a user tapped a link.",
        data: r#"
{
  "field": "user_id_update",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {"wa_id": "16505551234", "timestamp": "1700000000"}
}"#,
    },
    Entry {
        name: "echo",
        when: "Somebody sent a message with the WhatsApp Business app on the same number.",
        data: r#"
{
  "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
  "message_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
  "type": "text",
  "field": "smb_message_echoes",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {
    "from": "15550783881",
    "to": "16505551234",
    "id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
    "timestamp": "1700000000",
    "type": "text",
    "text": {"body": "On our way"}
  }
}"#,
    },
    Entry {
        name: "history",
        when: "A number that is also in the WhatsApp Business app shares its chats or contacts.",
        data: r#"
{
  "field": "history",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {"metadata": {"phase": 0, "chunk_order": 1, "progress": 55}, "threads": []}
}"#,
    },
    Entry {
        name: "handover",
        when: "A conversation moved to another partner or came back.",
        data: r#"
{
  "field": "messaging_handovers",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {"timestamp": "1700000000"}
}"#,
    },
    Entry {
        name: "payment",
        when: "A payment or its configuration changed.",
        data: r#"
{
  "message_id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
  "recipient": "16505551234",
  "status": "captured",
  "field": "messages",
  "waba_id": "102290129340398",
  "phone_number_id": "106540352242922",
  "update": {
    "id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI=",
    "status": "captured",
    "type": "payment",
    "timestamp": "1700000000",
    "recipient_id": "16505551234"
  }
}"#,
    },
    Entry {
        name: "security",
        when: "The two-step PIN of a number was asked for or changed.",
        data: r#"
{
  "field": "security",
  "waba_id": "102290129340398",
  "time": 1700000000,
  "update": {"display_phone_number": "15550783881", "event": "PIN_CHANGED", "requester": "61555822107539"}
}"#,
    },
    Entry {
        name: "unrecognised",
        when: "A part of a notification was not understood. It is kept: `notification` names the \
               raw notification, and a dead letter of kind `ingest` waits for a decision.",
        data: r#"
{
  "reason": "not an object",
  "path": "/entry/0/changes/0/value/messages/0",
  "notification": "1-40960",
  "raw": 17
}"#,
    },
    Entry {
        name: "endpoint_disabled",
        when: "An endpoint is not called any more: it answered 410, or nothing but failures for \
               `deliver.disable_after_days`. `endpoint_id` is its id too.",
        data: r#"
{
  "endpoint": "ep_01hf7yat00c5k9m2t8w3x6q4vz",
  "endpoint_id": "ep_01hf7yat00c5k9m2t8w3x6q4vz",
  "reason": "the endpoint answered 410 Gone"
}"#,
    },
    Entry {
        name: "dead_letter",
        when: "A message, a delivery, a file or a command was given up and waits for somebody to \
               retry or discard it. `id` is the message. Of a delivery there are `delivery_id`, \
               `endpoint_id` and `event_id` in the place of `id` and `detail`; of a command there is \
               no `id`.",
        data: r#"
{
  "dead_letter_id": "dl_01hf7yat00c5k9m2t8w3x6q4vz",
  "kind": "send",
  "reason": "recipient",
  "id": "msg_01hf7yat00c5k9m2t8w3x6q4vz",
  "detail": {
    "code": 131026,
    "title": "(#131026) Message undeliverable",
    "detail": "Message Undeliverable.",
    "class": "recipient",
    "advice": "Reach this person another way: they are not on WhatsApp or cannot receive this.",
    "attempts": 1,
    "answer": {"error": {"code": 131026}}
  }
}"#,
    },
    Entry {
        name: "channel_paused",
        when: "A channel stopped sending, because the carrier refuses it or because somebody paused \
               it.",
        data: r#"
{
  "channel": "support",
  "reason": "auth",
  "code": 190,
  "error": "Error validating access token",
  "advice": "Replace the access token: it is expired, revoked or malformed.",
  "next_probe_at": 1700000060
}"#,
    },
    Entry {
        name: "channel_resumed",
        when: "A channel sends again: the carrier had paused it and a probe has passed (`by` is \
               `probe`), or somebody resumed it (`person`). `reason` and `code` say why the carrier \
               had paused it.",
        data: r#"
{
  "channel": "support",
  "by": "probe",
  "reason": "auth",
  "code": 190
}"#,
    },
    Entry {
        name: "test",
        when: "Somebody tests an endpoint. It alone gets this event, whatever its filters say; its \
               `session_id` is `unassigned`.",
        data: r#"
{
  "endpoint_id": "ep_01hf7yat00c5k9m2t8w3x6q4vz"
}"#,
    },
];

/// The keys of an event's data that its entry shows neither in the example nor in the text.
#[cfg(test)]
pub(crate) fn undocumented(name: &str, data: &serde_json::Value) -> Vec<String> {
    let entry = ENTRIES.iter().find(|entry| entry.name == name);
    let Some(Entry {
        when, data: shown, ..
    }) = entry
    else {
        return vec![name.to_owned()];
    };
    let shown: serde_json::Value = serde_json::from_str(shown).unwrap_or_default();
    let keys = data.as_object().into_iter().flat_map(serde_json::Map::keys);
    keys.filter(|key| shown.get(key).is_none() && !when.contains(&format!("`{key}`")))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_an_object_and_every_name_one_token() {
        for Entry { name, data, .. } in ENTRIES {
            let data: serde_json::Value = serde_json::from_str(data).unwrap();
            assert!(data.is_object(), "{name}");
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{name}"
            );
        }
        assert!(events_markdown().contains("| [`message`](#message) | A user wrote. |"));
    }
}
