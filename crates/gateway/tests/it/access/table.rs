//! Every route with a key of every role, held against what the OpenAPI document says of it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::TestApp;

const ROLES: [&str; 4] = ["admin", "operator", "sender", "viewer"];

/// A route that needs a key.
struct Route {
    method: String,
    path: String,
    roles: Vec<String>,
    /// It concerns the whole gateway.
    is_the_gateways: bool,
}

fn routes(document: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // What needs no key, or the console's cookie instead, says so itself.
            if !operation["security"].is_null() {
                continue;
            }
            let roles = operation["x-wharf-roles"].as_array();
            let roles = roles.unwrap_or_else(|| panic!("{method} {path} names no roles"));
            let refused = operation["responses"]["403"]["description"].as_str();
            let refused = refused.unwrap_or_else(|| panic!("{method} {path} lists no 403"));
            let limited = &operation["responses"]["429"];
            assert!(limited.is_object(), "{method} {path} lists no 429");
            routes.push(Route {
                method: method.to_uppercase(),
                path: path.clone(),
                roles: roles
                    .iter()
                    .map(|role| role.as_str().unwrap().to_owned())
                    .collect(),
                is_the_gateways: refused.contains("scope_forbidden"),
            });
        }
    }
    routes
}

/// Calls a route about things that do not exist; the status, and the code of a refusal.
async fn call(app: &TestApp, key: &str, route: &Route) -> (StatusCode, String) {
    let path = route
        .path
        .replace("{id}", "x")
        .replace("{stream}", "x")
        .replace("{version}", "v26.0")
        .replace("{phone_number_id}", "1")
        .replace("{media_id}", "1");
    let mut request = app.call_with(key, &route.method, &path);
    if route.method != "GET" {
        // Something that nothing can be made of.
        request = request.json(&json!(["x"]));
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    let is_problem = status.is_client_error() || status.is_server_error();
    let body: Value = if is_problem {
        response.json().await.unwrap()
    } else {
        // The live stream does not end.
        Value::Null
    };
    let code = match &body["error"]["code"] {
        Value::Number(code) if code.as_i64() == Some(10) => "role_forbidden".to_owned(),
        _ => body["code"].as_str().unwrap_or_default().to_owned(),
    };
    (status, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_as_the_table_says() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").await;
    let routes = routes(&document);
    assert!(routes.len() > 60, "only {} routes", routes.len());
    for role in ROLES {
        let key = app.key_of(json!({"name": role, "role": role})).await;
        let limited = json!({"name": role, "role": role, "channels": ["nowhere"]});
        let limited = app.key_of(limited).await;
        for route in &routes {
            let Route { method, path, .. } = route;
            let may = route.roles.iter().any(|one| one == role);
            let (status, code) = call(&app, &key, route).await;
            assert_eq!(
                status == StatusCode::FORBIDDEN && code == "role_forbidden",
                !may,
                "{role}: {method} {path} answered {status} {code}"
            );
            assert!(
                !status.is_server_error(),
                "{role}: {method} {path}: {status} {code}"
            );
            let (status, code) = call(&app, &limited, route).await;
            let wanted = match (may, route.is_the_gateways) {
                (false, _) => Some("role_forbidden"),
                (true, true) => Some("scope_forbidden"),
                (true, false) => None,
            };
            let refused = (status == StatusCode::FORBIDDEN).then_some(code.as_str());
            let refused = refused.filter(|code| *code != "texts_hidden");
            assert_eq!(
                refused, wanted,
                "{role} of a channel: {method} {path} answered {status} {code}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_answers_get_answers_head_to_the_same_roles() {
    let app = TestApp::start().await;
    let sender = app.key_of(json!({"name": "s", "role": "sender"})).await;
    for (path, status) in [("/api/v1/messages", 200), ("/api/v1/contacts", 403)] {
        let answer = app.call_with(&sender, "HEAD", path).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
}
