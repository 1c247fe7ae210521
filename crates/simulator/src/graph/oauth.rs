//! `oauth/access_token`, `debug_token` and `me`: where tokens come from and what they are.
//! See [Graph API/Access tokens] and [Cloud API/Embedded Signup].

use serde_json::{Value, json};

use crate::accounts::{Permission, Token, TokenKind};
use crate::core::{Core, read, write};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::gate::spent;
use crate::graph::params::{Params, required};
use crate::settings::App;

/// The paths that are good without a version too.
pub(super) const UNVERSIONED: [&str; 3] = ["debug_token", "me", "oauth"];

/// For how long a user token gives access to data.
const DATA_ACCESS: i64 = 90 * 24 * 60 * 60;

/// `GET /oauth/access_token`: the app's own token, or a token for a code. It needs no token.
pub(super) fn access_token(core: &Core, params: &Params) -> Answer {
    let id = params
        .text("client_id")?
        .ok_or_else(|| GraphError::plain(400, 101, "Missing client_id parameter."))?;
    let app = read(&core.accounts).app(&id).cloned().ok_or_else(|| {
        GraphError::plain(
            400,
            101,
            "Error validating application. Cannot get application info due to a system error.",
        )
    })?;
    let secret = params.text("client_secret")?;
    if secret.as_deref() != Some(app.secret.expose()) {
        return Err(GraphError::plain(400, 1, "Error validating client secret."));
    }
    match params.text("grant_type")?.as_deref() {
        Some("client_credentials") => {
            let token = format!("{id}|{}", app.secret.expose());
            Ok(json!({"access_token": token, "token_type": "bearer"}))
        }
        None | Some("authorization_code") => exchange(core, &app, params),
        Some(_) => Err(GraphError::not_simulated("this grant_type")),
    }
}

fn exchange(core: &Core, app: &App, params: &Params) -> Answer {
    let given = params
        .text("code")?
        .ok_or_else(|| GraphError::plain(400, 1, "Missing authorization code"))?;
    let redirect = params.text("redirect_uri")?;
    let refused = |subcode: i64, message: &str| {
        Err(GraphError::plain(400, 100, message.to_owned()).subcode(subcode))
    };
    let now = core.clock.now();
    let grant = write(&core.accounts).take_code(&given, &app.id);
    let Some(grant) = grant else {
        return refused(
            36009,
            "This authorization code has been used or is not of this app.",
        );
    };
    if grant.until <= now {
        return refused(36007, "This authorization code has expired.");
    }
    if grant.redirect_uri.is_some() && grant.redirect_uri != redirect {
        return refused(
            36008,
            "Error validating verification code. Please make sure your redirect_uri is identical \
             to the one you used in the OAuth dialog request",
        );
    }
    let full = |_| GraphError::new(4, "The simulator keeps no more tokens.");
    let token = core.add_token(grant.token).map_err(full)?;
    let mut answer = json!({"access_token": token.secret.expose(), "token_type": "bearer"});
    if let Some(expires) = token.expires {
        answer["expires_in"] = json!(expires.duration_since(now).as_secs());
    }
    Ok(answer)
}

/// `GET /me`: the user of the token.
pub(super) fn me(call: &Call) -> Answer {
    if call.caller.is_app {
        let message =
            "An active access token must be used to query information about the current user.";
        return Err(GraphError::plain(400, 2500, message));
    }
    let token = &call.caller.token;
    super::routes::selected(call, json!({"id": token.user, "name": user_name(token)}))
}

/// The name of the user whom a token stands for.
pub(super) fn user_name(token: &Token) -> &'static str {
    match token.kind {
        TokenKind::User => "Simulated User",
        _ => "Simulated System User",
    }
}

/// `GET /debug_token?input_token=`, with a token of the same app.
pub(super) fn debug(call: &Call) -> Answer {
    let input = call
        .params
        .text("input_token")?
        .ok_or_else(|| required("input_token"))?;
    let core = &call.core;
    let accounts = read(&core.accounts);
    let Some(token) = accounts.token(&input) else {
        let error = json!({"code": 190,
            "message": "Invalid OAuth access token - Cannot parse access token"});
        return Ok(json!({"data": {"error": error, "is_valid": false, "scopes": []}}));
    };
    if token.app != *call.caller.app() {
        let message = "(#100) The App_id in the input_token did not match the Viewing App";
        return Err(GraphError::plain(400, 100, message));
    }
    let end = token.expires.map_or(0, jiff::Timestamp::as_second);
    let mut data = json!({
        "app_id": token.app,
        "type": token.kind.as_str(),
        "application": accounts.app(token.app.as_str()).map(|app| app.name.clone()),
        "data_access_expires_at": match token.kind {
            TokenKind::User => token.issued.as_second() + DATA_ACCESS,
            _ => 0,
        },
        "expires_at": end,
        "is_valid": true,
        "scopes": token.permissions,
    });
    if token.kind != TokenKind::App {
        let reached: Vec<_> = accounts
            .wabas()
            .filter(|waba| accounts.reaches(&token, &waba.id))
            .map(|waba| waba.id.clone())
            .collect();
        let granular = token.permissions.iter().map(|permission| {
            let targets = match permission {
                Permission::BusinessManagement => json!([token.business]),
                _ => json!(reached),
            };
            json!({"scope": permission, "target_ids": targets})
        });
        data["granular_scopes"] = granular.collect::<Value>();
        data["issued_at"] = json!(token.issued.as_second());
        data["user_id"] = json!(token.user);
    }
    if let Some((subcode, message)) = spent(&token, core.clock.now()) {
        data["is_valid"] = json!(false);
        data["error"] = json!({"code": 190, "message": message, "subcode": subcode});
    }
    Ok(json!({ "data": data }))
}
