//! Groups: make, list, read, change, invite, remove, let in.

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};
use wharf_client::group::{Group, GroupUpdate, JoinApprovalMode, NewGroup};
use wharf_client::{Method, User};

use super::{NUMBER, check, number, refused, told};
use crate::desk::{Desk, fixture};

const GROUP: &str = "Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD";
const REQUEST: &str = "MTY0NjcwNDM1OTU6MTIwMzYzNDA0Njk0MjMzODIw";

fn group(desk: &Desk) -> Group {
    desk.client().group(&GROUP.parse().unwrap())
}

fn edge(edge: &str) -> String {
    format!("{GROUP}/{edge}")
}

#[tokio::test]
async fn groups_are_made_and_listed() {
    let desk = Desk::open().await;
    let number = number(&desk);
    let body = fixture("request.group-create");
    let new = NewGroup::new("New Purchase Inquiry")
        .description(body["description"].as_str().unwrap())
        .join_approval_mode(JoinApprovalMode::AutoApprove);
    let path = format!("{NUMBER}/groups");
    let request = (Method::POST, &*path, body);
    let answer = fixture("response.group-create");
    let made = told(&desk, number.create_group(&new), request, answer).await;
    assert_eq!(made.request_id(), Some("106540352242922"));
    for (new, problem) in [
        (
            NewGroup::new("x".repeat(129)),
            "the subject of the group has more than 128 characters",
        ),
        (
            NewGroup::new("x").description("x".repeat(2049)),
            "the description of the group has more than 2048 characters",
        ),
    ] {
        assert_eq!(refused(number.create_group(&new)).await, problem);
    }

    let mut first = fixture("response.group-list");
    first["paging"]["next"] = json!("https://elsewhere.example/");
    desk.answer(200, first.clone());
    desk.answer(200, json!({"data": {}}));
    let groups: Vec<_> = number
        .groups()
        .limit(1024)
        .items()
        .try_collect()
        .await
        .unwrap();
    let path = format!("{path}?limit=1024");
    let next = format!("{path}&after=MTAxNTExOTQ1MjAwNzI5NDE%3D");
    check(&desk, &Method::GET, &next, &Value::Null);
    check(&desk, &Method::GET, &path, &Value::Null);
    assert_eq!(
        serde_json::to_value(&groups).unwrap(),
        first["data"]["groups"]
    );
    assert_eq!(groups[0].id().unwrap().as_str(), GROUP);
    assert_eq!(groups[0].subject(), Some("New Purchase Inquiry"));
    assert_eq!(groups[0].created_at(), Some(1_755_548_877));
}

#[tokio::test]
async fn a_group_is_read_changed_and_deleted() {
    let desk = Desk::open().await;
    let group = group(&desk);
    let answer = json!({
        "id": GROUP, "messaging_product": "whatsapp", "subject": "s", "description": "d",
        "suspended": false, "creation_timestamp": 683_731_200,
        "participants": [{"wa_id": "16505551234", "user_id": "US.1"}],
        "total_participant_count": 1, "join_approval_mode": "by_vote", "later": {"a": [1]}
    });
    let fields = "subject%2Cdescription%2Csuspended%2Ccreation_timestamp%2Cparticipants\
        %2Ctotal_participant_count%2Cjoin_approval_mode";
    let path = format!("{GROUP}?fields={fields}");
    let request = (Method::GET, &*path, Value::Null);
    let details = told(&desk, group.get(), request, answer).await;
    assert_eq!(
        details.join_approval_mode(),
        Some(JoinApprovalMode::Unknown("by_vote".to_owned()))
    );
    assert_eq!(details.creation_timestamp(), Some(683_731_200));
    assert_eq!(details.suspended(), Some(false));
    let participant = &details.participants()[0];
    assert_eq!(participant.wa_id().unwrap().as_str(), "16505551234");
    assert_eq!(participant.user_id().unwrap().as_str(), "US.1");

    let update = GroupUpdate::new()
        .subject("Watch Enthusiasts")
        .description("new");
    let body = json!({"messaging_product": "whatsapp", "subject": "Watch Enthusiasts",
        "description": "new"});
    let answer = json!({"messaging_product": "whatsapp", "request_id": "1"});
    let request = (Method::POST, GROUP, body);
    told(&desk, group.update(&update), request, answer).await;
    let long = GroupUpdate::new().subject("x".repeat(129));
    assert!(refused(group.update(&long)).await.contains("128"));

    let request = (Method::DELETE, GROUP, Value::Null);
    let answer = json!({"success": true});
    told(&desk, group.delete(), request, answer).await;
    desk.answer(200, json!({"success": false}));
    assert!(group.delete().await.is_err());
}

#[tokio::test]
async fn a_picture_goes_up_as_a_form() {
    let desk = Desk::open().await;
    desk.answer(200, json!({"success": true}));
    group(&desk)
        .set_picture(b"\xff\xd8jpeg".to_vec())
        .await
        .unwrap();
    let request = desk.last();
    assert_eq!((request.method, &*request.path), (Method::POST, GROUP));
    let body = String::from_utf8_lossy(&request.body);
    for part in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n",
        "name=\"file\"; filename=\"picture.jpg\"\r\nContent-Type: image/jpeg\r\n",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    let long = vec![0; (5 << 20) + 1];
    assert_eq!(
        refused(group(&desk).set_picture(long)).await,
        "the picture of the group is over 5 MB"
    );
}

#[tokio::test]
async fn users_are_invited_and_removed() {
    let desk = Desk::open().await;
    let group = group(&desk);
    let product = json!({"messaging_product": "whatsapp"});
    let answer = json!({"messaging_product": "whatsapp",
        "invite_link": "https://chat.whatsapp.com/LINK_ID"});
    let path = edge("invite_link");
    let request = (Method::GET, &*path, Value::Null);
    let link = told(&desk, group.invite_link(), request, answer.clone()).await;
    assert_eq!(link.invite_link(), answer["invite_link"].as_str());
    let request = (Method::POST, &*path, product);
    told(&desk, group.reset_invite_link(), request, answer).await;

    let users = [
        User::Phone("+17865347866".parse().unwrap()),
        User::Bsuid("US.1".parse().unwrap()),
    ];
    let body = json!({"messaging_product": "whatsapp",
        "participants": [{"user": "+17865347866"}, {"user_id": "US.1"}]});
    let path = edge("participants");
    let request = (Method::DELETE, &*path, body);
    let call = group.remove_participants(&users);
    told(&desk, call, request, json!({"request_id": "1"})).await;
    for users in [Vec::new(), vec![users[0].clone(); 9]] {
        assert_eq!(
            refused(group.remove_participants(&users)).await,
            "one to eight participants can be removed at once"
        );
    }
}

#[tokio::test]
async fn requests_to_join_are_decided() {
    let desk = Desk::open().await;
    let group = group(&desk);
    let answer = fixture("response.group-join-requests");
    desk.answer(200, answer.clone());
    let requests: Vec<_> = group.join_requests().items().try_collect().await.unwrap();
    let path = edge("join_requests");
    check(&desk, &Method::GET, &path, &Value::Null);
    assert_eq!(serde_json::to_value(&requests).unwrap(), answer["data"]);
    assert_eq!(requests[0].id(), Some(REQUEST));
    assert_eq!(requests[0].wa_id().unwrap().as_str(), "16505551234");
    assert_eq!(requests[0].creation_timestamp(), Some(1_755_548_877));

    let body = json!({"messaging_product": "whatsapp", "join_requests": [REQUEST]});
    let answer = json!({"messaging_product": "whatsapp", "approved_join_requests": [REQUEST]});
    let request = (Method::POST, &*path, body.clone());
    let call = group.approve_join_requests(&[REQUEST]);
    let decision = told(&desk, call, request, answer).await;
    assert_eq!(decision.approved(), [REQUEST]);
    assert!(decision.rejected().is_empty() && decision.failed().is_empty());

    let answer = json!({
        "rejected_join_requests": ["1"],
        "failed_join_requests": [{"join_request_id": REQUEST, "errors": [{"code": 131_000}]}],
        "errors": [{"code": 131_000}]
    });
    let request = (Method::DELETE, &*path, body);
    let call = group.reject_join_requests(&[REQUEST]);
    let decision = told(&desk, call, request, answer).await;
    assert_eq!(decision.rejected(), ["1"]);
    let failed = &decision.failed()[0];
    assert_eq!(failed.id(), Some(REQUEST));
    assert_eq!(failed.errors()[0].count("code"), Some(131_000));
    assert_eq!(decision.errors().len(), 1);
}
