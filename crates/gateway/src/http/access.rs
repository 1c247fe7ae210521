//! Which role may call which route, in one table. `docs/access.md` is printed from it.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::Method;

use super::authenticate::{Caller, Role};
use super::problem::Problem;

/// A route that needs an API key, and who may call it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) method: &'static str,
    /// The pattern, as the route is registered.
    pub(super) path: &'static str,
    pub(super) need: Need,
    pub(super) reach: Reach,
}

/// What the holder of a key must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Look: viewer, operator and admin.
    Read,
    /// Look at what a sender needs to see as well: every role.
    Know,
    /// Send messages and files: sender, operator and admin.
    Send,
    /// Act on what goes on, without changing how the gateway is set up: operator and admin.
    Operate,
    /// Change how the gateway is set up, and see its secrets: admin alone.
    Administer,
}

/// What a key that is limited to some channels gets of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// What belongs to its channels; its handler sees to it.
    Channels,
    /// Nothing: it concerns the whole gateway, and the call is refused.
    Gateway,
    /// All of it: it holds nothing of any channel.
    Anybody,
}

impl Need {
    /// Whether this role may.
    pub(super) const fn is_met_by(self, role: Role) -> bool {
        match role {
            Role::Admin => true,
            Role::Operator => !matches!(self, Self::Administer),
            Role::Sender => matches!(self, Self::Know | Self::Send),
            Role::Viewer => matches!(self, Self::Know | Self::Read),
        }
    }
}

const fn rule(method: &'static str, path: &'static str, need: Need, reach: Reach) -> Rule {
    Rule {
        method,
        path,
        need,
        reach,
    }
}

/// Every route that needs a key. A route that is missing here answers nobody.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = {
    use Need::{Administer, Know, Operate, Read, Send};
    use Reach::{Anybody, Channels, Gateway};
    &[
        rule("GET", "/api/v1/channels", Know, Channels),
        rule("POST", "/api/v1/channels", Administer, Gateway),
        rule("GET", "/api/v1/channels/{id}", Know, Channels),
        rule("PATCH", "/api/v1/channels/{id}", Administer, Channels),
        rule("DELETE", "/api/v1/channels/{id}", Administer, Channels),
        rule("POST", "/api/v1/channels/{id}/pause", Operate, Channels),
        rule("POST", "/api/v1/channels/{id}/resume", Operate, Channels),
        rule("GET", "/api/v1/channels/{id}/load", Read, Channels),

        rule("GET", "/api/v1/messages", Know, Channels),
        rule("POST", "/api/v1/messages", Send, Channels),
        rule("GET", "/api/v1/messages/{id}", Know, Channels),
        rule("GET", "/api/v1/messages/{id}/timeline", Know, Channels),
        rule("POST", "/api/v1/messages/{id}/cancel", Send, Channels),
        rule("POST", "/api/v1/messages/{id}/resend", Operate, Channels),
        rule("POST", "/api/v1/messages/{id}/read", Send, Channels),

        rule("GET", "/api/v1/errors", Read, Channels),

        rule("GET", "/api/v1/media", Know, Channels),
        rule("POST", "/api/v1/media", Send, Channels),
        rule("GET", "/api/v1/media/{id}", Know, Channels),
        rule("DELETE", "/api/v1/media/{id}", Operate, Channels),
        rule("GET", "/api/v1/media/{id}/content", Know, Channels),
        rule("POST", "/api/v1/media/{id}/retry", Operate, Channels),

        rule("POST", "/api/v1/search", Read, Channels),
        rule("GET", "/api/v1/conversations", Read, Channels),
        rule("GET", "/api/v1/conversations/{id}", Read, Channels),
        rule("GET", "/api/v1/contacts", Read, Channels),
        rule("GET", "/api/v1/contacts/{id}", Read, Channels),
        rule("DELETE", "/api/v1/contacts/{id}", Administer, Gateway),
        rule("GET", "/api/v1/contacts/{id}/export", Administer, Gateway),
        rule("GET", "/api/v1/erasures/{id}", Administer, Gateway),

        rule("GET", "/api/v1/events", Read, Channels),
        rule("GET", "/api/v1/events/stream", Read, Channels),
        rule("GET", "/api/v1/events/{id}", Read, Channels),
        rule("POST", "/api/v1/events/{id}/replay", Operate, Channels),

        rule("GET", "/api/v1/endpoints", Read, Gateway),
        rule("POST", "/api/v1/endpoints", Administer, Gateway),
        rule("GET", "/api/v1/endpoints/{id}", Read, Gateway),
        rule("PATCH", "/api/v1/endpoints/{id}", Administer, Gateway),
        rule("DELETE", "/api/v1/endpoints/{id}", Administer, Gateway),
        rule("GET", "/api/v1/endpoints/{id}/secret", Administer, Gateway),
        rule("POST", "/api/v1/endpoints/{id}/enable", Operate, Gateway),
        rule("GET", "/api/v1/endpoints/{id}/stats", Read, Gateway),
        rule("POST", "/api/v1/endpoints/{id}/test", Operate, Gateway),
        rule("POST", "/api/v1/endpoints/{id}/rotate-secret", Administer, Gateway),
        rule("POST", "/api/v1/endpoints/{id}/recover", Operate, Gateway),
        rule("GET", "/api/v1/deliveries", Read, Channels),
        rule("GET", "/api/v1/deliveries/{id}", Read, Channels),
        rule("POST", "/api/v1/deliveries/{id}/retry", Operate, Channels),

        rule("GET", "/api/v1/dead-letters", Read, Channels),
        rule("GET", "/api/v1/dead-letters/groups", Read, Channels),
        rule("GET", "/api/v1/dead-letters/{id}", Read, Channels),
        rule("POST", "/api/v1/dead-letters/{id}/retry", Operate, Channels),
        rule("POST", "/api/v1/dead-letters/{id}/discard", Operate, Channels),
        rule("GET", "/api/v1/dead-letters/bulk", Read, Gateway),
        rule("POST", "/api/v1/dead-letters/bulk", Operate, Gateway),
        rule("GET", "/api/v1/dead-letters/bulk/{id}", Read, Gateway),
        rule("POST", "/api/v1/dead-letters/bulk/{id}/cancel", Operate, Gateway),

        rule("GET", "/api/v1/suppressions", Read, Channels),
        rule("POST", "/api/v1/suppressions", Operate, Channels),
        rule("GET", "/api/v1/suppressions/{id}", Read, Channels),
        rule("DELETE", "/api/v1/suppressions/{id}", Operate, Channels),

        rule("GET", "/api/v1/templates", Know, Channels),
        rule("POST", "/api/v1/templates", Operate, Channels),
        rule("POST", "/api/v1/templates/refresh", Operate, Channels),
        rule("GET", "/api/v1/templates/{id}", Know, Channels),
        rule("PATCH", "/api/v1/templates/{id}", Operate, Channels),
        rule("DELETE", "/api/v1/templates/{id}", Operate, Channels),

        rule("GET", "/api/v1/api-keys", Administer, Gateway),
        rule("POST", "/api/v1/api-keys", Administer, Gateway),
        rule("DELETE", "/api/v1/api-keys/{id}", Administer, Gateway),
        rule("POST", "/api/v1/api-keys/{id}/rotate", Administer, Gateway),

        rule("GET", "/api/v1/audit", Administer, Gateway),

        rule("GET", "/api/v1/nats/status", Read, Gateway),
        rule("POST", "/api/v1/nats/streams/{stream}/purge", Administer, Gateway),
        rule("GET", "/api/v1/nats/streams/{stream}/consumers", Read, Gateway),
        rule("GET", "/api/v1/nodes", Read, Gateway),
        rule("GET", "/api/v1/status", Read, Gateway),
        rule("GET", "/api/v1/overview", Read, Gateway),
        rule("GET", "/metrics", Read, Gateway),
        rule("DELETE", "/console/sessions", Know, Anybody),

        rule("POST", "/graph/{version}/{phone_number_id}/messages", Send, Channels),
        rule("POST", "/graph/{version}/{phone_number_id}/marketing_messages", Send, Channels),
        rule("POST", "/graph/{version}/{phone_number_id}/media", Send, Channels),
        rule("GET", "/graph/{version}/{media_id}", Send, Channels),
        rule("DELETE", "/graph/{version}/{media_id}", Send, Channels),
        rule("GET", "/graph/{version}/media/{media_id}/content", Send, Channels),
    ]
};

/// The table by path; few methods each.
static BY_PATH: LazyLock<HashMap<&'static str, Vec<&'static Rule>>> = LazyLock::new(|| {
    let mut by_path = HashMap::<_, Vec<_>>::new();
    for rule in RULES {
        by_path.entry(rule.path).or_default().push(rule);
    }
    by_path
});

/// Refuses a caller whose role may not call this route.
pub(super) fn check(caller: &Caller, method: &Method, path: &str) -> Result<(), Problem> {
    // What answers GET answers HEAD, with the same headers.
    let method = match *method {
        Method::HEAD => "GET",
        ref other => other.as_str(),
    };
    match find(method, path) {
        Some(rule) if !rule.need.is_met_by(caller.role) => Err(Problem::RoleForbidden),
        Some(rule) if rule.reach == Reach::Gateway && caller.channels.is_some() => {
            Err(Problem::ScopeForbidden)
        }
        Some(_) => Ok(()),
        None => Err(Problem::RoleForbidden),
    }
}

/// The line of this route, if it has one.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Rule> {
    let rules = BY_PATH.get(path).map(Vec::as_slice).unwrap_or_default();
    rules.iter().find(|rule| rule.method == method).copied()
}

impl Need {
    /// The roles that may, the mightiest first.
    pub(super) fn roles(self) -> Vec<&'static str> {
        let roles = Role::ALL.into_iter().filter(|role| self.is_met_by(*role));
        roles.map(Role::as_str).collect()
    }
}

impl Reach {
    const fn told(self) -> &'static str {
        match self {
            Self::Channels => "its channels",
            Self::Gateway => "refused",
            Self::Anybody => "all",
        }
    }
}

/// `docs/access.md`.
pub fn access_markdown() -> String {
    let mut text = HEAD.to_owned();
    for rule in RULES {
        let Rule {
            method,
            path,
            need,
            reach,
        } = rule;
        // Writing to a string does not fail.
        let _ = write!(text, "| `{method} {path}` |");
        for role in Role::ALL {
            text.push_str(if need.is_met_by(role) { " ✓ |" } else { " |" });
        }
        let _ = writeln!(text, " {} |", reach.told());
    }
    text
}

const HEAD: &str = include_str!("access_head.md");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// What the document says of each operation with a key.
    fn described() -> BTreeSet<(String, String)> {
        let document: Value = serde_json::from_str(&super::super::openapi_json()).unwrap();
        let mut keyed = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                // What needs no key, or the console's cookie instead, says so itself.
                if !operation["security"].is_null() || !operation.is_object() {
                    continue;
                }
                let method = method.to_uppercase();
                let rule = find(&method, path);
                let rule = rule.unwrap_or_else(|| panic!("{method} {path} is not in the table"));
                let roles = serde_json::to_value(rule.need.roles()).unwrap();
                assert_eq!(operation["x-wharf-roles"], roles, "{method} {path}");
                let refused = operation["responses"]["403"]["description"].as_str();
                let refused = refused.unwrap_or_default().contains("scope_forbidden");
                assert_eq!(refused, rule.reach == Reach::Gateway, "{method} {path}");
                keyed.insert((method, path.clone()));
            }
        }
        keyed
    }

    #[test]
    fn the_table_and_the_routes_are_the_same_set() {
        let rules = RULES.iter();
        let rules = rules.map(|rule| (rule.method.to_owned(), rule.path.to_owned()));
        let rules: Vec<_> = rules.collect();
        let once: BTreeSet<_> = rules.iter().cloned().collect();
        assert_eq!(once.len(), rules.len(), "a route is in the table twice");
        assert_eq!(once, described());
    }

    #[test]
    fn each_role_may_what_its_name_says() {
        let may = |need: Need| need.roles().join(" ");
        assert_eq!(may(Need::Read), "admin operator viewer");
        assert_eq!(may(Need::Know), "admin operator sender viewer");
        assert_eq!(may(Need::Send), "admin operator sender");
        assert_eq!(may(Need::Operate), "admin operator");
        assert_eq!(may(Need::Administer), "admin");
        // Whoever only looks changes nothing of others', whichever lines the table gains.
        let changes = RULES.iter().filter(|rule| rule.method != "GET");
        let by_viewers = changes.filter(|rule| rule.need.is_met_by(Role::Viewer));
        assert_eq!(by_viewers.map(|rule| rule.path).collect::<Vec<_>>(), LOOKS);
    }

    /// What is looked for is not for a URL; and anybody may sign out.
    const LOOKS: [&str; 2] = ["/api/v1/search", "/console/sessions"];

    #[test]
    fn the_page_has_a_line_for_each_route() {
        let page = access_markdown();
        assert!(page.contains("| `GET /api/v1/api-keys` | ✓ | | | | refused |\n"));
        assert!(page.contains("| `GET /api/v1/messages` | ✓ | ✓ | ✓ | ✓ | its channels |\n"));
        let table = page.strip_prefix(HEAD).unwrap();
        assert_eq!(table.lines().count(), RULES.len());
    }
}
