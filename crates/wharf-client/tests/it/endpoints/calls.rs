//! Voice calls: make, take, decline, end, and whether one may.

use serde_json::{Value, json};
use wharf_client::number::{CallPermission, NewCall, ThreadAction};
use wharf_client::{Method, User};
use wharf_model::incoming::handover::ThreadRole;
use wharf_model::{CallId, PhoneNumber};

use super::{NUMBER, done, number, refused, told};
use crate::desk::{Desk, fixture};

const CALL: &str = "wacid.ABGGFjFVU2AfAgo6V-Hc5eCgK5Gh";
const OFFER: &str = "v=0\r\no=- 3626166318745852955 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const ANSWER: &str = "v=0\r\no=- 741807839102053725 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

fn phone() -> PhoneNumber {
    "+1 408 555 1234".parse().unwrap()
}

fn path() -> String {
    format!("{NUMBER}/calls")
}

#[tokio::test]
async fn a_call_is_made() {
    let desk = Desk::open().await;
    let call = NewCall::new(&User::from(phone()), OFFER).callback_data("0fS5cePMok");
    let request = (Method::POST, &*path(), fixture("request.call-connect"));
    let answer = fixture("response.call-connect");
    let made = told(&desk, number(&desk).connect_call(&call), request, answer).await;
    assert_eq!(made.id().unwrap().as_str(), "wacid.ABGGFjFVU2AfAgo6V");

    let bsuid = User::Bsuid("US.13491208655302741918".parse().unwrap());
    let body = json!({
        "messaging_product": "whatsapp", "recipient": "US.13491208655302741918",
        "action": "connect", "session": {"sdp_type": "offer", "sdp": OFFER}
    });
    let call = number(&desk).connect_call(&NewCall::new(&bsuid, OFFER));
    let sent: Value = serde_json::from_slice(call.json().unwrap()).unwrap();
    assert_eq!(sent, body);

    let long = NewCall::new(&bsuid, OFFER).callback_data("é".repeat(513));
    assert_eq!(
        refused(number(&desk).connect_call(&long)).await,
        "the callback data of the call has more than 512 characters"
    );
}

#[tokio::test]
async fn a_call_is_taken_declined_and_ended() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let id: CallId = CALL.parse().unwrap();
    let body =
        |action: &str| json!({"messaging_product": "whatsapp", "call_id": CALL, "action": action});

    let accepted = fixture("request.call-accept");
    let mut prepared = body("pre_accept");
    prepared["session"] = accepted["session"].clone();
    let call = number.pre_accept_call(&id, ANSWER);
    done(&desk, call, Method::POST, &path(), prepared).await;
    let call = number.accept_call(&id, ANSWER, Some("random_string"));
    done(&desk, call, Method::POST, &path(), accepted).await;
    let call = number.reject_call(&id);
    done(&desk, call, Method::POST, &path(), body("reject")).await;
    let call = number.terminate_call(&id);
    let ended = fixture("request.call-terminate");
    done(&desk, call, Method::POST, &path(), ended).await;

    desk.answer(200, fixture("response.call-action"));
    number.terminate_call(&id).await.unwrap();
    let long = "x".repeat(513);
    assert_eq!(
        refused(number.accept_call(&id, ANSWER, Some(&long))).await,
        "the callback data of the call has more than 512 characters"
    );
}

#[tokio::test]
async fn permissions_tell_what_may_be_done() {
    let desk = Desk::open().await;
    let path = format!("{NUMBER}/call_permissions?user_wa_id=14085551234");
    let request = (Method::GET, &*path, Value::Null);
    let answer = fixture("response.call_permissions");
    let call = number(&desk).call_permissions(&phone().into());
    let permissions = told(&desk, call, request, answer).await;
    assert_eq!(permissions.status(), Some(CallPermission::Temporary));
    assert_eq!(permissions.expiration_time(), Some(1_745_343_479));
    let actions = permissions.actions();
    assert_eq!(actions[0].name(), Some("send_call_permission_request"));
    assert_eq!(actions[0].can_perform(), Some(true));
    let limit = &actions[1].limits()[0];
    assert_eq!(limit.time_period(), Some("PT24H"));
    assert_eq!(
        (limit.current_usage(), limit.max_allowed()),
        (Some(5), Some(5))
    );
    assert_eq!(limit.limit_expiration_time(), Some(1_745_622_600));

    // Meta's OpenAPI file has other values, and `null` for no limits.
    let answer = json!({"permission": {"status": "granted"}, "actions": [
        {"action_name": "start_call", "can_perform_action": false, "limits": null}]});
    let path = format!("{NUMBER}/call_permissions?recipient=US.1");
    let user = User::Bsuid("US.1".parse().unwrap());
    let call = number(&desk).call_permissions(&user);
    let request = (Method::GET, &*path, Value::Null);
    let permissions = told(&desk, call, request, answer).await;
    let status = permissions.status().unwrap();
    assert_eq!(status, CallPermission::Unknown("granted".to_owned()));
    assert_eq!(status.as_str(), "granted");
    assert!(permissions.actions()[0].limits().is_empty());
    assert_eq!(permissions.expiration_time(), None);
}

#[tokio::test]
async fn a_thread_changes_hands() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let body = |action: &str| json!({"messaging_product": "whatsapp", "to": "+14085551234", "action": action});
    let mut passed = body("pass");
    passed["control_pass"] = json!({"target_role": "customer_service"});
    passed["metadata"] = json!("wants a person");
    let pass = ThreadAction::Pass(ThreadRole::CustomerService);
    let actions = [
        (pass, Some("wants a person"), passed),
        (ThreadAction::Release, None, body("release")),
        (ThreadAction::Take, None, body("take")),
    ];
    let path = format!("{NUMBER}/thread_control");
    for (action, metadata, body) in actions {
        let call = number.control_thread(&phone(), &action, metadata);
        let request = (Method::POST, &*path, body);
        told(&desk, call, request, json!({"success": true})).await;
    }
}
