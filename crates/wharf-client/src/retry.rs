//! Which calls are repeated, after which failures, and how long after them.

use std::time::Duration;

use http::Method;
use wharf_model::ErrorClass;

use crate::error::Error;

/// Whether and when a call that failed is repeated; as a value, for a client or for one call.
///
/// A client repeats nothing until it is given a policy:
///
/// | Call | is repeated after |
/// |---|---|
/// | GET, DELETE and the like | no connection, a refusal that may pass, a 5xx, no answer |
/// | other calls | no connection, a refusal that may pass: nothing has happened yet |
/// | sends | nothing; with [`and_sends`](Self::and_sends) as other calls |
/// | files on their way to Meta | nothing: their bytes are gone |
///
/// A refusal may pass if its class is [`Retry`](ErrorClass::Retry) or says to slow down; those
/// that take hours are given back. A send is a POST to `messages`, `marketing_messages` or
/// `messages_encrypted`, however it is made. After an unknown outcome it is never repeated,
/// because the user might read it twice.
///
/// ```
/// # fn example(token: wharf_client::AccessToken) -> Result<(), wharf_client::Error> {
/// use std::time::Duration;
/// use wharf_client::{Client, RetryPolicy};
///
/// let policy = RetryPolicy::new(4).deadline(Duration::from_secs(60));
/// let client = Client::builder(token).retry(policy).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a policy does nothing until a client or a call has it"]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    max: Duration,
    deadline: Option<Duration>,
    sends: bool,
}

impl RetryPolicy {
    /// One attempt for every call.
    pub const fn none() -> Self {
        Self::new(1)
    }

    /// At most so many attempts, the first one counted; waits as [`backoff`](Self::backoff) of
    /// half a second and 64 seconds; no deadline.
    pub const fn new(attempts: u32) -> Self {
        Self {
            attempts,
            base: Duration::from_millis(500),
            max: Duration::from_secs(64),
            deadline: None,
            sends: false,
        }
    }

    /// Waits a random time, at first up to `base`, then up to twice as long each time, but never
    /// longer than `max`.
    ///
    /// An answer that asks for a wait gets it, and so does Meta's rule for a full pair (1, 4, 16,
    /// 64 … seconds). If that is longer than `max` the call fails at once: to ask again
    /// earlier would only be refused again.
    pub const fn backoff(mut self, base: Duration, max: Duration) -> Self {
        self.base = base;
        self.max = max;
        self
    }

    /// The call, with all its attempts and waits, takes no longer than this; no wait is begun
    /// that would end later.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Repeats sends too, where it is certain that Meta did not accept the message.
    pub const fn and_sends(mut self) -> Self {
        self.sends = true;
        self
    }

    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.deadline
    }

    /// How long to wait before the call is repeated; `None` if it is not.
    ///
    /// `done` attempts have been made, and the last one failed with `error`.
    pub(crate) fn wait(&self, repeats: Repeats, error: &Error, done: u32) -> Option<Duration> {
        if done >= self.attempts || (repeats.is_send && !self.sends) {
            return None;
        }
        let may_pass = match repeats.after {
            After::Nothing => false,
            After::NotSent => is_unsent(error),
            After::Refused => is_unsent(error) || may_pass(error, done),
            After::Anything => {
                is_unsent(error)
                    || may_pass(error, done)
                    || error.is_edge_error()
                    || is_unanswered(error)
            }
        };
        if !may_pass {
            return None;
        }
        let own = match error.class() {
            Some(ErrorClass::RetryPair) => Duration::from_secs(4_u64.saturating_pow(done - 1)),
            _ => self.jitter(done),
        };
        let wait = error.retry_after().map_or(own, |asked| asked.max(own));
        (wait <= self.max).then_some(wait)
    }

    /// The whole wait is random, so that callers which failed together come back apart.
    fn jitter(&self, done: u32) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(done - 1));
        doubled.min(self.max).mul_f64(rand::random_range(0.0..=1.0))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::none()
    }
}

/// Which failures of a call leave it free to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeats {
    pub(crate) is_send: bool,
    pub(crate) after: After,
}

/// What a call may be repeated after; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum After {
    Nothing,
    NotSent,
    Refused,
    Anything,
}

impl Repeats {
    /// Files on their way to Meta, whose bytes are gone after the first attempt.
    pub(crate) const NEVER: Self = Self {
        is_send: false,
        after: After::Nothing,
    };

    pub(crate) fn of(method: &Method, path: &str, operation: &str) -> Self {
        if method.is_idempotent() {
            return Self {
                is_send: false,
                after: After::Anything,
            };
        }
        let edge = path.trim_end_matches('/').rsplit('/').next();
        let to_send = matches!(
            edge,
            Some("messages" | "marketing_messages" | "messages_encrypted")
        );
        Self {
            // Marking as read shares the edge.
            is_send: to_send && operation != "messages.read",
            after: After::Refused,
        }
    }
}

fn is_unsent(error: &Error) -> bool {
    match error {
        Error::NotSent(_) => true,
        Error::Timeout { maybe_sent, .. } => !maybe_sent,
        _ => false,
    }
}

fn is_unanswered(error: &Error) -> bool {
    matches!(error, Error::Unknown(_) | Error::Timeout { .. })
}

/// Whether the call was refused, and may be accepted soon without a change.
fn may_pass(error: &Error, done: u32) -> bool {
    match error {
        // Code 1 may be Meta's fault or the request's: the second time it is the request's.
        Error::Graph(graph) if graph.code.0 == 1 => done == 1,
        Error::Graph(graph) => matches!(
            graph.class,
            ErrorClass::Retry
                | ErrorClass::RetryPair
                | ErrorClass::RetryNumber
                | ErrorClass::RetryAccount
        ),
        Error::Response(response) => response.status == 429,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Problem, ResponseError};

    const SEND: (Method, &str) = (Method::POST, "/v25.0/1/messages");
    const WRITE: (Method, &str) = (Method::POST, "/v25.0/1/register");
    const READ: (Method, &str) = (Method::GET, "/v25.0/1");

    fn graph(code: i64) -> Error {
        waiting(code, None)
    }

    fn waiting(code: i64, seconds: Option<u64>) -> Error {
        let token = wharf_model::AccessToken::new("token").unwrap();
        let bearer = crate::bearer::Bearer::new(token).unwrap();
        let body = format!(r#"{{"error":{{"code":{code}}}}}"#);
        let wait = seconds.map(Duration::from_secs);
        let error = crate::error::GraphError::read(400, body.as_bytes(), wait, &bearer);
        Error::Graph(Box::new(error.unwrap()))
    }

    fn response(status: u16) -> Error {
        Error::Response(Box::new(ResponseError {
            status,
            length: 0,
            problem: Problem::NoEnvelope,
            retry_after: None,
        }))
    }

    fn timeout(maybe_sent: bool) -> Error {
        Error::Timeout {
            maybe_sent,
            source: "late".into(),
        }
    }

    #[track_caller]
    fn check(policy: RetryPolicy, (method, path): &(Method, &str), error: &Error, repeats: bool) {
        let wait = policy.wait(Repeats::of(method, path, "raw"), error, 1);
        assert_eq!(wait.is_some(), repeats, "{method} {path} {error:?}");
    }

    #[test]
    fn each_kind_of_call_is_repeated_after_what_it_may_be() {
        let policy = RetryPolicy::new(3);
        let sends = policy.and_sends();
        // Error; read, write, send when asked.
        for (error, [read, write, send]) in [
            (Error::NotSent("refused".into()), [true; 3]),
            (timeout(false), [true; 3]),
            (graph(131_016), [true; 3]),
            (graph(130_429), [true; 3]),
            (graph(131_056), [true; 3]),
            (graph(80_007), [true; 3]),
            (response(429), [true; 3]),
            (timeout(true), [true, false, false]),
            (Error::Unknown("cut".into()), [true, false, false]),
            (response(502), [true, false, false]),
            (graph(131_049), [false; 3]),
            (graph(190), [false; 3]),
            (response(404), [false; 3]),
            (response(200), [false; 3]),
            (Error::Cancelled { maybe_sent: false }, [false; 3]),
        ] {
            check(policy, &READ, &error, read);
            check(policy, &WRITE, &error, write);
            check(policy, &SEND, &error, false);
            check(sends, &SEND, &error, send);
            check(RetryPolicy::none(), &READ, &error, false);
        }
    }

    #[test]
    fn every_way_to_send_is_a_send_and_a_mark_is_none() {
        let is_send = |path, operation| Repeats::of(&Method::POST, path, operation).is_send;
        for path in [
            "/1/messages",
            "/1/marketing_messages/",
            "/1/messages_encrypted",
        ] {
            assert!(is_send(path, "raw"), "{path}");
        }
        assert!(!is_send("/1/messages", "messages.read"));
        assert!(!is_send("/messages/1", "raw"));
    }

    #[test]
    fn attempts_end_and_code_1_is_tried_twice() {
        let policy = RetryPolicy::new(3);
        let repeats = Repeats::of(&READ.0, READ.1, "raw");
        let wait = |error: &Error, done| policy.wait(repeats, error, done).is_some();
        assert_eq!(
            [1, 2, 3].map(|done| wait(&graph(2), done)),
            [true, true, false]
        );
        assert_eq!([1, 2].map(|done| wait(&graph(1), done)), [true, false]);
    }

    #[test]
    fn waits_grow_to_their_bound_and_what_is_asked_is_kept() {
        let policy = RetryPolicy::new(100).backoff(Duration::from_secs(1), Duration::from_secs(20));
        let repeats = Repeats::of(&READ.0, READ.1, "raw");
        let wait = |error: &Error, done| policy.wait(repeats, error, done);
        for done in 1..100 {
            let bound = Duration::from_secs(20).min(Duration::from_secs(1 << (done - 1).min(10)));
            assert!(wait(&graph(2), done).unwrap() <= bound);
        }
        assert_eq!(
            wait(&waiting(2, Some(20)), 1),
            Some(Duration::from_secs(20))
        );
        assert_eq!(
            wait(&waiting(2, Some(21)), 1),
            None,
            "longer than the policy waits"
        );
        let pair = [1, 2, 3, 4].map(|done| wait(&graph(131_056), done));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(pair, [seconds(1), seconds(4), seconds(16), None]);
    }
}
