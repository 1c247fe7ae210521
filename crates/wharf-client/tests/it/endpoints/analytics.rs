//! Analytics: what is asked for, and how the points are read.

use serde_json::json;
use wharf_client::Waba;
use wharf_client::waba::{AnalyticsKind, AnalyticsQuery, DailyAnalytics, Granularity};
use wharf_model::PhoneNumber;

use super::{WABA, query, refused};
use crate::desk::{Desk, fixture};

fn waba(desk: &Desk) -> Waba {
    desk.client().waba(&WABA.parse().unwrap())
}

#[tokio::test]
async fn measures_of_a_whole_waba() {
    let desk = Desk::open().await;
    let waba = waba(&desk);
    let (start, end) = (1_748_761_200, 1_749_687_703);
    let answer = fixture("response.pricing_analytics");
    desk.answer(200, answer.clone());
    let asked = AnalyticsQuery::new(AnalyticsKind::Pricing, start, end, Granularity::Day)
        .dimensions(["PRICING_CATEGORY", "TIER"])
        .country_codes(["US", "IN"]);
    let report = waba.analytics(&asked).await.unwrap();
    let path = desk.last().path;
    assert!(path.starts_with("102290129340398?fields="), "{path}");
    assert_eq!(
        query(&path)[0].1,
        "pricing_analytics.start(1748761200).end(1749687703).granularity(DAILY)\
         .dimensions([\"PRICING_CATEGORY\",\"TIER\"]).country_codes([\"US\",\"IN\"])"
    );
    assert_eq!(serde_json::to_value(&report).unwrap(), answer);
    let points = report.data_points();
    assert_eq!(points.len(), 3);
    assert_eq!(points[1].cost(), Some(4.6));
    assert_eq!(points[1].tier(), Some("0:750000"));
    assert_eq!(points[0].pricing_type(), Some("FREE_CUSTOMER_SERVICE"));
    assert_eq!(
        (points[0].start(), points[0].volume()),
        (Some(1_749_193_200), Some(2))
    );

    // Messages and calls stand without a list around them.
    desk.answer(
        200,
        json!({"analytics": {"granularity": "DAY", "data_points": [
        {"start": 1, "end": 2, "sent": 196_093, "delivered": "179715"}]}, "id": WABA}),
    );
    let number: PhoneNumber = "+16505550111".parse().unwrap();
    let asked = AnalyticsQuery::new(AnalyticsKind::Messages, 1, 2, Granularity::Day)
        .phone_numbers([&number])
        .product_types(&[0, 2]);
    let report = waba.analytics(&asked).await.unwrap();
    assert_eq!(
        query(&desk.last().path)[0].1,
        "analytics.start(1).end(2).granularity(DAY).phone_numbers([\"16505550111\"])\
         .product_types([0,2])"
    );
    assert_eq!(report.series()[0].granularity(), Some("DAY"));
    assert_eq!(report.data_points()[0].sent(), Some(196_093));
    assert_eq!(report.data_points()[0].delivered(), Some(179_715));

    for (kind, granularity, wanted) in [
        (
            AnalyticsKind::Conversations,
            Granularity::HalfHour,
            "conversation_analytics.start(1).end(2).granularity(HALF_HOUR)",
        ),
        (
            AnalyticsKind::Calls,
            Granularity::Month,
            "call_analytics.start(1).end(2).granularity(MONTHLY)",
        ),
        (
            AnalyticsKind::Messages,
            Granularity::Month,
            "analytics.start(1).end(2).granularity(MONTH)",
        ),
    ] {
        desk.answer(200, json!({"id": WABA}));
        let asked = AnalyticsQuery::new(kind, 1, 2, granularity);
        let report = waba.analytics(&asked).await.unwrap();
        assert_eq!(query(&desk.last().path)[0].1, wanted);
        assert!(report.data_points().is_empty());
    }

    let asked = AnalyticsQuery::new(AnalyticsKind::Calls, 1, 2, Granularity::Day);
    for (name, value) in [("directions", "A),name("), ("a.b", "A"), ("directions", "")] {
        let asked = asked.clone().filter(name, [value]).metric_types(["COUNT"]);
        let reason = refused(waba.analytics(&asked)).await;
        assert_eq!(reason, "a filter has a character it may not have");
    }
}

#[tokio::test]
async fn measures_day_by_day() {
    let desk = Desk::open().await;
    let waba = waba(&desk);
    let answer = json!({"data": [{"granularity": "DAILY", "product_type": "cloud_api",
        "data_points": [{
            "template_id": "2632273056924580", "start": 1_718_064_000, "end": 1_718_150_400,
            "sent": 1, "delivered": 1, "read": 1,
            "clicked": [{"type": "unique_url_button", "button_content": "Tell me more",
                "count": 16}],
            "cost": [{"type": "amount_spent", "value": 0.03}]
        }]}], "paging": {"cursors": {"before": "MAZDZD", "after": "MjQZD"}}});
    desk.answer(200, answer.clone());
    let days = DailyAnalytics::between(1_718_064_000, 1_718_122_745)
        .metric_types(["COST", "CLICKED"])
        .product_type("CLOUD_API");
    let ids = ["1421988012088524", "2632273056924580"].map(|id| id.parse().unwrap());
    let mut pages = waba.template_analytics(&ids, &days);
    let page = pages.next_page().await.unwrap().unwrap();
    assert_eq!(
        desk.last().path,
        "102290129340398/template_analytics?start=1718064000&end=1718122745&granularity=DAILY\
         &metric_types=%5B%22COST%22%2C%22CLICKED%22%5D&product_type=CLOUD_API\
         &template_ids=%5B%221421988012088524%22%2C%222632273056924580%22%5D"
    );
    assert_eq!(serde_json::to_value(&page).unwrap(), answer["data"]);
    assert_eq!(page[0].product_type(), Some("cloud_api"));
    let point = &page[0].data_points()[0];
    assert_eq!(point.template_id(), Some(ids[1].clone()));
    assert_eq!((point.read(), point.cost()), (Some(1), None));
    assert_eq!(point.costs()[0].value(), Some(0.03));
    assert_eq!(point.clicked()[0].count(), Some(16));
    assert!(pages.next_page().await.unwrap().is_none());

    desk.answer(200, json!({"data": []}));
    let days = DailyAnalytics::local("2026-10-01", "2026-10-31");
    let groups = ["1044106240855852".parse().unwrap()];
    let mut pages = waba.template_group_analytics(&groups, &days);
    pages.next_page().await.unwrap();
    assert_eq!(
        desk.last().path,
        "102290129340398/template_group_analytics?start=2026-10-01&end=2026-10-31\
         &granularity=DAILY&use_waba_timezone=true\
         &template_group_ids=%5B%221044106240855852%22%5D"
    );

    let answer = json!({"data": [{"granularity": "DAILY", "data_points": [
        {"group_id": "G=", "start": 1, "end": 2, "sent": 100, "joined": 3, "left": 1}]}]});
    desk.answer(200, answer);
    let days = DailyAnalytics::between(1, 2).metric_types(["SENT"]);
    let mut pages = waba.group_analytics(&"G=".parse().unwrap(), &days);
    let page = pages.next_page().await.unwrap().unwrap();
    let path = desk.last().path;
    assert!(
        path.starts_with("102290129340398/group_analytics?"),
        "{path}"
    );
    assert!(path.ends_with("&group_ids=%5B%22G%3D%22%5D"), "{path}");
    let point = &page[0].data_points()[0];
    assert_eq!((point.joined(), point.left()), (Some(3), Some(1)));

    let error = waba.template_analytics(&[], &days).next_page().await;
    assert!(error.unwrap_err().was_not_sent());
}
