//! Portfolios: their WABAs and lines of credit.

use serde_json::json;
use wharf_client::Method;

use super::{WABA, told};
use crate::desk::Desk;

#[tokio::test]
async fn a_portfolio_and_what_it_has() {
    let desk = Desk::open().await;
    let business = desk.client().business(&"506914307656634".parse().unwrap());
    let wabas = json!({"data": [{"id": WABA, "name": "Shrub"}]});
    desk.answer(200, wabas.clone());
    let page = business.owned_wabas().next_page().await.unwrap().unwrap();
    assert_eq!(
        desk.last().path,
        "506914307656634/owned_whatsapp_business_accounts"
    );
    assert_eq!(page[0].id().unwrap().as_str(), WABA);
    desk.answer(200, wabas);
    business.client_wabas().next_page().await.unwrap().unwrap();
    assert_eq!(
        desk.last().path,
        "506914307656634/client_whatsapp_business_accounts"
    );
    desk.answer(
        200,
        json!({"data": [{"id": "9", "legal_entity_name": "Shrub Inc."}]}),
    );
    let lines = business.credit_lines().next_page().await.unwrap().unwrap();
    assert_eq!(lines[0].legal_entity_name(), Some("Shrub Inc."));

    let call = business.share_credit("9", &WABA.parse().unwrap(), "USD");
    let body = json!({"waba_id": WABA, "waba_currency": "USD"});
    let request = (Method::POST, "9/whatsapp_credit_sharing_and_attach", body);
    let answer = json!({"allocation_config_id": "3", "waba_id": WABA});
    let shared = told(&desk, call, request, answer).await;
    assert_eq!(shared.allocation_config_id(), Some("3"));
}
