//! Meta's answers and errors are read from the samples.

use wharf_model::{ErrorClass, GraphErrorBody, MessagePacing, SendResponse};

use crate::fixture;

fn answer(name: &str) -> SendResponse {
    serde_json::from_value(fixture(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn answers_to_a_send() {
    let plain = answer("response.send.json");
    assert!(plain.id().unwrap().as_str().starts_with("wamid."));
    assert_eq!(
        plain.contacts[0].wa_id.as_ref().unwrap().as_str(),
        "16505551234"
    );

    let user = answer("response.send-bsuid.json");
    assert_eq!(user.contacts[0].wa_id, None);
    assert!(user.contacts[0].user_id.is_some());

    assert!(
        answer("response.send-group.json").messages[0]
            .group_id
            .is_some()
    );
    let pacing = |name| answer(name).messages.remove(0).message_status.unwrap();
    assert_eq!(
        pacing("response.send-template-accepted.json"),
        MessagePacing::Accepted
    );
    assert_eq!(
        pacing("response.send-template-held.json"),
        MessagePacing::HeldForQualityAssessment
    );
    let new: MessagePacing = serde_json::from_str("\"new_value\"").unwrap();
    assert_eq!(new, MessagePacing::Unknown("new_value".to_owned()));
}

#[test]
fn errors_of_the_graph_api() {
    for (name, code, subcode, class) in [
        (
            "error.100-marketing_messages.json",
            100,
            None,
            ErrorClass::FixRequest,
        ),
        (
            "error.100-subcode33-object-missing.json",
            100,
            Some(33),
            ErrorClass::FixRequest,
        ),
        (
            "error.130429.json",
            130_429,
            Some(2_494_055),
            ErrorClass::RetryNumber,
        ),
        ("error.131056.json", 131_056, None, ErrorClass::RetryPair),
        ("error.131062.json", 131_062, None, ErrorClass::FixRequest),
        ("error.132000.json", 132_000, None, ErrorClass::FixTemplate),
        ("error.132001.json", 132_001, None, ErrorClass::FixTemplate),
        ("error.190-expired.json", 190, Some(463), ErrorClass::Auth),
        (
            "error.2388-user-message.json",
            100,
            Some(2_388_024),
            ErrorClass::FixRequest,
        ),
        (
            "error.4-app-rate-limit-transient.json",
            4,
            None,
            ErrorClass::RetryAccount,
        ),
    ] {
        let body = serde_json::to_vec(&fixture(name)).unwrap();
        let error = GraphErrorBody::parse(&body).unwrap_or_else(|| panic!("{name}"));
        let written = serde_json::to_value(&error).unwrap();
        assert_eq!(written, fixture(name), "{name} is written as it came");
        assert_eq!((error.code.0, error.subcode), (code, subcode), "{name}");
        assert_eq!(error.code.class(), class, "{name}");
        assert!(error.fbtrace_id.is_some() && error.kind.is_some(), "{name}");
    }
    let transient = GraphErrorBody::from_json(&fixture("error.4-app-rate-limit-transient.json"));
    assert_eq!(transient.unwrap().is_transient, Some(true));
    let told = GraphErrorBody::from_json(&fixture("error.2388-user-message.json")).unwrap();
    assert!(told.user_title.is_some() && told.user_message.is_some());
}

#[test]
fn odd_error_bodies() {
    let text = GraphErrorBody::parse(br#"{"error":{"code":"131000","error_data":"why"}}"#).unwrap();
    assert_eq!(
        (text.code.0, text.details.as_deref()),
        (131_000, Some("why"))
    );
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"error":null}"#,
        r#"{"error":{"message":"x"}}"#,
    ] {
        assert_eq!(GraphErrorBody::parse(body.as_bytes()), None, "{body}");
    }
}
