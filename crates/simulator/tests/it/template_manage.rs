//! Listing, editing, deleting and moving templates.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Business, Quality, Ruling, Waba};

use crate::fixtures::request;
use crate::kit::{Stage, WABA, quick};
use crate::template_review::{create, send, standing};

fn templates(rest: &str) -> String {
    format!("/v24.0/{WABA}/message_templates{rest}")
}

fn subcode(answer: &Value) -> i64 {
    answer["error"]["error_subcode"].as_i64().unwrap_or(0)
}

#[tokio::test]
async fn the_list_has_filters_pages_and_fields() {
    let stage = Stage::new().await;
    let names = async |query: &str| {
        let (status, list) = stage.get(&templates(&format!("{query}&limit=100"))).await;
        assert_eq!(status, 200, "{list}");
        let items = list["data"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = names("?").await.len();
    assert_eq!(all, stage.simulator().templates().len());
    assert!(
        names("?name=order_confirmation")
            .await
            .iter()
            .all(|name| name == "order_confirmation")
    );
    assert_eq!(names("?name=order_confirmation&language=en").await.len(), 1);
    assert!(names("?content=succulents").await.len() < all);
    assert_eq!(
        names("?name_or_content=congratulations").await,
        ["hello_world"]
    );
    assert_eq!(names("?status=REJECTED").await.len(), 0);
    let utility = names("?category=UTILITY").await.len();
    let others = names("?category=MARKETING,AUTHENTICATION").await.len();
    assert_eq!(utility + others, all);
    stage
        .simulator()
        .review_template(
            stage.simulator().templates()[0].id,
            Ruling::Quality(Quality::Red),
        )
        .unwrap();
    assert_eq!(names("?quality_score=RED").await.len(), 1);
    assert_eq!(stage.get(&templates("?category=OTHER")).await.0, 400);

    let (_, first) = stage
        .get(&templates("?fields=name,category,status&limit=2"))
        .await;
    let documented = request("response.template-list.json");
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&first), keys(&documented));
    assert_eq!(keys(&first["data"][0]), keys(&documented["data"][0]));
    assert_eq!(keys(&first["paging"]), keys(&documented["paging"]));
    let mut seen = 2;
    let mut page = first;
    while let Some(next) = page["paging"]["next"].as_str() {
        let path = next
            .strip_prefix(&stage.running.base_url)
            .unwrap()
            .to_owned();
        page = stage.get(&path).await.1;
        seen += page["data"].as_array().unwrap().len();
    }
    assert_eq!(seen, all);
    stage.end().await;
}

#[tokio::test]
async fn a_login_code_is_read_back_with_the_platforms_texts() {
    let stage = Stage::new().await;
    let (_, made) = stage
        .post(
            &templates(""),
            &request("template-create.auth-one_tap.json"),
        )
        .await;
    let (_, read) = stage
        .get(&format!("/v24.0/{}", made["id"].as_str().unwrap()))
        .await;
    let components = read["components"].as_array().unwrap();
    assert_eq!(
        components[0]["text"],
        "*{{1}}* is your verification code. For your security, do not share this code."
    );
    assert_eq!(components[1]["text"], "This code expires in 10 minutes.");
    assert_eq!(components[2]["buttons"][0]["type"], "URL");
    let query = "?category=AUTHENTICATION&languages=en_US,es_ES&add_security_recommendation=true&code_expiration_minutes=10&button_types=OTP";
    let (status, shown) = stage
        .get(&format!("/v24.0/{WABA}/message_template_previews{query}"))
        .await;
    assert_eq!(status, 200, "{shown}");
    assert_eq!(shown["data"][0]["body"], components[0]["text"]);
    assert_eq!(shown["data"][1]["language"], "es_ES");
    assert_eq!(shown["data"][0]["buttons"][0]["autofill_text"], "Autofill");
    let path = format!("/v24.0/{WABA}/message_template_previews?category=UTILITY");
    assert_eq!(stage.get(&path).await.0, 400);
    stage.end().await;
}

#[tokio::test]
async fn the_library_is_searched_and_used() {
    let stage = Stage::new().await;
    let (_, found) = stage
        .get("/v24.0/message_template_library?topic=PAYMENTS&search=balance")
        .await;
    let documented = request("response.template-library-item.json");
    for (name, value) in documented.as_object().unwrap() {
        assert_eq!(found["data"][0][name], *value, "{name}");
    }
    let (_, none) = stage
        .get("/v24.0/message_template_library?industry=FINANCIAL_SERVICES&usecase=FEEDBACK_SURVEY")
        .await;
    assert_eq!(none["data"], json!([]));
    let (_, made) = stage
        .post(&templates(""), &request("template-create.library.json"))
        .await;
    assert_eq!(made["status"], "APPROVED");
    let path = format!(
        "/v24.0/{}?fields=library_template_name,components",
        made["id"].as_str().unwrap()
    );
    let (_, read) = stage.get(&path).await;
    assert_eq!(read["library_template_name"], "delivery_update_1");
    assert_eq!(
        read["components"][2]["buttons"][0]["url"],
        "https://www.example.com/{{1}}"
    );
    stage.end().await;
}

#[tokio::test]
async fn an_edit_is_reviewed_and_an_approved_template_is_edited_rarely() {
    let (stage, callback, clock) = standing().await;
    let id = create(&stage, "greeting", "UTILITY", "Hello there").await;
    let path = format!("/v24.0/{id}");
    let edit = json!({"components": [{"type": "BODY", "text": "Good morning"}, {"type": "FOOTER", "text": "Us"}]});
    let (status, answer) = stage.post(&path, &edit).await;
    assert_eq!(
        (status, subcode(&answer)),
        (400, 2_388_039),
        "it is still pending"
    );
    clock.advance(Duration::from_secs(2));
    callback.wait(1).await;
    let (status, answer) = stage.post(&path, &json!({"category": "MARKETING"})).await;
    assert_eq!(
        (status, subcode(&answer)),
        (400, 2_388_039),
        "the category of an approved one stays"
    );
    let (status, answer) = stage
        .post(
            &path,
            &json!({"components": [{"type": "BODY", "text": "{{1}} first"}]}),
        )
        .await;
    assert_eq!(
        (status, subcode(&answer)),
        (400, 2_388_299),
        "the rules of creation hold"
    );
    assert_eq!(stage.post(&path, &json!({})).await.0, 400);
    let (status, answer) = stage.post(&path, &edit).await;
    assert_eq!((status, answer), (200, json!({"success": true})));
    let told = callback.wait(2).await[1].json()["entry"][0]["changes"][0].clone();
    assert_eq!(told["field"], "message_template_components_update");
    assert_eq!(told["value"]["message_template_element"], "Good morning");
    assert_eq!(told["value"]["message_template_footer"], "Us");
    assert_eq!(stage.get(&path).await.1["status"], "PENDING");
    clock.advance(Duration::from_secs(2));
    callback.wait(3).await;
    assert_eq!(send(&stage, "greeting").await, 0);
    let (status, answer) = stage.post(&path, &edit).await;
    assert_eq!(status, 400);
    assert!(
        answer["error"]["error_user_msg"]
            .as_str()
            .unwrap()
            .contains("once in 24 hours")
    );
    for _ in 0..9 {
        clock.advance(Duration::from_hours(25));
        let (status, answer) = stage
            .post(&path, &json!({"message_send_ttl_seconds": 60}))
            .await;
        assert_eq!(status, 200, "{answer}");
    }
    clock.advance(Duration::from_hours(25));
    let (_, answer) = stage.post(&path, &edit).await;
    assert!(
        answer["error"]["error_user_msg"]
            .as_str()
            .unwrap()
            .contains("10 times in 30 days")
    );
    assert_eq!(
        stage
            .post(&path, &json!({"message_send_ttl_seconds": 5}))
            .await
            .0,
        400
    );
    stage.end().await;
}

#[tokio::test]
async fn deletion_takes_all_or_nothing_and_blocks_the_name() {
    let (stage, _, clock) = standing().await;
    let delete = async |query: &str| stage.call("DELETE", &templates(query), None).await;
    let one = create(&stage, "one", "UTILITY", "Hello there").await;
    let two = create(&stage, "two", "UTILITY", "Hello there").await;
    assert_eq!(delete("").await.0, 400);
    assert_eq!(delete("?name=none").await.0, 400);
    assert_eq!(
        delete(&format!("?name=two&hsm_id={one}")).await.0,
        400,
        "the name must fit"
    );
    assert_eq!(delete(&format!("?hsm_ids=[\"{one}\",\"1\"]")).await.0, 400);
    assert_eq!(
        delete(&format!("?name=one&hsm_ids=[\"{one}\"]")).await.0,
        400
    );
    assert_eq!(
        stage.get(&format!("/v24.0/{one}")).await.0,
        200,
        "nothing was deleted"
    );
    assert_eq!(
        delete(&format!("?hsm_ids=[\"{one}\",\"{two}\"]")).await,
        (200, json!({"success": true}))
    );
    assert_eq!(stage.get(&format!("/v24.0/{one}")).await.0, 400);
    let again = json!({"name": "one", "language": "en_US", "category": "UTILITY",
                       "components": [{"type": "BODY", "text": "Hello"}]});
    let (status, answer) = stage.post(&templates(""), &again).await;
    assert_eq!((status, subcode(&answer)), (400, 2_388_023));
    clock.advance(Duration::from_hours(30 * 24));
    assert_eq!(stage.post(&templates(""), &again).await.0, 200);
    let three = create(&stage, "three", "UTILITY", "Hello there").await;
    assert_eq!(delete(&format!("?name=three&hsm_id={three}")).await.0, 200);
    assert_eq!(
        delete("?name=order_confirmation").await.0,
        200,
        "all languages"
    );
    let left = stage.simulator().templates();
    assert!(
        left.iter()
            .all(|template| template.name != "order_confirmation")
    );
    let id = left[0].id;
    stage
        .simulator()
        .review_template(id, Ruling::Disable)
        .unwrap();
    let (status, answer) = delete(&format!("?hsm_ids={id}")).await;
    assert_eq!((status, subcode(&answer)), (400, 2_388_039));
    stage.end().await;
}

#[tokio::test]
async fn a_template_whose_messages_are_on_their_way_goes_later() {
    let mut settings = quick();
    settings.delays.delivered = Duration::from_hours(1);
    settings.clock = simulator::Clock::fixed("2026-11-21T12:00:00Z".parse().unwrap());
    let (stage, callback) = crate::kit::subscribed_with(settings).await;
    assert_eq!(send(&stage, "hello_world").await, 0);
    callback.wait(1).await;
    let (status, _) = stage
        .call("DELETE", &templates("?name=hello_world"), None)
        .await;
    assert_eq!(status, 200);
    let value = callback.values(2).await[1].clone();
    assert_eq!(
        (&value["event"], &value["reason"]),
        (&json!("PENDING_DELETION"), &Value::Null)
    );
    stage.end().await;
}

#[tokio::test]
async fn templates_are_archived_and_taken_out_again_without_a_version_too() {
    let stage = Stage::new().await;
    let ids: Vec<String> = stage.simulator().templates()[..2]
        .iter()
        .map(|one| one.id.to_string())
        .collect();
    let named = json!({"hsm_ids": ids});
    let (status, answer) = stage
        .post(&format!("/{WABA}/message_templates/archive"), &named)
        .await;
    assert_eq!((status, answer), (200, json!({"success": true})));
    assert_eq!(send(&stage, "hello_world").await, 132_001);
    let (status, answer) = stage.post(&templates("/archive"), &named).await;
    assert_eq!((status, subcode(&answer)), (400, 2_388_039));
    let (status, _) = stage
        .post(&format!("/{WABA}/message_templates/unarchive"), &named)
        .await;
    assert_eq!(status, 200);
    assert_eq!(send(&stage, "hello_world").await, 0);
    let many = json!({"hsm_ids": vec!["1"; 101]});
    assert_eq!(stage.post(&templates("/archive"), &many).await.0, 400);
    stage.end().await;
}

#[tokio::test]
async fn templates_move_to_another_account_of_the_business() {
    let mut settings = quick();
    settings.businesses.push(Business {
        wabas: vec![Waba::new("777", "Other")],
        ..Business::default()
    });
    let stage = Stage::with(settings).await;
    stage.simulator().set_review(simulator::Review {
        rule: simulator::ReviewRule::OnCommand,
        ..simulator::Review::default()
    });
    let mut ids = Vec::new();
    for name in ["good", "pending", "bad"] {
        ids.push(create(&stage, name, "UTILITY", "Hello there").await);
    }
    let rule = |place: usize, ruling| {
        let id: &String = &ids[place];
        stage
            .simulator()
            .review_template(id.parse().unwrap(), ruling)
            .unwrap();
    };
    rule(0, Ruling::Approve);
    rule(2, Ruling::Approve);
    rule(2, Ruling::Quality(Quality::Yellow));
    let path = "/v24.0/777/migrate_message_templates";
    let (status, answer) = stage
        .post(
            path,
            &json!({"source_waba_id": WABA, "page_number": 0, "count": 100}),
        )
        .await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["migrated_templates"], json!([ids[0]]));
    assert_eq!(answer["failed_templates"].as_object().unwrap().len(), 2);
    let (_, list) = stage
        .get("/v24.0/777/message_templates?name=good&fields=name,status")
        .await;
    assert_eq!(list["data"][0]["status"], "APPROVED");
    let (_, again) = stage
        .post(
            path,
            &json!({"source_waba_id": WABA, "template_ids": [ids[0]]}),
        )
        .await;
    assert_eq!(again["migrated_templates"], json!([]));
    for wrong in [
        json!({"source_waba_id": "1"}),
        json!({"source_waba_id": "777"}),
        json!({"source_waba_id": WABA, "count": 501}),
    ] {
        assert_eq!(stage.post(path, &wrong).await.0, 400, "{wrong}");
    }
    stage.end().await;
}
