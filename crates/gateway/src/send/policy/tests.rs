//! The decision against a model of its own, over random histories in simulated time.
//!
//! The gateway's side keeps what it keeps in the store: when somebody was heard of last, and refusals
//! as `hear` and `taken_back` make them. The model keeps everything that was ever said and looks
//! through all of it each time. Webhooks come late and in any order; messages wait before they are
//! judged, and take a while to arrive.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wharf_model::template::TemplateStatus;

use super::consent::{self, Purpose, Refusal, Said, Scope, Source};
use super::decide::{Case, Decision, Judged};
use super::template::Standing;
use super::window::{Heard, WINDOW};
use crate::clock::Millis;

const MARGIN: Millis = 60_000;
const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const CHANNELS: [&str; 2] = ["shop", "desk"];

/// What happens on the way of a message, or is heard of a contact.
#[derive(Debug, Clone)]
enum Act {
    /// A message or a call.
    Inbound {
        channel: usize,
    },
    Stop {
        channel: usize,
        scope: Scope,
        source: Source,
    },
    /// On all channels.
    StopEverywhere {
        scope: Scope,
    },
    Resume {
        channel: usize,
        source: Source,
    },
    /// A person lifts the refusal in force that comes first.
    Lift,
    Template(&'static str, Option<Millis>),
    Judge {
        channel: usize,
        what: What,
        fallback: Option<Purpose>,
        expires_at: Option<Millis>,
        flight: Millis,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    FreeForm,
    Template(Purpose),
}

/// When it happened, and when we hear of it or do it.
#[derive(Debug, Clone)]
struct Event {
    at: Millis,
    heard: Millis,
    act: Act,
}

fn pick<T: Clone>(dice: &mut StdRng, from: &[T]) -> T {
    from[dice.random_range(0..from.len())].clone()
}

fn history(dice: &mut StdRng) -> Vec<Event> {
    let begin = dice.random_range(0..WINDOW);
    let mut events = Vec::new();
    let count = dice.random_range(4..16);
    for _ in 0..count {
        // Whole seconds, as Meta tells them, few enough that some coincide.
        let at = begin + dice.random_range(0..96) * HOUR / 2;
        let late = pick(dice, &[0, 0, 1_000, MINUTE, HOUR, 5 * HOUR]);
        let channel = dice.random_range(0..CHANNELS.len());
        let marketing_or_all = pick(dice, &[Scope::Marketing, Scope::Marketing, Scope::All]);
        let act = match dice.random_range(0..22) {
            0..5 => Act::Inbound { channel },
            5..7 => Act::Stop {
                channel,
                scope: marketing_or_all,
                source: Source::Keyword,
            },
            7..9 => Act::Stop {
                channel,
                scope: Scope::Marketing,
                source: pick(dice, &[Source::Preferences, Source::Refused]),
            },
            9 => Act::StopEverywhere {
                scope: marketing_or_all,
            },
            10..12 => Act::Resume {
                channel,
                source: pick(dice, &[Source::Keyword, Source::Preferences]),
            },
            12 => Act::Lift,
            13 | 14 => {
                let status = pick(dice, &["APPROVED", "PAUSED", "DISABLED", "REJECTED"]);
                let until = pick(dice, &[None, Some(3), Some(6)]);
                Act::Template(status, until.map(|hours| at + hours * HOUR))
            }
            _ => {
                let purposes = [Purpose::Marketing, Purpose::Other, Purpose::Unknown];
                let template = What::Template(pick(dice, &purposes));
                let other = pick(dice, &purposes);
                Act::Judge {
                    channel,
                    what: pick(dice, &[What::FreeForm, What::FreeForm, template]),
                    fallback: pick(dice, &[None, None, Some(other)]),
                    expires_at: pick(dice, &[None, None, Some(at + HOUR), Some(at + 9 * HOUR)]),
                    flight: dice.random_range(0..=MARGIN),
                }
            }
        };
        // A message waits in the queue for as long as it pleases; an offset keeps off the half hours.
        let (wait, jitter) = match act {
            Act::Judge { .. } => (
                pick(dice, &[0, 0, MINUTE, HOUR, 12 * HOUR]),
                pick(dice, &[-MARGIN, -MARGIN - 1, -1, 0, 1, 7 * MINUTE]),
            ),
            Act::Lift | Act::StopEverywhere { .. } => (0, 0),
            _ => (late, 0),
        };
        let heard = at + wait + jitter;
        events.push(Event { at, heard, act });
    }
    events.sort_by_key(|event| event.heard);
    events
}

/// What the gateway keeps.
#[derive(Debug, Default)]
struct Kept {
    heard: BTreeMap<usize, Heard>,
    refusals: Vec<Refusal>,
    standing: Option<Standing>,
}

impl Kept {
    fn inbound(&mut self, channel: usize, at: Millis, now: Millis) {
        let heard = self.heard.entry(channel).or_default();
        heard.since = heard.since.or(Some(now));
        heard.last_inbound_at = heard.last_inbound_at.max(Some(at));
    }

    fn stop(&mut self, channel: &str, scope: Scope, source: Source, at: Millis) {
        let again = match consent::hear(&self.refusals, channel, scope, source, at) {
            Said::New => None,
            Said::Again(id) => Some(id.to_owned()),
            Said::Nothing => return,
        };
        match again.and_then(|id| self.refusals.iter_mut().find(|known| known.id == id)) {
            Some(known) => known.occurred_at = at,
            None => self.keep(channel, scope, source, at, None),
        }
    }

    fn resume(&mut self, channel: &str, source: Source, at: Millis) {
        let taken: Vec<String> = consent::taken_back(&self.refusals, channel, source, at)
            .map(|refusal| refusal.id.clone())
            .collect();
        for refusal in &mut self.refusals {
            if taken.contains(&refusal.id) {
                refusal.lifted_at = Some(at);
                refusal.lifted_by_contact = true;
            }
        }
        if taken.is_empty() {
            self.keep(channel, Scope::Marketing, source, at, Some(at));
        }
    }

    fn keep(
        &mut self,
        channel: &str,
        scope: Scope,
        source: Source,
        at: Millis,
        back: Option<Millis>,
    ) {
        self.refusals.push(Refusal {
            id: format!("sup_{}", self.refusals.len()),
            channel_id: channel.to_owned(),
            scope,
            source,
            occurred_at: at,
            lifted_at: back,
            lifted_by_contact: back.is_some(),
        });
    }

    fn judged(&self, purpose: Option<Purpose>) -> Judged {
        Judged {
            free_form: purpose.is_none(),
            purpose: purpose.unwrap_or(Purpose::Other),
            standing: self.standing.clone().filter(|_| purpose.is_some()),
        }
    }
}

/// What was said of one choice, as the model remembers it.
#[derive(Debug)]
struct Statement {
    channel: Option<usize>,
    scope: Scope,
    source: Source,
    at: Millis,
    order: usize,
    /// A person has lifted it.
    lifted: bool,
}

/// Everything that was heard, in order.
#[derive(Debug, Default)]
struct Model {
    inbound: Vec<(usize, Millis)>,
    first: BTreeMap<usize, Millis>,
    stops: Vec<Statement>,
    resumes: Vec<Statement>,
    order: usize,
    template: Option<(&'static str, Option<Millis>)>,
}

/// What became of a message, as far as the two must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sent,
    SentFallback,
    Waits,
    Expired,
    Suppressed,
    Closed,
    NoTemplate,
}

impl Model {
    fn holds(&self, stop: &Statement) -> bool {
        let of_meta = |source| matches!(source, Source::Preferences | Source::Refused);
        let beaten = self.resumes.iter().any(|resume| {
            resume.channel == stop.channel
                && (resume.source == stop.source || of_meta(resume.source) && of_meta(stop.source))
                && (resume.at, resume.order) > (stop.at, stop.order)
        });
        !stop.lifted && !beaten
    }

    fn forbids(&self, channel: usize, purpose: Option<Purpose>) -> bool {
        self.stops
            .iter()
            .filter(|stop| stop.channel.is_none_or(|of| of == channel))
            .filter(|stop| self.holds(stop))
            .any(|stop| {
                stop.scope == Scope::All
                    || matches!(purpose, Some(Purpose::Marketing | Purpose::Unknown))
            })
    }

    /// None: nobody can know yet.
    fn is_open(&self, channel: usize, now: Millis) -> Option<bool> {
        let mut wrote = self.inbound.iter().filter(|(of, _)| *of == channel);
        if wrote.any(|(_, at)| now + MARGIN - at < WINDOW) {
            return Some(true);
        }
        let first = self.first.get(&channel)?;
        (now + MARGIN - first >= WINDOW).then_some(false)
    }

    fn fate_of_template(&self, sent: Fate, expires_at: Option<Millis>, now: Millis) -> Fate {
        match self.template {
            None | Some(("APPROVED", _)) => sent,
            Some(("PAUSED", Some(until))) if until <= now => sent,
            Some(("PAUSED", Some(until))) if expires_at.is_none_or(|at| at > until) => Fate::Waits,
            Some(_) => Fate::NoTemplate,
        }
    }

    fn fate(
        &self,
        channel: usize,
        what: What,
        fallback: Option<Purpose>,
        expires_at: Option<Millis>,
        now: Millis,
    ) -> Fate {
        let purpose = match what {
            What::FreeForm => None,
            What::Template(purpose) => Some(purpose),
        };
        if expires_at.is_some_and(|at| now >= at) {
            return Fate::Expired;
        }
        if self.forbids(channel, purpose) {
            return Fate::Suppressed;
        }
        if purpose.is_some() {
            return self.fate_of_template(Fate::Sent, expires_at, now);
        }
        match (self.is_open(channel, now), fallback) {
            (Some(true) | None, _) => Fate::Sent,
            (Some(false), None) => Fate::Closed,
            (Some(false), Some(purpose)) if self.forbids(channel, Some(purpose)) => {
                Fate::Suppressed
            }
            (Some(false), Some(_)) => self.fate_of_template(Fate::SentFallback, expires_at, now),
        }
    }
}

fn fate_of(decision: &Decision<'_>) -> Fate {
    match decision {
        Decision::Send => Fate::Sent,
        Decision::SendFallback => Fate::SentFallback,
        Decision::Later(_) => Fate::Waits,
        Decision::Expired => Fate::Expired,
        Decision::Suppressed(_) => Fate::Suppressed,
        Decision::WindowClosed { .. } => Fate::Closed,
        Decision::Template(_) => Fate::NoTemplate,
    }
}

/// Plays a history; counts what became of its messages.
#[expect(clippy::too_many_lines, reason = "one arm for each act, side by side")]
fn play(seed: u64, fates: &mut BTreeMap<&'static str, u64>) {
    let events = history(&mut StdRng::seed_from_u64(seed));
    let (mut kept, mut model) = (Kept::default(), Model::default());
    if seed.is_multiple_of(2) {
        // Both channels have been heard of for long.
        for channel in 0..CHANNELS.len() {
            kept.heard.entry(channel).or_default().since = Some(-WINDOW);
            model.first.insert(channel, -WINDOW);
        }
    }
    for event in &events {
        let (at, now) = (event.at, event.heard);
        model.order += 1;
        let statement = |channel, scope, source| Statement {
            channel,
            scope,
            source,
            at,
            order: model.order,
            lifted: false,
        };
        match event.act.clone() {
            Act::Inbound { channel } => {
                kept.inbound(channel, at, now);
                model.inbound.push((channel, at));
                model.first.entry(channel).or_insert(now);
            }
            Act::Stop {
                channel,
                scope,
                source,
            } => {
                kept.stop(CHANNELS[channel], scope, source, at);
                let stop = statement(Some(channel), scope, source);
                model.stops.push(stop);
            }
            Act::StopEverywhere { scope } => {
                kept.stop("", scope, Source::Api, at);
                let stop = statement(None, scope, Source::Api);
                model.stops.push(stop);
            }
            Act::Resume { channel, source } => {
                kept.resume(CHANNELS[channel], source, at);
                let resume = statement(Some(channel), Scope::Marketing, source);
                model.resumes.push(resume);
            }
            Act::Lift => {
                let first = kept
                    .refusals
                    .iter_mut()
                    .find(|refusal| refusal.lifted_at.is_none());
                if let Some(refusal) = first {
                    refusal.lifted_at = Some(now);
                    let channel = CHANNELS.iter().position(|id| *id == refusal.channel_id);
                    for stop in &mut model.stops {
                        stop.lifted |= stop.channel == channel
                            && (stop.scope, stop.source) == (refusal.scope, refusal.source);
                    }
                }
            }
            Act::Template(status, until) => {
                kept.standing = Some(Standing {
                    status: TemplateStatus::from(status.to_owned()),
                    paused_until: until,
                });
                model.template = Some((status, until));
            }
            Act::Judge {
                channel,
                what,
                fallback,
                expires_at,
                flight,
            } => {
                let purpose = match what {
                    What::FreeForm => None,
                    What::Template(purpose) => Some(purpose),
                };
                let fallback = fallback.filter(|_| what == What::FreeForm);
                let case = Case {
                    channel_id: CHANNELS[channel],
                    draft: kept.judged(purpose),
                    fallback: fallback.map(|purpose| kept.judged(Some(purpose))),
                    expires_at,
                    heard: Some(kept.heard.get(&channel).copied().unwrap_or_default()),
                    refusals: &kept.refusals,
                };
                let decided = fate_of(&case.decide(MARGIN, now));
                let expected = model.fate(channel, what, fallback, expires_at, now);
                assert_eq!(decided, expected, "seed {seed} at {now}: {events:#?}");
                // What is promised, said once more without the model's detours: by the time that it
                // arrives somebody has written less than a day ago, heard of or not, unless nobody
                // can know.
                let arrives = now + flight;
                let knows = model
                    .first
                    .get(&channel)
                    .is_some_and(|first| first + WINDOW <= now + MARGIN);
                if decided == Fate::Sent && what == What::FreeForm && knows {
                    let open = events.iter().any(|event| {
                        matches!(event.act, Act::Inbound { channel: of } if of == channel)
                            && (0..WINDOW).contains(&(arrives - event.at))
                    });
                    assert!(open, "seed {seed} at {now}: {events:#?}");
                }
                *fates.entry(word(decided, what)).or_default() += 1;
            }
        }
    }
}

fn word(fate: Fate, what: What) -> &'static str {
    match (fate, what) {
        (Fate::Sent, What::FreeForm) => "free-form sent",
        (Fate::Sent, What::Template(Purpose::Marketing)) => "marketing sent",
        (Fate::Sent, What::Template(_)) => "template sent",
        (Fate::SentFallback, _) => "fallback sent",
        (Fate::Waits, _) => "waits",
        (Fate::Expired, _) => "expired",
        (Fate::Suppressed, What::Template(_)) => "template suppressed",
        (Fate::Suppressed, What::FreeForm) => "free-form suppressed",
        (Fate::Closed, _) => "window closed",
        (Fate::NoTemplate, _) => "no template",
    }
}

#[test]
fn a_hundred_thousand_histories_break_no_window_and_no_refusal() {
    let mut fates = BTreeMap::new();
    for seed in 0..100_000 {
        play(seed, &mut fates);
    }
    // Each outcome came up often, so that each was put to the test.
    assert_eq!(fates.len(), 10, "{fates:?}");
    assert!(fates.values().all(|count| *count > 500), "{fates:?}");
}
