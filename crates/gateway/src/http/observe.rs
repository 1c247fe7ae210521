//! Around every request: its id, its problem's body, what it may not leak, its metric and log line.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::console;
use super::graph::GraphFault;
use super::problem::Problem;
use crate::app::App;
use crate::ids::Kind;
use crate::telemetry::Route;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs the request and finishes its answer.
pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = app.random.id(Kind::Request, app.clock.now());
    let method = label(request.method());
    // The pattern, not the path: a path may hold an id that names a person.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let is_safe = request.method().is_safe();
    let run = next.run(request);
    let outcome = if is_safe {
        AssertUnwindSafe(run).catch_unwind().await.ok()
    } else {
        // What changes something goes on to its end, though its caller hangs up: what Meta was asked
        // is stored and noted.
        app.tasks.spawn(run).await.ok()
    };
    let mut response = outcome.unwrap_or_else(|| Problem::Panicked.into_response());
    let problem = response.extensions_mut().remove::<Arc<Problem>>();
    let fault = response.extensions_mut().remove::<Arc<GraphFault>>();
    if let Some(problem) = &problem {
        write_body(&mut response, problem, &id);
    } else if let Some(fault) = &fault {
        fault.write_body(&mut response, &id);
    }
    set_headers(&mut response, &id);
    console::protect(&mut response);

    let status = response.status();
    let labels = Route {
        method,
        route: route.to_owned(),
        status: status.as_u16(),
    };
    app.metrics.requests.get_or_create(&labels).inc();
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    let code = match (problem.as_deref(), fault.as_deref()) {
        (Some(problem), _) => Some((problem.code().to_owned(), problem.cause())),
        (None, Some(fault)) => Some((fault.code(), fault.cause())),
        (None, None) => None,
    };
    match code {
        Some((_, Some(cause))) => {
            tracing::error!(
                request.id = id,
                method,
                route,
                status,
                duration_ms,
                cause,
                "request"
            );
        }
        Some((code, None)) => {
            tracing::info!(
                request.id = id,
                method,
                route,
                status,
                duration_ms,
                code,
                "request"
            );
        }
        None => tracing::debug!(
            request.id = id,
            method,
            route,
            status,
            duration_ms,
            "request"
        ),
    }
    response
}

fn write_body(response: &mut Response, problem: &Problem, id: &str) {
    let Ok(body) = serde_json::to_vec(&problem.body(id)) else {
        return;
    };
    let headers = response.headers_mut();
    // Axum has counted the empty body already.
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    *response.body_mut() = Body::from(body);
}

fn set_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::config::Config;
    use crate::{Environment, Running};

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = test_servers::Folder::new().unwrap();
        let mut config = Config {
            store: folder.store(),
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        config.server.listen = ([127, 0, 0, 1], 0).into();
        let gateway = Running::start(config, Environment::default())
            .await
            .unwrap();
        let app = Arc::clone(gateway.app());
        let routes: Router = Router::new()
            .route("/boom", get(|| async { assert_eq!(1, 2, "a secret") }))
            .layer(from_fn_with_state(app, observe));
        let request = Request::get("/boom").body(Body::empty()).unwrap();
        let response = routes.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key(REQUEST_ID));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(
            body.contains("\"code\":\"failed\"") && !body.contains("secret"),
            "{body}"
        );
        assert!(gateway.stop().await);
    }
}
