//! WABAs: what Meta tells of them, their numbers and people.

use serde_json::{Value, json};
use wharf_client::number::{AccountMode, QualityRating};
use wharf_client::waba::{NewNumber, ReviewStatus, UserTask, WabaStatus, WabaUpdate};
use wharf_client::{Fields, Method, Waba};

use super::{WABA, done, told};
use crate::desk::{Desk, fixture};

fn waba(desk: &Desk) -> Waba {
    desk.client().waba(&WABA.parse().unwrap())
}

#[tokio::test]
async fn what_meta_tells_of_a_waba() {
    let desk = Desk::open().await;
    let waba = waba(&desk);
    let answer = fixture("response.waba");
    desk.answer(200, answer.clone());
    let info = waba.info().await.unwrap();
    assert!(
        desk.last()
            .path
            .starts_with("102290129340398?fields=id%2Cname%2Cstatus")
    );
    assert_eq!(serde_json::to_value(&info).unwrap(), answer);
    assert_eq!(info.status(), Some(WabaStatus::Active));
    assert_eq!(info.currency(), Some("USD"));
    assert_eq!(info.account_review_status(), None::<ReviewStatus>);
    let request = (
        Method::GET,
        "102290129340398?fields=health_status",
        Value::Null,
    );
    told(
        &desk,
        waba.health(),
        request,
        fixture("response.health_status"),
    )
    .await;
    let update = WabaUpdate::new().name("Shrub").enable_insights();
    let body = json!({"name": "Shrub", "is_enabled_for_insights": true});
    done(&desk, waba.update(&update), Method::POST, WABA, body).await;
}

#[tokio::test]
async fn numbers_are_listed_and_added() {
    let desk = Desk::open().await;
    let waba = waba(&desk);
    let answer = fixture("response.phone_numbers");
    desk.answer(200, answer.clone());
    let numbers = waba.numbers().next_page().await.unwrap().unwrap();
    assert_eq!(desk.last().path, "102290129340398/phone_numbers");
    assert_eq!(serde_json::to_value(&numbers).unwrap(), answer["data"]);
    assert_eq!(numbers[1].quality_rating(), Some(QualityRating::NotRated));

    desk.answer(200, json!({"data": []}));
    let mut tests = waba.numbers_in_mode(&AccountMode::Sandbox);
    assert!(tests.next_page().await.unwrap().unwrap().is_empty());
    let path = desk.last().path;
    let query = url::Url::parse(&format!("http://x/{path}")).unwrap();
    let filter = query.query_pairs().next().unwrap().1.into_owned();
    let filter: Value = serde_json::from_str(&filter).unwrap();
    let expected = json!([{"field": "account_mode", "operator": "EQUAL", "value": "SANDBOX"}]);
    assert_eq!(filter, expected);

    let new = NewNumber::new("1", "6505551234", "Lucky Shrub").migrate_phone_number(true);
    let body = json!({"cc": "1", "phone_number": "6505551234", "verified_name": "Lucky Shrub",
        "migrate_phone_number": true});
    let request = (Method::POST, "102290129340398/phone_numbers", body);
    let added = told(&desk, waba.add_number(&new), request, json!({"id": "42"})).await;
    assert_eq!(added.id().unwrap().as_str(), "42");
}

#[tokio::test]
async fn people_may_work_with_a_waba() {
    let desk = Desk::open().await;
    let waba = waba(&desk);
    let answer = json!({"data": [{"id": "7", "name": "A", "tasks": ["MANAGE", "FLY"]}]});
    desk.answer(200, answer.clone());
    let business = "506914307656634".parse().unwrap();
    let users = waba
        .assigned_users(&business)
        .next_page()
        .await
        .unwrap()
        .unwrap();
    assert!(
        desk.last()
            .path
            .starts_with("102290129340398/assigned_users?business=506914307656634")
    );
    assert_eq!(
        users[0].tasks(),
        [UserTask::Manage, UserTask::Unknown("FLY".to_owned())]
    );
    assert_eq!(serde_json::to_value(&users).unwrap(), answer["data"]);
    let path = "102290129340398/assigned_users";
    let body = json!({"user": "7", "tasks": ["MANAGE", "MESSAGING"]});
    let call = waba.assign_user("7", &[UserTask::Manage, UserTask::Messaging]);
    done(&desk, call, Method::POST, path, body).await;
    let path = "102290129340398/assigned_users?user=7";
    done(
        &desk,
        waba.remove_user("7"),
        Method::DELETE,
        path,
        Value::Null,
    )
    .await;
}

#[tokio::test]
async fn records_of_a_waba() {
    let desk = Desk::open().await;
    let waba = waba(&desk);
    let one = |key: &str| json!({"data": [{"id": "1", key: "X"}]});
    desk.answer(200, one("activity_type"));
    let page = waba.activities().next_page().await.unwrap().unwrap();
    assert_eq!(page[0].activity_type(), Some("X"));
    desk.answer(200, one("schedule_type"));
    let page = waba.schedules().next_page().await.unwrap().unwrap();
    assert_eq!(page[0].schedule_type(), Some("X"));
    desk.answer(200, one("status"));
    let page = waba.solutions().next_page().await.unwrap().unwrap();
    assert_eq!(page[0].status(), Some("X"));
    let schedule: Fields = serde_json::from_value(json!({"name": "Hours"})).unwrap();
    let request = (
        Method::POST,
        "102290129340398/schedules",
        json!({"name": "Hours"}),
    );
    told(
        &desk,
        waba.create_schedule(schedule),
        request,
        json!({"id": "1"}),
    )
    .await;
}
