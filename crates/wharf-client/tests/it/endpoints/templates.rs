//! Templates: make, list, change, delete, compare, copy, archive.

use serde_json::{Value, json};
use wharf_client::Method;
use wharf_client::template::{
    ComparisonMetric, LibraryFilter, MigrateTemplates, PreviewFilter, TemplateFilter,
};
use wharf_client::waba::Templates;
use wharf_model::TemplateId;
use wharf_model::template::{
    AuthenticationUpsert, Body, Button, Category, Component, Examples, LibraryButton,
    LibraryTemplate, NewTemplate, Otp, TemplateEdit, TemplateStatus,
};

use super::{WABA, done, query, refused, told};
use crate::desk::{Desk, fixture};

const TEMPLATES: &str = "102290129340398/message_templates";
const ID: &str = "546151681022936";

fn templates(desk: &Desk) -> Templates {
    desk.client().waba(&WABA.parse().unwrap()).templates()
}

fn id(text: &str) -> TemplateId {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_template_is_made() {
    let desk = Desk::open().await;
    let templates = templates(&desk);
    let body = Body::text_with("Your order {{1}} left.", Examples::positional(["A-17"]));
    let components = vec![
        body.into(),
        Component::Buttons(vec![Button::quick_reply("Thank you")]),
    ];
    let new = NewTemplate::new("order_sent", "en_US", Category::Utility, components).unwrap();
    let body = json!({
        "name": "order_sent", "language": "en_US", "category": "UTILITY",
        "components": [
            {"type": "BODY", "text": "Your order {{1}} left.", "example": {"body_text": [["A-17"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thank you"}]},
        ]
    });
    let request = (Method::POST, TEMPLATES, body);
    let answer = fixture("response.template-create");
    let made = told(&desk, templates.create(&new), request, answer).await;
    assert_eq!(made.id(), Some(id(ID)));
    assert_eq!(made.status(), Some(TemplateStatus::Pending));
    assert_eq!(made.category(), Some(Category::Marketing));

    let button = LibraryButton::url(
        "https://www.example.com/{{1}}",
        "https://www.example.com/order_update",
    );
    let ready = LibraryTemplate::new(
        "my_delivery_update",
        "en_US",
        Category::Utility,
        "delivery_update_1",
    );
    let ready = ready.unwrap().buttons(vec![button.unwrap()]).unwrap();
    let request = (Method::POST, TEMPLATES, fixture("template-create.library"));
    let answer = json!({"id": ID, "status": "APPROVED", "category": "UTILITY", "new": [1]});
    let made = told(
        &desk,
        templates.create_from_library(&ready),
        request,
        answer,
    )
    .await;
    assert_eq!(made.status(), Some(TemplateStatus::Approved));

    let upsert = AuthenticationUpsert::new(
        "authentication_code_copy_code_button",
        ["en_US", "es_ES", "fr"],
        Otp::copy_code(),
    );
    let upsert = upsert.unwrap().security_recommendation();
    let upsert = upsert.code_expiration_minutes(10).unwrap();
    let body = fixture("template-create.auth-upsert-copy_code");
    let path = "102290129340398/upsert_message_templates";
    let answer = fixture("response.template-upsert");
    let made = told(
        &desk,
        templates.upsert(&upsert),
        (Method::POST, path, body),
        answer,
    )
    .await;
    let made = made.data();
    assert_eq!(made[2].language(), Some("fr"));
    assert_eq!(made[2].id(), Some(id("969725530748535")));
    assert_eq!(made[0].status(), Some(TemplateStatus::Approved));
}

#[tokio::test]
async fn templates_are_listed() {
    let desk = Desk::open().await;
    let templates = templates(&desk);
    let answer = fixture("response.template-list");
    desk.answer(200, answer.clone());
    let mut pages = templates.list(&TemplateFilter::new());
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!(desk.last().path, TEMPLATES);
    assert_eq!(serde_json::to_value(&page).unwrap(), answer["data"]);
    assert_eq!(page[4].status, Some(TemplateStatus::Rejected));
    desk.answer(
        200,
        json!({"data": [{"id": "1", "status": "ODD", "quality_score": 7}]}),
    );
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!(desk.last().path, format!("{TEMPLATES}?after=QVFIU..."));
    let odd = TemplateStatus::Unknown("ODD".to_owned());
    assert_eq!(page[0].status, Some(odd));
    assert_eq!(page[0].other["quality_score"], 7);
    assert!(pages.next_page().await.unwrap().is_none());

    let filter = TemplateFilter::new()
        .name("a")
        .status(&TemplateStatus::Paused)
        .category(&Category::Marketing)
        .language("pt_BR")
        .quality_score("RED")
        .name_or_content("b")
        .content("c d")
        .since(1)
        .until(2)
        .fields("id,name");
    desk.answer(200, json!({"data": []}));
    templates.list(&filter).limit(5).next_page().await.unwrap();
    let path = desk.last().path;
    let query = query(&path);
    let pairs: Vec<_> = query
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("name", "a"),
            ("status", "PAUSED"),
            ("category", "MARKETING"),
            ("language", "pt_BR"),
            ("quality_score", "RED"),
            ("name_or_content", "b"),
            ("content", "c d"),
            ("since", "1"),
            ("until", "2"),
            ("fields", "id,name"),
            ("limit", "5"),
        ]
    );
}

#[tokio::test]
async fn a_template_is_read_changed_and_unpaused() {
    let desk = Desk::open().await;
    let template = desk.client().template(&id(ID));
    let answer = json!({
        "id": ID, "name": "n", "language": "en_US", "status": "PAUSED", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hello"}, {"type": "NEW", "x": 1}],
        "quality_score": {"score": "YELLOW", "date": 1_700_000_000}, "later": true
    });
    desk.answer(200, answer.clone());
    let read = template.get().await.unwrap();
    let path = desk.last().path;
    assert!(path.starts_with(ID), "{path}");
    assert!(
        query(&path)[0]
            .1
            .ends_with(",cta_url_link_tracking_opted_out")
    );
    assert_eq!(read.status, Some(TemplateStatus::Paused));
    assert_eq!(serde_json::to_value(&read).unwrap(), answer);
    let path = format!("{ID}?fields=health_status");
    let request = (Method::GET, path.as_str(), Value::Null);
    let answer = json!({"id": ID, "health_status": {"can_send_message": "AVAILABLE"}});
    told(&desk, template.get_fields("health_status"), request, answer).await;

    let edit = TemplateEdit::components(vec![Body::text("Thank you.").into()]).unwrap();
    let edit = edit.category(Category::Utility).unwrap();
    let body = json!({"category": "UTILITY",
        "components": [{"type": "BODY", "text": "Thank you."}]});
    done(&desk, template.edit(&edit), Method::POST, ID, body).await;
    let path = format!("{ID}/unpause");
    done(&desk, template.unpause(), Method::POST, &path, Value::Null).await;
}

#[tokio::test]
async fn two_templates_are_compared() {
    let desk = Desk::open().await;
    let template = desk.client().template(&id("1533406637136032"));
    let other = id("5289179717853347");
    let call = template.compare(&other, 1_674_844_791, 1_674_845_395);
    let path = "1533406637136032/compare?template_ids=%5B%225289179717853347%22%5D\
        &start=1674844791&end=1674845395";
    let request = (Method::GET, path, Value::Null);
    let answer = fixture("response.template-compare");
    let compared = told(&desk, call, request, answer).await;
    let rate = compared.metric(&ComparisonMetric::BlockRate).unwrap();
    assert_eq!(rate.order_by_relative_metric()[1], other);
    let sends = compared.metric(&ComparisonMetric::MessageSends).unwrap();
    assert_eq!(sends.kind(), Some("NUMBER_VALUES"));
    assert_eq!(sends.number_values()[0], (other.clone(), 1273));
    let reason = compared.metric(&ComparisonMetric::TopBlockReason).unwrap();
    let expected = (other, "UNKNOWN_BLOCK_REASON".to_owned());
    assert_eq!(reason.string_values()[0], expected);
}

#[tokio::test]
async fn templates_are_deleted() {
    let desk = Desk::open().await;
    let templates = templates(&desk);
    let path = |query: &str| format!("{TEMPLATES}?{query}");
    let call = templates.delete_named("order_sent");
    let wanted = path("name=order_sent");
    done(&desk, call, Method::DELETE, &wanted, Value::Null).await;
    let call = templates.delete(&id("7"), "order_sent");
    let wanted = path("hsm_id=7&name=order_sent");
    done(&desk, call, Method::DELETE, &wanted, Value::Null).await;
    let call = templates.delete_all(&[id("7"), id("8")]);
    let wanted = path("hsm_ids=%5B%227%22%2C%228%22%5D");
    done(&desk, call, Method::DELETE, &wanted, Value::Null).await;
    for count in [0, 101] {
        let ids: Vec<_> = (0..count).map(|n| id(&format!("1{n}"))).collect();
        let reason = "there are not 1 to 100 templates";
        assert_eq!(refused(templates.delete_all(&ids)).await, reason);
        assert_eq!(refused(templates.archive(&ids)).await, reason);
    }
}

#[tokio::test]
async fn templates_are_archived_at_another_host() {
    let desk = Desk::open().await;
    let templates = templates(&desk);
    let body = json!({"hsm_ids": ["7", "8"]});
    let call = templates.archive(&[id("7"), id("8")]);
    let url = call.url().unwrap().clone();
    assert_eq!(url.path(), format!("/api/{TEMPLATES}/archive"));
    let path = format!("{TEMPLATES}/archive");
    let request = (Method::POST, path.as_str(), body.clone());
    let reason = "Only approved or rejected templates can be archived";
    let answer = json!({"archived_templates": ["7"], "failed_templates": {"8": reason}});
    let archived = told(&desk, call, request, answer).await;
    assert_eq!(archived.archived_templates(), [id("7")]);
    let failed = &archived.failed_templates()[0];
    assert_eq!(
        (&failed.id, failed.reason.as_deref()),
        (&id("8"), Some(reason))
    );

    let path = format!("{TEMPLATES}/unarchive");
    let request = (Method::POST, path.as_str(), body);
    let answer = json!({"unarchived_templates": ["7", 8], "failed_templates": {}});
    let call = templates.unarchive(&[id("7"), id("8")]);
    let back = told(&desk, call, request, answer).await;
    assert_eq!(back.unarchived_templates(), [id("7"), id("8")]);
    assert!(back.failed_templates().is_empty());
}

#[tokio::test]
async fn templates_are_copied() {
    let desk = Desk::open().await;
    let templates = templates(&desk);
    let source = "102290129340399".parse().unwrap();
    let some = MigrateTemplates::page(&source, 0)
        .count(200)
        .templates(&[id("7")]);
    let body = json!({"source_waba_id": "102290129340399", "page_number": 0, "count": 200,
        "template_ids": ["7"]});
    let request = (
        Method::POST,
        "102290129340398/migrate_message_templates",
        body,
    );
    let answer = fixture("response.template-migrate");
    let copied = told(&desk, templates.migrate(&some), request, answer).await;
    assert_eq!(copied.migrated_templates()[0], id("1473688840035974"));
    let failed = copied.failed_templates();
    let failed = failed
        .iter()
        .find(|failed| failed.id == id("259672276895259"));
    let reason = failed.unwrap().reason.as_deref();
    assert_eq!(reason, Some("Formatting error - dangling parameter"));
    let many = MigrateTemplates::page(&source, 0).count(501);
    assert!(refused(templates.migrate(&many)).await.contains("500"));
}

#[tokio::test]
async fn metas_own_texts_and_templates_are_shown() {
    let desk = Desk::open().await;
    let templates = templates(&desk);
    let filter = PreviewFilter::new()
        .languages(["en_US", "es_ES"])
        .security_recommendation()
        .code_expiration_minutes(10);
    let answer = json!({"data": [{
        "body": "*{{1}}* is your verification code.", "footer": "Expires in 10 minutes.",
        "buttons": [{"autofill_text": "Autofill", "text": "Copy code"}], "language": "en_US"
    }]});
    desk.answer(200, answer.clone());
    let page = templates.previews(&filter).next_page().await.unwrap();
    let page = page.unwrap();
    assert_eq!(
        desk.last().path,
        "102290129340398/message_template_previews?category=AUTHENTICATION&button_types=OTP\
         &languages=en_US%2Ces_ES&add_security_recommendation=true&code_expiration_minutes=10"
    );
    assert_eq!(serde_json::to_value(&page).unwrap(), answer["data"]);
    assert_eq!(page[0].language(), Some("en_US"));
    assert_eq!(page[0].footer(), Some("Expires in 10 minutes."));
    assert_eq!(page[0].buttons()[0].autofill_text(), Some("Autofill"));
    let long = PreviewFilter::new().code_expiration_minutes(91);
    let error = templates.previews(&long).next_page().await.unwrap_err();
    assert!(error.was_not_sent(), "{error:?}");

    let answer = json!({"data": [fixture("response.template-library-item")]});
    desk.answer(200, answer.clone());
    let filter = LibraryFilter::new()
        .search("balance")
        .topic("PAYMENTS")
        .language("en_US");
    let library = desk.client().template_library(&filter).next_page().await;
    let library = library.unwrap().unwrap();
    assert_eq!(
        desk.last().path,
        "message_template_library?search=balance&topic=PAYMENTS&language=en_US"
    );
    assert_eq!(serde_json::to_value(&library).unwrap(), answer["data"]);
    assert_eq!(library[0].name(), Some("low_balance_warning_1"));
    assert_eq!(library[0].industry(), ["FINANCIAL_SERVICES"]);
    assert_eq!(library[0].body_params()[0], "Jim");
    assert_eq!(library[0].buttons().len(), 2);
}
