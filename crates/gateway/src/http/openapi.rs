//! The OpenAPI document, made from the table of routes.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContentBuilder, HeaderBuilder, InfoBuilder, OpenApi, Ref, RefOr, Response,
    ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::access::{self, Reach, Rule};
use super::described;
use super::graph::GraphErrorBody;
use super::problem::ProblemBody;

const DESCRIPTION: &str = "Messages, events and everything else of a Wharf gateway.\n\n\
    Every route but the webhooks and the probes needs an API key: `Authorization: Bearer wharf_…`. \
    A call that fails answers `application/problem+json` with a stable `code`, a sentence that says \
    what to do, and `request_id`, which stands in the gateway's log and in the header \
    `X-Request-Id` of every answer. Times are RFC 3339 in UTC. Lists are paged: give `next_cursor` \
    as `cursor` until it is null. Each operation names the roles whose keys may call it \
    (`x-wharf-roles`). \
    `RateLimit` and `RateLimit-Policy` tell with every answer how many requests the key has left.";

/// Tags in the order in which a reader wants them.
const TAGS: [(&str, &str); 17] = [
    ("Messages", "Sent and received."),
    (
        "Channels",
        "Sending identities: a business phone number each.",
    ),
    ("Conversations", "One contact on one channel."),
    ("Contacts", "Who writes and is written to."),
    (
        "Events",
        "Everything that happened, in order: listed and live.",
    ),
    ("Endpoints", "Subscribers' URLs."),
    (
        "Deliveries",
        "One event for one endpoint, with its attempts.",
    ),
    (
        "Dead letters",
        "What could not be processed and waits for a decision.",
    ),
    (
        "Templates",
        "What may be sent outside of the service window.",
    ),
    ("Suppressions", "Who wants no more of what."),
    (
        "Graph",
        "Meta's own paths and shapes, for programs that were written for the Cloud API.",
    ),
    ("NATS", "Events and commands over JetStream."),
    ("API keys", "Who may call."),
    ("Audit", "Who changed what."),
    ("Console", "Signing in with a browser."),
    ("Webhooks", "Where Meta posts notifications."),
    ("Service", "Health, metrics, this document."),
];

/// The OpenAPI 3.1 document of all routes, indented, the same bytes every time.
pub fn openapi_json() -> String {
    // A document of strings, numbers and lists always serialises.
    described().to_pretty_json().unwrap_or_default() + "\n"
}

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi_json);

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "Service", operation_id = "openapi", responses(
        (status = 200, description = "OpenAPI 3.1", body = Object),
    ))]
pub(super) async fn document() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        DOCUMENT.as_str(),
    )
}

/// Puts the parts of the table together and adds what holds for each part.
pub(super) fn describe(mut keyed: OpenApi, mut graph: OpenApi, mut open: OpenApi) -> OpenApi {
    for (path, item) in &mut keyed.paths.paths {
        for (method, operation) in operations(item) {
            describe_keyed(operation);
            describe_access(operation, access::find(method, path), true);
        }
    }
    for (path, item) in &mut graph.paths.paths {
        for (method, operation) in operations(item) {
            describe_access(operation, access::find(method, path), false);
        }
    }
    for item in open.paths.paths.values_mut() {
        // An empty list: no requirement, not even the document's.
        operations(item).for_each(|(_, operation)| {
            operation.security.get_or_insert_default();
        });
    }
    keyed.merge(graph);
    keyed.merge(open);
    for item in keyed.paths.paths.values_mut() {
        operations(item).for_each(|(_, operation)| describe_any(operation));
    }
    keyed.info = InfoBuilder::new()
        .title("Wharf")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .build();
    let either = ["api_key", "session"];
    let either = either.map(|name| SecurityRequirement::new(name, [] as [&str; 0]));
    keyed.security = Some(either.to_vec());
    let tag = |(name, about): &(&str, &str)| {
        TagBuilder::new()
            .name(*name)
            .description(Some(*about))
            .build()
    };
    keyed.tags = Some(TAGS.iter().map(tag).collect());
    let components = keyed.components.get_or_insert_with(Components::new);
    describe_problems(components);
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("wharf_ and 43 letters")
        .description(Some(
            "An API key. The first is in the file `api-key` of the data folder.",
        ));
    let session = ApiKeyValue::with_description(
        "wharf_session",
        "The cookie of a sign-in at the console. All of /api/v1 takes it instead of a key; what \
         changes something needs the header `X-Wharf-Console: 1` beside it.",
    );
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(session));
    components.add_security_scheme("session", session);
    components.add_security_scheme("api_key", SecurityScheme::Http(scheme.build()));
    keyed
}

/// Problems that any route with a key may answer.
fn describe_keyed(operation: &mut Operation) {
    let mut may_fail = vec![
        ("401", "`no_api_key`, `wrong_api_key`, `no_session`"),
        ("500", "`failed`"),
    ];
    if operation.request_body.is_some() {
        may_fail.extend([
            ("400", "`malformed_json`, `unreadable_body`"),
            ("413", "`body_too_large`"),
            ("415", "`not_json`"),
            ("422", "`invalid`"),
        ]);
    }
    may_fail.push(("503", "`not_stored`, `stopping`"));
    for (status, codes) in may_fail {
        add_codes(operation, status, codes);
    }
}

fn add_codes(operation: &mut Operation, status: &str, codes: &str) {
    let responses = &mut operation.responses.responses;
    let known = responses
        .entry(status.to_owned())
        .or_insert_with(|| RefOr::T(ResponseBuilder::new().description(codes).build()));
    if let RefOr::T(known) = known
        && !known.description.contains(codes)
    {
        known.description = format!("{}, {codes}", known.description);
    }
}

/// Who may, and what those get who may not, or who ask too often.
fn describe_access(operation: &mut Operation, rule: Option<&Rule>, in_our_shape: bool) {
    let Some(rule) = rule else { return };
    let codes = match (in_our_shape, rule.reach) {
        (true, Reach::Gateway) => [
            ("403", "`role_forbidden`, `scope_forbidden`"),
            ("429", "`too_many_requests`"),
        ],
        (true, _) => [("403", "`role_forbidden`"), ("429", "`too_many_requests`")],
        (false, _) => [
            ("403", "10: the key may not do this"),
            ("429", "4: the key has made too many requests"),
        ],
    };
    for (status, codes) in codes {
        add_codes(operation, status, codes);
        if let (false, Some(RefOr::T(response))) =
            (in_our_shape, operation.responses.responses.get_mut(status))
        {
            let schema = Ref::from_schema_name(GraphErrorBody::name());
            let content = ContentBuilder::new().schema(Some(schema)).build();
            response
                .content
                .insert("application/json".to_owned(), content.into());
        }
    }
    // One only: several would come in another order each time.
    let extensions = ExtensionsBuilder::new().add("x-wharf-roles", rule.need.roles());
    operation.extensions = Some(extensions.build());
}

/// The body of every problem, and the header of every answer.
fn describe_any(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema
            && matches!(object.schema_type, SchemaType::Array(_))
        {
            // An optional header may be absent; it is never null.
            object.schema_type = SchemaType::Type(Type::String);
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if is_problem(status) && response.content.is_empty() {
            add_problem(response);
        }
        let request_id = HeaderBuilder::new()
            .schema(Some(String::schema()))
            .description(Some("Names the request in the gateway's log"))
            .build();
        response
            .headers
            .insert("X-Request-Id".to_owned(), request_id.into());
    }
}

fn is_problem(status: &str) -> bool {
    status.starts_with('4') || status.starts_with('5')
}

fn add_problem(response: &mut Response) {
    let schema = Ref::from_schema_name(ProblemBody::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    response
        .content
        .insert("application/problem+json".to_owned(), content.into());
}

fn describe_problems(components: &mut Components) {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem {
        get,
        post,
        patch,
        delete,
        ..
    } = item;
    let all = [
        ("GET", get),
        ("POST", post),
        ("PATCH", patch),
        ("DELETE", delete),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
