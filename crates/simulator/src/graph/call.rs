//! One management call: who calls what, with which parameters.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use serde_json::Value;

use crate::accounts::{Permission, Token};
use crate::core::{Core, read};
use crate::graph::GraphError;
use crate::graph::params::Params;
use crate::ids::{AppId, WabaId};

/// What a call answers with.
pub(crate) type Answer = Result<Value, GraphError>;

/// Whom a token belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Whether it is the app's own token, `{app_id}|{app_secret}`.
    pub(crate) is_app: bool,
    pub(crate) token: Arc<Token>,
}

impl Caller {
    /// The app that the token was made for.
    pub(crate) fn app(&self) -> &AppId {
        &self.token.app
    }

    /// Refuses a token without this permission.
    pub(crate) fn needs(&self, permission: Permission) -> Result<(), GraphError> {
        if self.token.permits(permission) {
            return Ok(());
        }
        let code = match permission {
            Permission::WhatsappBusinessMessaging => 10,
            _ => 200,
        };
        let name = permission.as_str();
        let details =
            format!("The access token lacks the permission {name}: grant it and make a new token.");
        Err(GraphError::new(code, details))
    }

    /// Whether the token reaches this WABA and what hangs on it.
    pub(crate) fn reaches(&self, core: &Core, waba: &WabaId) -> bool {
        read(&core.accounts).reaches(&self.token, waba)
    }
}

/// A call that passed the gate.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) core: Arc<Core>,
    pub(crate) caller: Caller,
    /// The version that serves the call, such as `v24.0`.
    pub(crate) version: &'static str,
    pub(crate) method: Method,
    /// The path behind the version: the node's id, the edge, and what follows.
    pub(crate) path: Vec<String>,
    /// Query and body together.
    pub(crate) params: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) uri: Uri,
    pub(crate) body: Bytes,
}

impl Call {
    /// The node's id; empty for `/{version}`.
    pub(crate) fn id(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// The edge and what follows it, such as `("message_qrdls", "4O4YGZEG3RIVE1")`.
    pub(crate) fn edge(&self) -> (&str, &str) {
        let at = |place: usize| self.path.get(place).map_or("", String::as_str);
        (at(1), at(2))
    }

    /// The refusal for a node that is not there.
    pub(crate) fn no_object(&self) -> GraphError {
        GraphError::no_object(self.method.as_str(), self.id())
    }

    /// The refusal for an edge that the simulator has not.
    pub(crate) fn not_simulated(&self) -> GraphError {
        GraphError::not_simulated(&format!("{} {}", self.method, self.uri.path()))
    }

    /// The body as a form with files.
    pub(crate) async fn form(&self) -> Result<Multipart, GraphError> {
        let mut request = Request::new(Body::from(self.body.clone()));
        request.headers_mut().clone_from(&self.headers);
        Multipart::from_request(request, &())
            .await
            .map_err(|_| GraphError::new(100, "The request must be multipart/form-data."))
    }
}
