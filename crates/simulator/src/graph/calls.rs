//! `/{phone_number_id}/calls` and `/{phone_number_id}/call_permissions`. See [Cloud API/Calling].

use serde_json::json;

use crate::calls::{self, CONCURRENT, End, PhoneCall, Progress, tell};
use crate::core::{Core, lock};
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::check::message::{Send, To, is_bsuid, wa_id};
use crate::graph::params::{must_be, required};
use crate::graph::shape::{self, Shape};
use crate::handset::live;
use crate::ids::Bsuid;
use crate::numbers::calling::{is_restricted, is_sip};
use crate::settings::Number;
use crate::world::{Key, World};

/// Look-ups of permissions in a second.
const LOOKUPS: u8 = 5;
const DATA: usize = 512;
const SDP: usize = 65_536;
/// Calling codes whose numbers may not call first: US and CA, TR, EG, VN, NG.
const ANSWER_ONLY: [&str; 5] = ["1", "90", "20", "84", "234"];

/// What an action may name, also where it does not need it.
const SHAPES: [(&str, Shape); 4] = [
    ("to", Shape::Text),
    ("recipient", Shape::Text),
    ("call_id", Shape::Text),
    (
        "session",
        Shape::Object(&[
            ("sdp_type", Shape::Word(&["offer", "answer"])),
            ("sdp", Shape::Text),
        ]),
    ),
];

/// `POST /{phone_number_id}/calls`.
pub(super) fn act(call: &Call, number: &Number) -> Answer {
    call.params.product()?;
    let action = call.params.required_text("action")?;
    let known = ["connect", "pre_accept", "accept", "reject", "terminate"];
    if !known.contains(&action.as_str()) {
        let words = format!("one of {}", known.join(", "));
        return Err(must_be("action", &words));
    }
    shape::parameters(&call.params, &SHAPES)?;
    if let Some(session) = call.params.json("session")? {
        for name in ["sdp_type", "sdp"] {
            if session[name].is_null() {
                return Err(required(&format!("session.{name}")));
            }
        }
    }
    {
        let mut numbers = lock(&call.core.numbers_state);
        let state = numbers.of(&number.id);
        if !state.registered {
            return Err(GraphError::usual(133_010));
        }
        if state.calling["status"] != "ENABLED" {
            return Err(GraphError::usual(138_000));
        }
        let now = call.core.clock.now();
        if action == "connect" && is_restricted(&state.calling, "BUSINESS", now) {
            return Err(GraphError::usual(138_014));
        }
        if is_sip(&state.calling) {
            let details = "The phone number uses SIP: its calls are not made over the Graph API.";
            return Err(GraphError::new(131_055, details));
        }
    }
    if action == "connect" {
        connect(call, number)
    } else {
        answer(call, number, &action)
    }
}

/// The SDP of the session, which must be of this type.
fn session(call: &Call, kind: &str) -> Result<String, GraphError> {
    let session = call.params.json("session")?;
    let session = session.ok_or_else(|| required("session"))?;
    if session["sdp_type"] != kind {
        return Err(must_be("session.sdp_type", kind));
    }
    let sdp = session["sdp"].as_str().unwrap_or_default();
    if !sdp.starts_with("v=0") || sdp.len() > SDP {
        return Err(must_be(
            "session.sdp",
            "an SDP (RFC 8866), which begins with v=0",
        ));
    }
    Ok(sdp.to_owned())
}

/// The user that `to`, or `recipient`, names.
fn user(call: &Call, world: &mut World, number: &Number, phone: &str) -> Result<Key, GraphError> {
    if let Some(input) = call.params.text(phone)? {
        let wa_id =
            wa_id(&input, &number.calling_code).ok_or_else(|| must_be(phone, "a phone number"))?;
        return Ok(Key::clone(&world.by_phone(&call.core.ids, &wa_id).key));
    }
    let bsuid = call.params.text("recipient")?;
    let bsuid = bsuid.ok_or_else(|| required(phone))?;
    if !is_bsuid(&bsuid) {
        return Err(must_be("recipient", "a business-scoped user ID"));
    }
    Ok(Key::clone(&world.by_bsuid(&Bsuid::from(bsuid)).key))
}

fn connect(call: &Call, number: &Number) -> Answer {
    let core = &call.core;
    let offer = session(call, "offer")?;
    let data = call.params.short_text("biz_opaque_callback_data", DATA)?;
    if ANSWER_ONLY.contains(&number.calling_code.as_str()) {
        return Err(GraphError::usual(138_013));
    }
    let now = core.clock.now();
    let mut world = lock(&core.world);
    let key = user(call, &mut world, number, "to")?;
    if lock(&core.numbers_state).of(&number.id).blocked.has(&key) {
        return Err(GraphError::usual(130_403));
    }
    if world.user(&key).is_some_and(|person| person.undeliverable) {
        return Err(GraphError::usual(138_001));
    }
    let mut book = lock(&core.calls);
    book.permission(&number.id, &key).may_call(now)?;
    if book.busy(&number.id, &key) {
        return Err(GraphError::usual(138_003));
    }
    if book.live(&number.id) >= CONCURRENT {
        return Err(GraphError::usual(138_002));
    }
    let mut made = PhoneCall {
        id: String::new(),
        number: number.id.clone(),
        user: key,
        by_business: true,
        at: now,
        progress: Progress::Ringing,
        offer,
        answer: None,
        data,
        payload: None,
        end: End::default(),
    };
    let id = book.add(core.settings.seed, made.clone());
    made.id.clone_from(&id);
    calls::begin(core, &id, true, 0);
    // A phone that is off, or has blocked the number, does not ring.
    if !world.is_out_of_reach(&made.user, &number.id) {
        tell::status(core, &world, &made, "RINGING");
        live::user_changed(core, &made.user);
    }
    Ok(json!({"messaging_product": "whatsapp", "calls": [{"id": id}]}))
}

/// What the business does with a call that exists.
fn answer(call: &Call, number: &Number, action: &str) -> Answer {
    let core = &call.core;
    let id = call.params.required_text("call_id")?;
    let takes = matches!(action, "pre_accept" | "accept");
    let sdp = takes.then(|| session(call, "answer")).transpose()?;
    let data = call.params.short_text("biz_opaque_callback_data", DATA)?;
    let world = lock(&core.world);
    let mut book = lock(&core.calls);
    let known = book.get_mut(&id).filter(|known| known.number == number.id);
    let known = known.ok_or_else(|| must_be("call_id", "the ID of a call of this number"))?;
    let refused = |reason: &str| {
        let details = format!("Param call_id names a call that {reason}.");
        Err(GraphError::new(138_004, details))
    };
    match (action, known.progress) {
        (_, Progress::Over) => return refused("is over"),
        ("pre_accept" | "accept" | "reject", _) if known.by_business => {
            return refused("the business began itself: the user answers it");
        }
        ("pre_accept" | "accept" | "reject", Progress::Talking(_)) => {
            return refused("is accepted already");
        }
        ("pre_accept", Progress::PreAccepted) => return refused("is pre-accepted already"),
        ("accept", Progress::PreAccepted) if known.answer != sdp => {
            return Err(must_be("session.sdp", "the same as in pre_accept"));
        }
        _ => {}
    }
    known.data = data.or(known.data.take());
    match action {
        "pre_accept" => {
            known.answer = sdp;
            known.progress = Progress::PreAccepted;
        }
        "accept" => {
            known.answer = sdp;
            known.progress = Progress::Talking(core.clock.now());
            live::user_changed(core, &known.user);
        }
        _ => {
            known.end.declined = action == "reject";
            let ended = known.clone();
            calls::end(core, &world, &mut book, &ended, None);
        }
    }
    Ok(json!({"messaging_product": "whatsapp", "success": true}))
}

/// `GET /{phone_number_id}/call_permissions`.
pub(super) fn permissions(call: &Call, number: &Number) -> Answer {
    let core = &call.core;
    let now = core.clock.now();
    let mut world = lock(&core.world);
    let key = user(call, &mut world, number, "user_wa_id")?;
    drop(world);
    let mut book = lock(&core.calls);
    let (second, count) = book.looked_up.entry(number.id.clone()).or_default();
    if *second != now.as_second() {
        (*second, *count) = (now.as_second(), 0);
    }
    if *count >= LOOKUPS {
        return Err(GraphError::new(
            613,
            "At most 5 call permissions can be looked up per second.",
        ));
    }
    *count += 1;
    Ok(book.permission(&number.id, &key).shown(now))
}

/// Counts the request for a permission that a message or template carries, or refuses it.
pub(super) fn may_ask(core: &Core, number: &Number, send: &Send) -> Result<(), GraphError> {
    if !send.content.asks_to_call {
        return Ok(());
    }
    let mut world = lock(&core.world);
    let key = match &send.to {
        To::Phone { wa_id, .. } => Key::clone(&world.by_phone(&core.ids, wa_id).key),
        To::Bsuid(bsuid) => Key::clone(&world.by_bsuid(bsuid).key),
        To::Group(_) => return Ok(()),
    };
    drop(world);
    let mut book = lock(&core.calls);
    book.permission(&number.id, &key).ask(core.clock.now())
}
