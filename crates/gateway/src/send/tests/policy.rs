//! Windows, refusals of contacts and templates, against a simulator that enforces them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Category, Delays, Limits, Settings, Template, User};

use super::{CHANNEL, House, accept, accept_json, fixed, until};
use crate::clock::{Clock, Millis};
use crate::config::Config;
use crate::send::{Accept, AcceptError, Accepted, Options, Refused};
use crate::store::messages::{Message, State};
use crate::store::page::Page;
use crate::store::scope::Scope;
use crate::store::suppressions::{self, Filter, Suppression};
use crate::store::windows;
use crate::{StoreError, templates};

pub(super) const USER: &str = "+16505551234";
const HOUR: Millis = 3600 * 1000;

/// A house and a platform whose clocks stand still, on which the service window is enforced and which
/// have both known the channel for long.
pub(super) async fn strict(change: impl FnOnce(&mut Config)) -> House {
    let clock = fixed();
    let settings = Settings {
        delays: Delays::NONE,
        clock: simulator::Clock::fixed(Timestamp::from_millisecond(clock.now()).unwrap()),
        limits: Limits {
            service_window: true,
            ..Limits::NONE
        },
        templates: [
            Template::samples(),
            vec![
                Template::new("sale", "en_US", Category::Marketing, "Buy now."),
                Template::new(
                    "parcel",
                    "en_US",
                    Category::Utility,
                    "Dear {{1}}, {{2}} is here.",
                ),
            ],
        ]
        .concat(),
        ..Settings::default()
    };
    let house = House::build_on(settings, clock, change).await;
    house.subscribe().await;
    let since = house.now() - 48 * HOUR;
    house
        .write(move |tx| windows::hears(tx, CHANNEL, None, since))
        .await;
    house
}

impl House {
    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Moves both clocks.
    pub(super) fn pass(&self, time: Millis) {
        let clock: &Clock = &self.clock;
        clock.advance(time);
        let time = Duration::from_millis(time.unsigned_abs());
        self.simulator.clock().advance(time);
    }

    pub(super) fn user(&self) -> User {
        self.simulator.user(USER)
    }

    /// The user writes, and the gateway has heard of it.
    pub(super) async fn hear(&self, text: &str) {
        let wamid = self.user().says(text).await.unwrap().to_string();
        let known = async || {
            let wamid = wamid.clone();
            let look = move |tx: &crate::store::Tx<'_>| {
                crate::store::messages::by_any_id(tx, &wamid, &Scope::default())
            };
            self.app().store.read(look).await.unwrap().is_some()
        };
        until("the message comes in", known).await;
    }

    /// Fetches the templates, once a webhook has told the WABA.
    pub(super) async fn fetch_templates(&self) -> u64 {
        let mut done = templates::refresh(self.app(), None).await.unwrap();
        assert_eq!(done.len(), 1, "{done:?}");
        done.remove(0).outcome.unwrap()
    }

    pub(super) async fn suppressions(&self) -> Vec<Suppression> {
        let page = Page::new(None, 100);
        let list =
            move |tx: &crate::store::Tx<'_>| suppressions::list(tx, &Filter::default(), &page);
        self.app().store.read(list).await.unwrap().rows
    }

    async fn refused(&self, accept: Accept) -> Refused {
        match self.accept(accept).await {
            Err(AcceptError::Refused(refused)) => *refused,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(super) async fn take(&self, accept: Accept) -> Message {
        match self.accept(accept).await.unwrap() {
            Accepted::New { message, .. } => *message,
            Accepted::Replayed { .. } => panic!("replayed without a key"),
        }
    }

    /// What a message was before a template took its place.
    async fn replaced(&self, id: &str) -> Option<String> {
        let sql = "SELECT replaced, kind FROM messages WHERE id = $1";
        self.rows(sql, id.to_owned()).await.remove(0).0
    }
}

pub(super) fn template(name: &str) -> Accept {
    accept_json(&json!({"to": USER, "type": "template",
        "template": {"name": name, "language": {"code": "en_US"}}}))
}

fn later(accept: Accept, due_at: Millis) -> Accept {
    Accept {
        due_at: Some(due_at),
        ..accept
    }
}

fn with_fallback(accept: Accept, name: &str) -> Accept {
    let template = json!({"name": name, "language": {"code": "en_US"}});
    Accept {
        options: Options {
            fallback_template: Some(template),
            ..Options::default()
        },
        ..accept
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_free_enters_a_closed_window() {
    let house = strict(|_| {}).await;
    let never = house.refused(accept("hello?")).await;
    assert!(matches!(never, Refused::WindowClosed { closed_at: None }));
    house.hear("hi").await;
    let begun = house.now();
    let id = house.send("hello").await;
    house.until_state(&id, State::Delivered).await;

    // Accepted in time, due when the window is closed: once alone, once with a template.
    let due_at = begun + 24 * HOUR - 30_000;
    let alone = house.take(later(accept("late"), due_at)).await;
    let twofold = with_fallback(later(accept("late too"), due_at), "order_delivered");
    let wrong = house.refused(with_fallback(accept("x"), "")).await;
    assert!(matches!(wrong, Refused::Fallback(_)), "{wrong}");
    let twofold = house.take(twofold).await;
    house.simulator.put_template(Template::new(
        "order_delivered",
        "en_US",
        Category::Utility,
        "It is there.",
    ));
    house.pass(24 * HOUR - 61_000);
    house.take(accept("just in time")).await;
    house.pass(31_000);
    let ended = house.until_state(&alone.id, State::RequiresTemplate).await;
    let fault: Value = serde_json::from_str(&ended.state_detail.unwrap()).unwrap();
    assert_eq!(
        (&fault["code"], &fault["class"]),
        (&json!(131_047), &json!("template"))
    );
    assert_eq!(ended.attempts, 0);
    let letters = house.dead_letters(&alone.id).await;
    assert_eq!(letters[0].0.as_deref(), Some("requires_template"));
    let sent = house.until_state(&twofold.id, State::Delivered).await;
    assert_eq!(sent.kind, "template");
    assert!(sent.content.contains("order_delivered"));
    assert!(
        house
            .replaced(&twofold.id)
            .await
            .unwrap()
            .contains("late too")
    );
    let late = house.refused(accept("hello?")).await;
    let closed_at = Some(begun + 24 * HOUR);
    assert!(
        matches!(late, Refused::WindowClosed { closed_at: at } if at == closed_at),
        "{late:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_opens_the_window_and_an_unknown_one_is_left_to_the_carrier() {
    let house = strict(|_| {}).await;
    let number = house.channel().await.phone_number_id.unwrap();
    let url = format!("{}v24.0/{number}/settings", house.config.cloud.base_url);
    let token = std::fs::read_to_string(&house.token).unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own client, to loopback"
    )]
    let http = reqwest::Client::new();
    let enabled = http
        .post(url)
        .bearer_auth(token)
        .json(&json!({"calling": {"status": "ENABLED"}}));
    assert_eq!(enabled.send().await.unwrap().status(), 200);
    house.user().calls().await.unwrap();
    let calls = async || !house.events("call").await.is_empty();
    until("the call comes in", calls).await;
    let id = house.send("you called?").await;
    house.until_state(&id, State::Delivered).await;

    // A channel that has heard for less than a day may have missed what was written before.
    let since = house.now() - 23 * HOUR;
    house
        .write(move |tx| {
            tx.later("DELETE FROM conversations", &[])?;
            tx.later("UPDATE channel_hearing SET since = $1", &[since.into()])
        })
        .await;
    house.send("are you there?").await;
    house.pass(2 * HOUR);
    assert!(house.accept(accept("and now?")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_stop_gets_no_marketing_until_they_say_start() {
    let house = strict(|_| {}).await;
    house.hear("hi").await;
    assert!(house.fetch_templates().await > 3);
    let id = house.take(template("sale")).await.id;
    house.until_state(&id, State::Delivered).await;

    // Queued before the word, due after it.
    let queued = house
        .take(later(template("sale"), house.now() + HOUR))
        .await;
    house.hear(" Stop ").await;
    let found = house.suppressions().await;
    assert_eq!(found.len(), 1);
    let proof = &found[0].proof;
    assert_eq!(proof.keyword.as_deref(), Some("STOP"));
    assert!(proof.notification.is_some() && proof.carrier_id.is_some());
    let refused = house.refused(template("sale")).await;
    assert!(matches!(refused, Refused::Suppressed { .. }), "{refused}");
    let unheard_of = house.refused(template("unheard_of")).await;
    assert!(
        matches!(unheard_of, Refused::Suppressed { .. }),
        "{unheard_of}"
    );
    // What is no marketing goes on.
    house.take(accept("as you wish")).await;
    house.pass(HOUR);
    let ended = house.until_state(&queued.id, State::Failed).await;
    assert!(ended.state_detail.unwrap().contains("opt_out"));
    let letters = house.dead_letters(&queued.id).await;
    assert_eq!(letters[0].0.as_deref(), Some("suppressed"));

    house.hear("START").await;
    assert!(house.suppressions().await.is_empty());
    let id = house.take(template("sale")).await.id;
    house.until_state(&id, State::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_users_stop_at_meta_is_learned_from_refusals_and_preferences() {
    let house = strict(|_| {}).await;
    house.hear("hi").await;
    house.fetch_templates().await;
    // Nobody tells the gateway; the refusal does.
    house.user().set_stopped_marketing(true);
    let id = house.take(template("sale")).await.id;
    house.until_state(&id, State::Failed).await;
    let found = house.suppressions().await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].refusal.source.as_str(), "131050");
    assert_eq!(found[0].proof.message_id.as_deref(), Some(id.as_str()));
    house.refused(template("sale")).await;
    // A word does not take back what was stopped at Meta.
    house.hear("start").await;
    house.refused(template("sale")).await;

    let trigger = async |event: &str, holds: usize| {
        let user = json!({"user": USER});
        house.simulator.trigger(event, user).await.unwrap();
        let heard = async || house.suppressions().await.len() == holds;
        until(event, heard).await;
    };
    house.pass(1000);
    trigger("user_preferences.resume", 0).await;
    let id = house.take(template("sale")).await.id;
    house.until_state(&id, State::Delivered).await;
    house.pass(1000);
    trigger("user_preferences.stop", 1).await;
    house.refused(template("sale")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_sent_as_it_stands() {
    let house = strict(|_| {}).await;
    house.hear("hi").await;
    house.fetch_templates().await;
    let status = async |name: &str| {
        let name = name.to_owned();
        let rows = house
            .rows("SELECT status, id FROM templates WHERE name = $1", name)
            .await;
        rows[0].0.clone().unwrap()
    };
    let change = async |event: &str, becomes: &str| {
        let which = json!({"template": "sale", "language": "en_US"});
        house.simulator.trigger(event, which).await.unwrap();
        until(event, async || status("sale").await == becomes).await;
    };
    change("template.paused", "PAUSED").await;
    let waits = house.take(template("sale")).await;
    let waits = house.until_state(&waits.id, State::Scheduled).await;
    assert!(waits.state_detail.unwrap().contains("132015"));
    let mut impatient = template("sale");
    impatient.options.expires_at = Some(house.now() + HOUR);
    assert!(house.accept(impatient).await.is_err());
    house.pass(3 * HOUR);
    change("template.unpaused", "APPROVED").await;
    house.until_state(&waits.id, State::Delivered).await;

    let scheduled = house
        .take(later(template("sale"), house.now() + HOUR))
        .await;
    change("template.disabled", "DISABLED").await;
    let refused = house.refused(template("sale")).await;
    assert_eq!(refused.code(), "template_disabled");
    house.pass(HOUR);
    house.until_state(&scheduled.id, State::Failed).await;
    let letters = house.dead_letters(&scheduled.id).await;
    assert_eq!(letters[0].0.as_deref(), Some("template_disabled"));
    // Nothing of this was tried.
    let attempts = house.attempts(&scheduled.id).await;
    assert!(attempts.is_empty(), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_compared_with_the_template_also_when_it_changes() {
    let house = strict(|_| {}).await;
    house.hear("hi").await;
    house.fetch_templates().await;
    let with = |values: &[&str]| {
        let values: Vec<Value> = values
            .iter()
            .map(|text| json!({"type": "text", "text": text}))
            .collect();
        accept_json(&json!({"to": USER, "type": "template", "template": {
            "name": "parcel", "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": values}]}}))
    };
    let Refused::Mismatch(mismatches) = house.refused(with(&["Ann"])).await else {
        panic!("it fits")
    };
    assert_eq!(mismatches[0].field, "/template/components/0/parameters");
    let id = house.take(with(&["Ann", "A-17"])).await.id;
    house.until_state(&id, State::Delivered).await;
    let queued = house
        .take(later(with(&["Ann", "A-17"]), house.now() + HOUR))
        .await;
    house.simulator.put_template(Template::new(
        "parcel",
        "en_US",
        Category::Utility,
        "Your parcel is here.",
    ));
    house.pass(HOUR / 2);
    house.fetch_templates().await;
    house.pass(HOUR / 2);
    house.until_state(&queued.id, State::Failed).await;
    let letters = house.dead_letters(&queued.id).await;
    assert_eq!(letters[0].0.as_deref(), Some("template_mismatch"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_known_by_two_names_keeps_their_refusals() {
    use crate::send::consent::{Scope, Source};
    use crate::store::contacts::{self, Identity};
    use suppressions::{Proof, Whose};

    let house = House::build().await;
    let (app, now) = (house.app().clone(), house.now());
    let merged = move |tx: &crate::store::Tx<'_>| {
        let find = |wa_id: Option<&str>, bsuid: Option<&str>| -> Result<String, StoreError> {
            let identity = Identity {
                wa_id: wa_id.map(str::to_owned),
                bsuid: bsuid.map(str::to_owned),
                ..Identity::default()
            };
            contacts::find_or_insert(tx, &identity, &app.random, now)
        };
        let (number, bsuid) = ("16505550001", "US.1");
        for contact_id in [find(Some(number), None)?, find(None, Some(bsuid))?] {
            let whose = Whose {
                contact_id: &contact_id,
                channel_id: CHANNEL,
            };
            let what = (Scope::All, Source::Keyword);
            suppressions::stop(tx, &app.random, whose, what, &Proof::default(), now, now)?;
        }
        let one = find(Some(number), Some(bsuid))?;
        Ok((one.clone(), suppressions::in_force(tx, &[&one])?))
    };
    let (one, found) = house.write(merged).await;
    assert_eq!(found[&one].len(), 1);
}
