//! Every management call: what its first id names, and who answers for each edge of it.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::response::Response;

use crate::accounts::{Business, Permission};
use crate::core::{Core, lock, read};
use crate::fault::{Calls, Target};
use crate::flows::Flow;
use crate::graph::call::{Answer, Call};
use crate::graph::error::respond;
use crate::graph::gate::{self, Fate};
use crate::graph::params::Params;
use crate::graph::{
    BODY_LIMIT, GraphError, analytics, apps, business, fields, flows, group, media, number, oauth,
    templates, uploads, waba,
};
use crate::ids::WabaId;
use crate::media::Stored;
use crate::server::Wire;
use crate::settings::{App, Number};
use crate::template::Template;
use crate::usage::{self, Counted, Meter};

/// The edges of a number that take `whatsapp_business_messaging`; all others take
/// `whatsapp_business_management`. See [Cloud API/Permissions].
const MESSAGING: [&str; 10] = [
    "block_users",
    "call_permissions",
    "calls",
    "contact_book",
    "groups",
    "marketing_messages",
    "media",
    "message_history",
    "messages",
    "messages_encrypted",
];

/// The edges of a WABA whose calls count against its own limit. See [Cloud API/Rate limits].
const METERED: [&str; 5] = [
    "",
    "assigned_users",
    "message_templates",
    "phone_numbers",
    "subscribed_apps",
];

/// Edges of objects that are not simulated.
const PARTNERS: [&str; 9] = [
    "accept",
    "accept_deactivation_request",
    "access_token",
    "assigned_whatsapp_business_accounts",
    "partners",
    "reject",
    "reject_deactivation_request",
    "send_deactivation_request",
    "whatsapp_credit_sharing_and_attach",
];

/// What an id names.
enum Node {
    Me,
    DebugToken,
    Business(Arc<Business>),
    App(Arc<App>),
    Waba(WabaId),
    Number(Arc<Number>),
    Group(group::Found),
    History(number::History),
    File(Arc<Stored>),
    Template(Box<Template>),
    TemplateLibrary,
    Flow(Box<Flow>),
    /// A session of a resumable upload.
    Upload(String),
}

impl Node {
    fn find(core: &Core, id: &str, uri: &Uri) -> Option<Self> {
        if id.starts_with("upload:") {
            uploads::session(core, id, uri).map(Self::Upload)
        } else if let Some(flow) = core.flows.get(id) {
            Some(Self::Flow(Box::new(flow)))
        } else if id == "me" {
            Some(Self::Me)
        } else if id == "debug_token" {
            Some(Self::DebugToken)
        } else if let Some(number) = core.number(id) {
            Some(Self::Number(number))
        } else if core.waba(id).is_some() {
            Some(Self::Waba(WabaId::from(id)))
        } else if let Some(app) = read(&core.accounts).app(id) {
            Some(Self::App(Arc::clone(app)))
        } else if let Some(business) = read(&core.accounts).business(id) {
            Some(Self::Business(Arc::clone(business)))
        } else if let Some(found) = group::find(core, id) {
            Some(Self::Group(found))
        } else if id == "message_template_library" {
            Some(Self::TemplateLibrary)
        } else if let Some(template) = templates::find(core, id) {
            Some(Self::Template(Box::new(template)))
        } else if let Some(history) = number::find_history(core, id) {
            Some(Self::History(history))
        } else {
            let file = lock(&core.media).get(id, core.clock.now());
            file.map(Self::File)
        }
    }

    /// The WABA that a token must reach to see this.
    fn waba(&self, core: &Core) -> Option<WabaId> {
        match self {
            Self::Me
            | Self::DebugToken
            | Self::Business(_)
            | Self::App(_)
            | Self::TemplateLibrary
            | Self::Upload(_) => None,
            Self::Flow(flow) => Some(flow.waba.clone()),
            Self::Template(template) => template.waba.clone(),
            Self::Waba(waba) => Some(waba.clone()),
            Self::Number(number) => Some(number.waba.clone()),
            Self::Group(found) => Some(found.number.waba.clone()),
            Self::History(history) => Some(history.number.waba.clone()),
            Self::File(file) => core
                .number(file.number.as_str())
                .map(|number| number.waba.clone()),
        }
    }

    /// Whose limit a call on this counts against; sends and files have their own.
    fn meter(&self, method: &Method, edge: &str) -> Option<Meter> {
        match self {
            Self::Waba(waba) if METERED.contains(&edge) => Some(Meter::Waba(waba.clone())),
            Self::Number(number) if method == Method::GET && edge.is_empty() => {
                Some(Meter::Waba(number.waba.clone()))
            }
            Self::Number(_) if MESSAGING.contains(&edge) => None,
            Self::File(_) => None,
            _ => Some(Meter::App),
        }
    }

    /// The permission that a call on this takes.
    fn permission(&self, edge: &str) -> Option<Permission> {
        match self {
            Self::Me | Self::DebugToken | Self::Business(_) | Self::App(_) => None,
            Self::Number(_) if MESSAGING.contains(&edge) => {
                Some(Permission::WhatsappBusinessMessaging)
            }
            Self::Group(_) | Self::History(_) | Self::File(_) => {
                Some(Permission::WhatsappBusinessMessaging)
            }
            _ => Some(Permission::WhatsappBusinessManagement),
        }
    }
}

async fn route(call: &Call, node: &Node) -> Answer {
    match node {
        Node::Me => me(call),
        Node::DebugToken => debug_token(call),
        Node::Business(business) => portfolio(call, business),
        Node::App(app) => self::app(call, app).await,
        Node::Waba(waba) if call.method == Method::GET && analytics::is_one(call.edge().0) => {
            analytics::edge(call, waba)
        }
        Node::Waba(waba) => {
            let answer = account(call, waba).await?;
            match (&call.method, call.edge().0) {
                (&Method::GET, "") => analytics::add(call, waba, answer),
                _ => Ok(answer),
            }
        }
        Node::Number(number) => number::route(call, number).await,
        Node::Group(found) => group::route(call, found).await,
        Node::History(history) => number::history_route(call, history),
        Node::File(file) => self::file(call, file),
        Node::Template(template) => templates::route(call, template),
        Node::TemplateLibrary => templates::library(call),
        Node::Flow(flow) => self::flow(call, flow).await,
        Node::Upload(session) => uploads::answer(call, session),
    }
}

fn me(call: &Call) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => oauth::me(call),
        _ => Err(call.not_simulated()),
    }
}

fn debug_token(call: &Call) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => oauth::debug(call),
        _ => Err(call.not_simulated()),
    }
}

fn portfolio(call: &Call, business: &Business) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => business::node(call, business),
        (&Method::GET, "owned_whatsapp_business_accounts") => business::owned(call, business),
        (&Method::GET, "client_whatsapp_business_accounts") => business::clients(call, business),
        _ => Err(call.not_simulated()),
    }
}

async fn app(call: &Call, app: &App) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => apps::app(call, app),
        (&Method::POST, "uploads") => uploads::begin(call),
        (&Method::GET, "subscriptions") => apps::app_subscriptions(call, app),
        (&Method::POST, "subscriptions") => apps::subscribe_app(call, app).await,
        (&Method::DELETE, "subscriptions") => apps::unsubscribe_app(call, app),
        _ => Err(call.not_simulated()),
    }
}

async fn account(call: &Call, waba: &WabaId) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => waba::node(call, waba),
        (&Method::POST, "") => waba::update(call, waba),
        (&Method::GET, "phone_numbers") => waba::numbers::list(call, waba),
        (&Method::POST, "phone_numbers") => waba::numbers::add(call, waba),
        (&Method::GET, "assigned_users") => waba::users::list(call, waba),
        (&Method::POST, "assigned_users") => waba::users::assign(call, waba),
        (&Method::DELETE, "assigned_users") => waba::users::remove(call, waba),
        (&Method::GET, "activities") => waba::records::list_activities(call, waba),
        (&Method::GET, "schedules") => waba::records::list_schedules(call, waba),
        (&Method::POST, "schedules") => waba::records::add_schedule(call, waba),
        (&Method::GET, "flows") => flows::list(call, waba),
        (&Method::POST, "flows") => flows::create(call, waba).await,
        (&Method::POST, "migrate_flows") => flows::migrate(call, waba),
        (&Method::GET, "subscribed_apps") => Ok(apps::subscribed(call, waba)),
        (&Method::POST, "subscribed_apps") => apps::subscribe(call, waba).await,
        (&Method::DELETE, "subscribed_apps") => Ok(apps::unsubscribe(call, waba)),
        (
            _,
            "message_templates"
            | "migrate_message_templates"
            | "upsert_message_templates"
            | "message_template_previews",
        ) => templates::of_waba(call, waba),
        _ => Err(call.not_simulated()),
    }
}

async fn flow(call: &Call, flow: &Flow) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => flows::get(call, flow),
        (&Method::POST, "") => flows::update(call, flow),
        (&Method::DELETE, "") => flows::delete(call, flow),
        (&Method::GET, "assets") => flows::assets::list(call, flow),
        (&Method::POST, "assets") => flows::assets::upload(call, flow).await,
        (&Method::POST, "publish") => flows::publish(call, flow).await,
        (&Method::POST, "deprecate") => flows::deprecate(call, flow),
        _ => Err(call.not_simulated()),
    }
}

fn file(call: &Call, file: &Stored) -> Answer {
    match (&call.method, call.edge().0) {
        (&Method::GET, "") => media::look_up(&call.core, file, &call.uri),
        (&Method::DELETE, "") => media::delete(&call.core, file, &call.uri),
        _ => Err(call.not_simulated()),
    }
}

/// A node narrowed to the fields that the call asks for.
pub(super) fn selected(call: &Call, node: serde_json::Value) -> Answer {
    let wanted = call.params.text("fields")?.unwrap_or_default();
    Ok(fields::select(node, &fields::parse(&wanted)))
}

/// Answers everything but sends and the transfer of files.
pub(super) async fn dispatch(
    State(core): State<Arc<Core>>,
    Extension(wire): Extension<Wire>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (asked, path) = split(parts.uri.path());
    let body = if parts.method == Method::POST
        && path.first().is_some_and(|id| id.starts_with("upload:"))
    {
        // Kept as it comes, also when it breaks off.
        let session = path
            .first()
            .and_then(|id| uploads::session(&core, id, &parts.uri));
        let admitted = gate::live(&asked, &parts.uri)
            .and_then(|_| gate::token(&core, &parts.headers, &parts.uri));
        let received = match (admitted, &session) {
            (Err(error), _) => Err(error),
            (Ok(_), Some(session)) => uploads::receive(&core, session, &parts.headers, body).await,
            (Ok(_), None) => Ok(()),
        };
        if let Err(error) = received {
            return error.into_response(&core);
        }
        Body::empty()
    } else {
        body
    };
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return GraphError::new(100, "The request body is too large.").into_response(&core);
    };
    let params = Params::read(&parts.uri, &body);
    if path == ["oauth", "access_token"] {
        let answer =
            gate::live(&asked, &parts.uri).and_then(|_| oauth::access_token(&core, &params));
        return respond(&core, answer);
    }
    let entered = gate::live(&asked, &parts.uri).and_then(|version| {
        let token = Params::access_token(&parts.uri, &body).or_else(|| gate::given(&parts.headers));
        let caller = gate::identify(&core, token.as_deref())?;
        gate::prove(&core, &caller, params.text("appsecret_proof")?.as_deref())?;
        Ok((version, caller))
    });
    let (version, caller) = match entered {
        Ok(entered) => entered,
        Err(error) => return error.into_response(&core),
    };
    let node = path
        .first()
        .and_then(|id| Node::find(&core, id, &parts.uri));
    let (calls, number) = match &node {
        Some(Node::Number(number)) => (Calls::Manage, Some(&number.id)),
        Some(Node::File(file)) => (Calls::Media, Some(&file.number)),
        _ => (Calls::Manage, None),
    };
    let target = Target {
        calls,
        number,
        method: parts.method.as_str(),
        path: parts.uri.path(),
        recipient: None,
        kind: None,
    };
    let ending = match gate::strike(&core, &wire, target).await {
        Fate::Proceed { ending, .. } => ending,
        Fate::Answered(response) => return response,
    };
    let call = Call {
        core: Arc::clone(&core),
        caller,
        version,
        method: parts.method,
        path,
        params,
        headers: parts.headers,
        uri: parts.uri,
        body,
    };
    let mut counted = Counted::default();
    let answer = match &node {
        Some(node) => match admitted(&call, node) {
            Ok(()) => {
                counted = metered(&call, node);
                match counted.refused.take() {
                    None => route(&call, node).await,
                    Some(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        },
        None if is_of_partners(&call) => Err(call.not_simulated()),
        None => Err(call.no_object()),
    };
    let mut response = respond(&core, answer);
    if let Some((name, value)) = counted.header
        && let Ok(value) = value.parse()
    {
        response.headers_mut().insert(name, value);
    }
    ending.finish(&wire, response).await
}

/// Whether a path is one of solutions, preverified numbers, sign-ups or people, none of which exist
/// here: then the answer says so, rather than that the object is missing.
fn is_of_partners(call: &Call) -> bool {
    call.path.first().is_some_and(|id| id == "signups") || PARTNERS.contains(&call.edge().0)
}

fn metered(call: &Call, node: &Node) -> Counted {
    match node.meter(&call.method, call.edge().0) {
        Some(meter) => usage::count(&call.core, call.caller.app(), &meter),
        None => Counted::default(),
    }
}

/// The version and what follows it; some paths need no version.
fn split(path: &str) -> (String, Vec<String>) {
    let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
    let asked = match parts.peek() {
        Some(first) if oauth::UNVERSIONED.contains(first) => gate::OLDEST,
        // A call without a version is served by the oldest that lives.
        Some(first) if first.bytes().all(|byte| byte.is_ascii_digit()) => gate::OLDEST,
        _ => parts.next().unwrap_or_default(),
    };
    let path = parts.map(|part| percent_decoded(part).unwrap_or_else(|| part.to_owned()));
    (asked.to_owned(), path.collect())
}

/// Whether the caller may do this to the node: what it does not reach is not there for it.
fn admitted(call: &Call, node: &Node) -> Result<(), GraphError> {
    if let Some(waba) = node.waba(&call.core)
        && !call.caller.reaches(&call.core, &waba)
    {
        return Err(call.no_object());
    }
    match node.permission(call.edge().0) {
        Some(permission) => call.caller.needs(permission),
        None => Ok(()),
    }
}

fn percent_decoded(part: &str) -> Option<String> {
    // A plus sign stands for itself in a path.
    let part = part.replace('+', "%2B");
    url::form_urlencoded::parse(part.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .filter(|_| !part.contains(['=', '&']))
}
