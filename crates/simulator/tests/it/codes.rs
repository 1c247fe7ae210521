//! Each documented code, ordered as a fault, with its documented HTTP status.

use serde_json::json;
use simulator::{Fault, Trouble};

use crate::kit::{Stage, subscribed, text};

/// What a call can be refused with, and the HTTP status that the reference gives it.
const REFUSALS: &[(i64, u16)] = &[
    // Authorisation and integrity.
    (0, 401),
    (3, 500),
    (10, 403),
    (104, 400),
    (190, 401),
    (200, 403),
    (219, 403),
    (299, 403),
    (368, 403),
    (130_497, 403),
    (131_031, 403),
    (131_005, 403),
    // Throttling.
    (4, 400),
    (17, 400),
    (32, 400),
    (613, 400),
    (80_007, 400),
    (80_008, 400),
    (130_429, 400),
    (131_048, 400),
    (131_056, 400),
    (131_064, 400),
    (133_016, 400),
    // Sending.
    (1, 400),
    (2, 503),
    (33, 400),
    (100, 400),
    (130_403, 400),
    (130_472, 400),
    (131_000, 500),
    (131_008, 400),
    (131_009, 400),
    (131_016, 500),
    (131_021, 400),
    (131_026, 400),
    (131_030, 400),
    (131_037, 400),
    (131_042, 400),
    (131_044, 400),
    (131_045, 500),
    (131_047, 400),
    (131_049, 400),
    (131_050, 400),
    (131_051, 400),
    (131_052, 400),
    (131_053, 400),
    (131_055, 400),
    (131_057, 500),
    (131_062, 400),
    (131_063, 400),
    (134_011, 400),
    (135_000, 400),
    // Templates and flows at send time.
    (132_000, 400),
    (132_001, 404),
    (132_005, 400),
    (132_007, 400),
    (132_008, 400),
    (132_012, 400),
    (132_015, 400),
    (132_016, 400),
    (132_018, 400),
    (132_068, 400),
    (132_069, 400),
    (134_100, 400),
    (134_101, 400),
    (134_102, 500),
    (134_103, 400),
    (1_752_041, 400),
    // Registration and numbers.
    (133_000, 500),
    (133_004, 503),
    (133_005, 400),
    (133_006, 400),
    (133_008, 400),
    (133_009, 400),
    (133_010, 400),
    (133_015, 400),
    (147_001, 400),
    (147_002, 400),
    (147_003, 400),
    (147_004, 400),
    (147_005, 400),
    (2_388_001, 400),
    (2_388_012, 400),
    (2_388_091, 400),
    (2_388_093, 400),
    (2_388_103, 400),
    (2_494_100, 400),
    (2_593_079, 400),
    (2_593_085, 400),
    (2_593_107, 400),
    (2_593_108, 400),
    // Template management; the reference names no status of their own.
    (2_388_019, 400),
    (2_388_023, 400),
    (2_388_024, 400),
    (2_388_039, 400),
    (2_388_040, 400),
    (2_388_047, 400),
    (2_388_072, 400),
    (2_388_073, 400),
    (2_388_077, 400),
    (2_388_293, 400),
    (2_388_299, 400),
    (200_005, 400),
    (200_006, 400),
    (200_007, 400),
    // Groups.
    (131_020, 400),
    (131_041, 400),
    (131_059, 400),
    (131_201, 206),
    (131_202, 400),
    (131_204, 400),
    (131_207, 403),
    (131_208, 429),
    (131_209, 400),
    (131_210, 400),
    (131_211, 400),
    (131_212, 400),
    (131_213, 400),
    (131_214, 400),
    (131_215, 400),
    // Calling.
    (138_000, 401),
    (138_001, 400),
    (138_002, 429),
    (138_003, 400),
    (138_004, 500),
    (138_005, 429),
    (138_006, 401),
    (138_007, 500),
    (138_009, 400),
    (138_012, 400),
    (138_013, 400),
    (138_014, 400),
    (138_015, 400),
    (138_017, 400),
    (138_018, 400),
    // Flows, the blocklist, in-app signup; the reference names no status but for the blocklist.
    (139_000, 400),
    (139_001, 400),
    (139_002, 400),
    (139_003, 400),
    (139_004, 400),
    (139_006, 400),
    (139_100, 400),
    (139_101, 400),
    (139_102, 400),
    (139_103, 500),
    (2_494_164, 400),
    (2_494_165, 400),
    (2_494_166, 400),
    (2_494_167, 400),
    (2_494_168, 400),
    (2_494_176, 400),
    (2_494_177, 400),
    (2_494_179, 400),
    (2_494_191, 400),
];

/// What comes in a status or another notification after a send was accepted.
const LATER: &[i64] = &[
    1026, 2040, 2046, 2047, 130_472, 130_501, 131_026, 131_044, 131_047, 131_049, 131_050, 131_051,
    131_052, 131_053, 131_060, 131_203, 137_000, 138_019, 138_020, 138_021, 138_022, 138_023,
    138_024, 141_002, 2_593_109,
];

#[tokio::test]
async fn every_documented_code_can_be_ordered() {
    let stage = Stage::new().await;
    for (code, http) in REFUSALS {
        let fault = Fault::new(Trouble::graph(*code)).times(1);
        stage.simulator().fault(fault);
        let (status, answer) = stage.send(&text("hi")).await;
        let error = &answer["error"];
        assert_eq!((status, &error["code"]), (*http, &json!(code)), "{answer}");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("(#{code}) ")), "{message}");
        let unknown = message.ends_with("Generic user error") && *code != 135_000;
        assert!(!unknown, "{code} is not in the table");
        assert!(
            !error["error_data"]["details"].as_str().unwrap().is_empty()
                && error["fbtrace_id"].is_string(),
            "{answer}"
        );
    }
    stage.end().await;
}

#[tokio::test]
async fn every_code_of_a_failed_status_can_be_ordered() {
    let (stage, callback) = subscribed().await;
    for (nth, code) in LATER.iter().enumerate() {
        let fault = Fault::new(Trouble::Fails { code: *code }).times(1);
        stage.simulator().fault(fault);
        let wamid = stage.text("hi").await;
        let status = callback.values(nth + 1).await[nth]["statuses"][0].clone();
        assert_eq!(
            (&status["id"], &status["status"]),
            (&json!(wamid), &json!("failed"))
        );
        let error = &status["errors"][0];
        assert_eq!(error["code"], json!(code));
        assert_eq!(error["title"], error["message"]);
        assert_ne!(
            error["title"], "Generic user error",
            "{code} is not in the table"
        );
        assert!(error["error_data"]["details"].is_string() && error["href"].is_string());
    }
    stage.end().await;
}
