//! What Meta has not documented survives, and costs its neighbours nothing.

use wharf_model::{Field, IncomingContent, Status};
use wharf_webhook::{Notification, Update, UpdateKind};

use crate::{change, parsed};

fn paths(notification: &Notification) -> Vec<&str> {
    notification
        .unrecognised
        .iter()
        .map(|part| part.path.as_str())
        .collect()
}

fn only(notification: &Notification) -> &Update {
    assert_eq!(notification.updates.len(), 1);
    &notification.updates[0]
}

#[test]
fn ids_may_be_numbers_and_times_may_be_either() {
    let body = r#"{"object":"whatsapp_business_account","entry":[{"id":7,"time":"1739321024",
        "changes":[{"field":"messages","value":{"metadata":{"phone_number_id":106540352242922,
        "display_phone_number":15550783881},"messages":[{"id":5,"from":16505551234,
        "timestamp":1749416383,"type":"text","text":{"body":"x"}}]}}]}]}"#;
    let notification = parsed(body);
    let update = only(&notification);
    assert_eq!(&*update.entry_id, "7");
    assert_eq!(update.entry_time.unwrap().as_second(), 1_739_321_024);
    assert_eq!(
        update.phone_number_id.as_ref().unwrap().as_str(),
        "106540352242922"
    );
    assert_eq!(update.display_phone_number.as_deref(), Some("15550783881"));
    let UpdateKind::Message(message) = &update.kind else {
        panic!("{update:?}")
    };
    assert_eq!(message.from.as_ref().unwrap().as_str(), "16505551234");
    assert_eq!(message.timestamp.unwrap().as_second(), 1_749_416_383);
    assert_eq!(update.identity(), "message:5");
}

#[test]
fn unknown_types_values_and_fields_are_kept() {
    let notification = parsed(&change(
        "messages",
        r#"{"messages":[{"id":"a","type":"hologram","hologram":1}]}"#,
    ));
    let UpdateKind::Message(message) = &only(&notification).kind else {
        panic!()
    };
    assert_eq!(message.kind, "hologram");
    let IncomingContent::Unknown { kind, body } = &message.content else {
        panic!()
    };
    assert_eq!(kind, "hologram");
    assert_eq!(body.as_ref().unwrap().get(), "1");

    let notification = parsed(&change(
        "messages",
        r#"{"statuses":[{"id":"a","status":"eaten"}]}"#,
    ));
    let UpdateKind::Status(status) = &only(&notification).kind else {
        panic!()
    };
    assert_eq!(status.status, Status::Unknown("eaten".to_owned()));

    let notification = parsed(&change("brand_new", r#"[ 1 , {"a":"\/"} ]"#));
    let update = only(&notification);
    assert_eq!(update.field, Field::Unknown("brand_new".to_owned()));
    assert_eq!(update.raw.get(), r#"[ 1 , {"a":"\/"} ]"#);
}

#[test]
fn a_body_that_is_not_understood_costs_only_itself() {
    for message in [
        r#"{"id":"a","from":"1","type":"text"}"#,
        r#"{"id":"a","from":"1","type":"text","text":"bare"}"#,
        r#"{"id":"a","from":"1","type":"text","text":{"body":"\ud83d"}}"#,
        r#"{"id":"a","from":"1","type":"image","image":{"mime_type":"image/png"}}"#,
        r#"{"id":"a","from":"1","type":"interactive","interactive":{"type":"list_reply"}}"#,
        r#"{"id":"a","from":"1","type":"edit","edit":{"message":{"type":"edit","edit":{}}}}"#,
    ] {
        let notification = parsed(&change(
            "messages",
            &format!(r#"{{"messages":[{message}]}}"#),
        ));
        let update = only(&notification);
        assert_eq!(update.raw.get(), message);
        let UpdateKind::Message(read) = &update.kind else {
            panic!()
        };
        assert!(
            matches!(read.content, IncomingContent::Malformed { .. }),
            "{message}"
        );
        assert_eq!(read.from.as_ref().unwrap().as_str(), "1");
    }
}

#[test]
fn odd_parts_of_a_message_cost_only_themselves() {
    let notification = parsed(&change(
        "messages",
        r#"{"messages":[{"id":"a","from":{},"from_user_id":"","timestamp":"soon","context":7,
            "referral":[],"errors":[{"code":131051},"bad",{"title":"no code"}],
            "type":"text","text":{"body":"x"}}]}"#,
    ));
    let UpdateKind::Message(message) = &only(&notification).kind else {
        panic!()
    };
    assert!(message.from.is_none() && message.from_user_id.is_none());
    assert!(message.timestamp.is_none() && message.context.is_none());
    assert_eq!(message.errors.len(), 1);
    assert!(matches!(&message.content, IncomingContent::Text(text) if text.body == "x"));
}

#[test]
fn bad_elements_and_unknown_siblings_leave_their_neighbours_alone() {
    let good = r#"{"id":"ok","type":"text","text":{"body":"x"}}"#;
    let status = r#"{"id":"ok","status":"sent"}"#;
    let notification = parsed(&change(
        "messages",
        &format!(
            r#"{{"metadata":7,"brand/new":{{"a":[1]}},"contacts":[null,{{"wa_id":"9"}}],
            "messages":[{{"type":"text"}},{good},null,"x"],"statuses":[[],{status}],
            "errors":{{}}}}"#
        ),
    ));
    assert_eq!(notification.updates.len(), 2);
    assert_eq!(
        paths(&notification),
        [
            "/entry/0/changes/0/value/brand~1new",
            "/entry/0/changes/0/value/contacts/0",
            "/entry/0/changes/0/value/messages/0",
            "/entry/0/changes/0/value/messages/2",
            "/entry/0/changes/0/value/messages/3",
            "/entry/0/changes/0/value/statuses/0",
            "/entry/0/changes/0/value/errors",
        ]
    );
    assert_eq!(notification.unrecognised[0].raw.get(), r#"{"a":[1]}"#);
    let contacts = &notification.updates[0].contacts;
    assert_eq!(
        contacts.len(),
        1,
        "the contact that nobody names is not lost"
    );
    assert!(!contacts[0].matched);
}

#[test]
fn odd_envelopes_are_reported_where_they_are_odd() {
    let envelope = |rest: &str| format!(r#"{{"object":"whatsapp_business_account",{rest}}}"#);
    for (rest, expected) in [
        (r#""entry":{}"#, vec!["/entry"]),
        (r#""entry":[],"new":1"#, vec!["/new"]),
        (r#""entry":[7]"#, vec!["/entry/0"]),
        (r#""entry":[{"id":"1"}]"#, vec!["/entry/0"]),
        (r#""entry":[{"id":{},"changes":[]}]"#, vec!["/entry/0/id"]),
        (
            r#""entry":[{"id":"1","changes":{}}]"#,
            vec!["/entry/0/changes"],
        ),
        (
            r#""entry":[{"id":"1","time":"noon","uid":"7","changes":[]}]"#,
            vec!["/entry/0/time", "/entry/0/uid"],
        ),
        (
            r#""entry":[{"id":"1","changes":[null,{"field":"messages"},{"value":{}}]}]"#,
            vec![
                "/entry/0/changes/0",
                "/entry/0/changes/1",
                "/entry/0/changes/2",
            ],
        ),
        (
            r#""entry":[{"id":"1","changes":[{"field":"messages","value":"x"}]}]"#,
            vec!["/entry/0/changes/0/value"],
        ),
    ] {
        let notification = parsed(&envelope(rest));
        assert_eq!(paths(&notification), expected, "{rest}");
        assert!(notification.updates.is_empty(), "{rest}");
    }
    let empty = parsed(&envelope(r#""entry":[]"#));
    assert!(empty.updates.is_empty() && empty.unrecognised.is_empty());
}

#[test]
fn a_value_without_a_list_is_kept_whole() {
    let value = r#"{"messaging_product":"whatsapp","contacts":[]}"#;
    let notification = parsed(&change("messages", value));
    assert_eq!(only(&notification).raw.get(), value);
    assert!(matches!(only(&notification).kind, UpdateKind::Other));

    let notification = parsed(&change("messages", r#"{"contacts":[{"wa_id":"1"}]}"#));
    assert_eq!(
        paths(&notification),
        ["/entry/0/changes/0/value/contacts/0"]
    );
}

#[test]
fn the_quality_sample_with_the_wrong_field_is_put_right() {
    let value = r#"{"previous_quality_score":"GREEN","new_quality_score":"RED"}"#;
    let notification = parsed(&change("message_template_status_update", value));
    assert_eq!(
        only(&notification).field,
        Field::MessageTemplateQualityUpdate
    );
    let value = r#"{"event":"APPROVED"}"#;
    let notification = parsed(&change("message_template_status_update", value));
    assert_eq!(
        only(&notification).field,
        Field::MessageTemplateStatusUpdate
    );
}
