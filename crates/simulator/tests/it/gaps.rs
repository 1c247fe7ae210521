//! What Meta has and the simulator has not: each is answered with an error that says so.

use crate::kit::{APP, PHONE, Stage, WABA};

#[tokio::test]
async fn what_is_not_simulated_says_so() {
    let stage = Stage::new().await;
    let business = stage.simulator().businesses()[0].id.to_string();
    let analytics = "start(1).end(2).granularity(DAILY)";
    for (method, path) in [
        ("POST", format!("{PHONE}/messages_encrypted")),
        ("POST", format!("{PHONE}/thread_control")),
        (
            "GET",
            format!("{WABA}?fields=template_group_analytics.{analytics}"),
        ),
        ("GET", format!("{WABA}/template_group_analytics")),
        ("GET", format!("{WABA}/solutions")),
        ("POST", format!("{WABA}/signups")),
        ("GET", format!("{WABA}/signups")),
        ("GET", "signups/1".to_owned()),
        ("POST", format!("{WABA}/obo_mobility_intent")),
        ("POST", format!("{WABA}/set_obo_mobility_intent")),
        ("POST", format!("{WABA}/set_solution_migration_intent")),
        ("GET", format!("{WABA}/in_progress_onbehalf_request")),
        ("GET", format!("{APP}/connected_client_businesses")),
        ("POST", format!("{APP}/whatsapp_business_solution")),
        ("GET", format!("{APP}/whatsapp_business_solutions")),
        ("POST", format!("{business}/add_phone_numbers")),
        ("GET", format!("{business}/preverified_numbers")),
        ("POST", format!("{business}/share_preverified_numbers")),
        ("POST", format!("{business}/onboard_partners_to_mm_lite")),
        ("GET", format!("{business}/extendedcredits")),
        ("GET", format!("{business}/parent-bsuid-accounts")),
        ("POST", "1/whatsapp_credit_sharing_and_attach".to_owned()),
        ("POST", "1/accept".to_owned()),
        ("POST", "1/send_deactivation_request".to_owned()),
        ("GET", "1/access_token".to_owned()),
        ("GET", "1/partners".to_owned()),
        ("GET", "1/assigned_whatsapp_business_accounts".to_owned()),
    ] {
        let (status, answer) = stage.call(method, &format!("/v24.0/{path}"), None).await;
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(
            status == 400 && message.contains("Not simulated"),
            "{method} {path}: {answer}"
        );
    }
    stage.end().await;
}
