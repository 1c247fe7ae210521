//! Steps by which something happens: users act, the platform does something, trouble is ordered.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::core::lock;
use crate::error::SimulatorError;
use crate::ids::Wamid;
use crate::scenario::stage::{Branch, Someone, Stage, told};
use crate::scenario::step::{
    Act, AnswersFlow, Change, Picks, Power, Says, Sends, Shares, SharesContact, Taps, Trigger,
};
use crate::user::User;
use crate::webhook::subscriptions::FIELDS;
use crate::world::inbound::Draft;
use crate::world::status::lane_key;

/// Fields whose changes belong to an account and not to a number.
const OF_ACCOUNT: [&str; 8] = [
    "account_",
    "business_",
    "flows",
    "message_template_",
    "partner_",
    "payment_",
    "phone_number_",
    "template_",
];

/// Does a step; the answer is a remark for the report, or why it cannot be done.
pub(crate) async fn act(stage: &Stage, branch: &mut Branch, act: &Act) -> Result<String, String> {
    match act {
        Act::Says(says) => self::says(stage, branch, says).await,
        Act::Sends(sends) => self::sends(stage, branch, sends).await,
        Act::Shares(shares) => self::shares(stage, branch, shares).await,
        Act::SharesContact(shares) => shares_contact(stage, branch, shares).await,
        Act::Message(message) => {
            let someone = stage.someone(branch, message.user.as_deref());
            let sent = someone
                .user
                .sends(&message.message.kind, message.message.content.clone())
                .await;
            keep(
                branch,
                message.name.as_deref(),
                Some(&sent.map_err(|error| told(&error))?),
            );
            Ok(String::new())
        }
        Act::Taps(taps) => self::taps(stage, branch, taps).await,
        Act::Picks(picks) => self::picks(stage, branch, picks).await,
        Act::Reacts(reacts) => {
            let someone = stage.someone(branch, reacts.user.as_deref());
            let wamid = stage.of_bot(branch, someone, reacts.to.as_deref())?;
            let sent = someone.user.reacts(wamid, &reacts.reacts).await;
            sent.map(|_| String::new()).map_err(|error| told(&error))
        }
        Act::Reads(reads) => {
            let someone = stage.someone(branch, reads.user.as_deref());
            let wamid = stage.of_bot(branch, someone, Some(&reads.reads))?;
            let number = number_of(stage, someone, &wamid);
            let done = number.reads(wamid).await;
            done.map(|()| String::new()).map_err(|error| told(&error))
        }
        Act::AnswersFlow(answer) => answers_flow(stage, branch, answer).await,
        Act::Phone(phone) => {
            let someone = stage.someone(branch, phone.user.as_deref());
            let body = json!({"phone_off": phone.phone == Power::Off});
            handset(stage, someone, &body).await
        }
        Act::Blocks(blocks) => {
            let someone = stage.someone(branch, blocks.user.as_deref());
            let number = stage.simulator.settings().numbers.first();
            let number = number.map(|number| number.id.clone());
            let body = json!({"blocked": blocks.blocks, "phone_number_id": number});
            handset(stage, someone, &body).await
        }
        Act::OptsOut(out) => {
            let someone = stage.someone(branch, out.user.as_deref()).clone();
            let name = if out.opts_out { "stop" } else { "resume" };
            let name = format!("user_preferences.{name}");
            event(stage, &name, &Map::new(), &someone, None).await?;
            arrived(stage).await
        }
        Act::Silent(silent) => {
            let until = crate::clock::later(stage.time.now(), silent.silent.0);
            stage.time.pass(until, || None::<()>).await;
            Ok(String::new())
        }
        Act::Clock(to) => {
            if to.clock < stage.time.now() {
                return Err(format!("it is {} already", stage.time.now()));
            }
            stage.time.pass(to.clock, || None::<()>).await;
            Ok(String::new())
        }
        Act::Trigger(trigger) => {
            self::trigger(stage, branch, trigger).await?;
            arrived(stage).await
        }
        Act::Webhook(webhook) => {
            self::webhook(stage, branch, &webhook.webhook)?;
            arrived(stage).await
        }
        Act::WebhookTrouble(trouble) => {
            stage
                .relay
                .trouble(trouble.webhook_trouble, trouble.status, trouble.times);
            Ok(String::new())
        }
        Act::Fault(order) => {
            stage.simulator.fault(order.fault.clone());
            Ok(String::new())
        }
        Act::ClearFaults(clear) => {
            if clear.clear_faults {
                stage.simulator.clear_faults();
            }
            Ok(String::new())
        }
        Act::Note(note) if note.note.is_empty() => Err("the note is empty".to_owned()),
        _ => Ok(String::new()),
    }
}

/// Waits until the bot has heard of it: what the platform tells may otherwise overtake it.
async fn arrived(stage: &Stage) -> Result<String, String> {
    stage.time.pass(stage.time.now(), || None::<()>).await;
    Ok(String::new())
}

async fn says(stage: &Stage, branch: &mut Branch, says: &Says) -> Result<String, String> {
    let someone = stage.someone(branch, says.user.as_deref());
    let user = Stage::at_number(someone, says.number.as_deref());
    let sent = match &says.replies_to {
        None => user.says(&says.says).await,
        Some(name) => {
            let wamid = stage.of_bot(branch, someone, Some(name))?;
            user.replies(wamid, &says.says).await
        }
    };
    let wamid = sent.map_err(|error| told(&error))?;
    keep(branch, says.name.as_deref(), Some(&wamid));
    Ok(String::new())
}

async fn sends(stage: &Stage, branch: &mut Branch, sends: &Sends) -> Result<String, String> {
    let someone = stage.someone(branch, sends.user.as_deref()).clone();
    let name = format!("message.{}", sends.sends);
    let number = sends.number.as_deref();
    let wamid = event(stage, &name, &sends.with, &someone, number).await?;
    keep(branch, sends.name.as_deref(), wamid.as_ref());
    Ok(String::new())
}

async fn shares(stage: &Stage, branch: &mut Branch, shares: &Shares) -> Result<String, String> {
    let someone = stage.someone(branch, shares.user.as_deref());
    let mut draft = Draft::new("location", json!(shares.shares));
    if let Some(name) = &shares.replies_to {
        let wamid = stage.of_bot(branch, someone, Some(name))?;
        let number = someone.user.number().map_err(|error| told(&error))?;
        draft = draft.answering(&number, &wamid);
    }
    let sent = someone.user.write(draft, "message.location").await;
    let wamid = sent.map_err(|error| told(&error))?.wamid;
    keep(branch, shares.name.as_deref(), wamid.as_ref());
    Ok(String::new())
}

async fn shares_contact(
    stage: &Stage,
    branch: &mut Branch,
    shares: &SharesContact,
) -> Result<String, String> {
    let card = &shares.shares_contact;
    let with = object(json!({"name": card.name, "phone": card.phone}));
    let someone = stage.someone(branch, shares.user.as_deref()).clone();
    let wamid = event(stage, "message.contacts", &with, &someone, None).await?;
    keep(branch, shares.name.as_deref(), wamid.as_ref());
    Ok(String::new())
}

/// Tries the named message, or all from the last one back until one has the button.
async fn taps(stage: &Stage, branch: &mut Branch, taps: &Taps) -> Result<String, String> {
    let someone = stage.someone(branch, taps.user.as_deref()).clone();
    let wamids = candidates(stage, branch, &someone, taps.of.as_deref())?;
    for wamid in wamids {
        let user = number_of(stage, &someone, &wamid);
        if let Ok(answer) = user.taps_button(&wamid, &taps.taps).await {
            keep(branch, taps.name.as_deref(), Some(&answer));
            return Ok(String::new());
        }
    }
    Err(format!("there is no button `{}` to tap", taps.taps))
}

async fn picks(stage: &Stage, branch: &mut Branch, picks: &Picks) -> Result<String, String> {
    let someone = stage.someone(branch, picks.user.as_deref()).clone();
    let wamids = candidates(stage, branch, &someone, picks.of.as_deref())?;
    for wamid in wamids {
        let user = number_of(stage, &someone, &wamid);
        if let Ok(answer) = user.picks_row(&wamid, &picks.picks).await {
            keep(branch, picks.name.as_deref(), Some(&answer));
            return Ok(String::new());
        }
    }
    Err(format!("there is no row `{}` to pick", picks.picks))
}

fn candidates(
    stage: &Stage,
    branch: &Branch,
    someone: &Someone,
    of: Option<&str>,
) -> Result<Vec<String>, String> {
    if of.is_some() {
        return Ok(vec![stage.of_bot(branch, someone, of)?]);
    }
    let came = stage.came(someone, None);
    Ok(came
        .iter()
        .rev()
        .map(|message| message.wamid.to_string())
        .collect())
}

/// The user, chatting with the number that sent this message.
fn number_of(stage: &Stage, someone: &Someone, wamid: &str) -> User {
    let came = stage.came(someone, None);
    match came.iter().find(|message| message.wamid.as_str() == wamid) {
        Some(message) => someone.user.with(&message.number),
        None => someone.user.clone(),
    }
}

async fn answers_flow(
    stage: &Stage,
    branch: &mut Branch,
    answer: &AnswersFlow,
) -> Result<String, String> {
    let someone = stage.someone(branch, answer.user.as_deref());
    let came = stage.came(someone, None);
    let flow = match &answer.of {
        Some(name) => {
            let wamid = Stage::named(branch, name)?;
            came.iter().find(|message| message.wamid.as_str() == wamid)
        }
        None => came
            .iter()
            .rev()
            .find(|message| message.kind == "interactive.flow"),
    };
    let flow = flow.ok_or("there is no flow message to answer")?;
    let mut data = answer.answers_flow.clone();
    let token = flow.content().pointer("/action/parameters/flow_token");
    data.entry("flow_token")
        .or_insert_with(|| token.cloned().unwrap_or_else(|| json!("unused")));
    let reply =
        json!({"name": "flow", "body": "Sent", "response_json": Value::Object(data).to_string()});
    let draft = Draft::new(
        "interactive",
        json!({"type": "nfm_reply", "nfm_reply": reply}),
    );
    let number = someone.user.number().map_err(|error| told(&error))?;
    let draft = draft.answering(&number, flow.wamid.as_str());
    let sent = someone
        .user
        .write(draft, "message.interactive.nfm_reply")
        .await;
    let wamid = sent.map_err(|error| told(&error))?.wamid;
    keep(branch, answer.name.as_deref(), wamid.as_ref());
    Ok(String::new())
}

async fn handset(stage: &Stage, someone: &Someone, body: &Value) -> Result<String, String> {
    let who: String = url::form_urlencoded::byte_serialize(someone.who.as_bytes()).collect();
    stage.admin(&format!("/users/{who}/handset"), body).await?;
    Ok(String::new())
}

async fn trigger(stage: &Stage, branch: &mut Branch, trigger: &Trigger) -> Result<String, String> {
    let someone = stage.someone(branch, trigger.user.as_deref()).clone();
    let wamid = event(stage, &trigger.trigger, &trigger.with, &someone, None).await?;
    keep(branch, trigger.name.as_deref(), wamid.as_ref());
    Ok(String::new())
}

/// Makes an event happen; the user is filled in.
async fn event(
    stage: &Stage,
    name: &str,
    with: &Map<String, Value>,
    someone: &Someone,
    number: Option<&str>,
) -> Result<Option<Wamid>, String> {
    let mut params = with.clone();
    if !params.contains_key("wamid") {
        params
            .entry("user")
            .or_insert_with(|| json!(someone.who.clone()));
    }
    if let Some(number) = number {
        params.insert("phone_number_id".to_owned(), json!(number));
    }
    let triggered = stage.simulator.trigger(name, Value::Object(params)).await;
    triggered
        .map(|triggered| triggered.wamid)
        .map_err(|error: SimulatorError| told(&error))
}

/// Sends any change as the platform would.
fn webhook(stage: &Stage, branch: &Branch, change: &Change) -> Result<String, String> {
    let field = FIELDS
        .iter()
        .find(|field| **field == change.field)
        .ok_or_else(|| {
            format!(
                "there is no field `{}`; permitted: {}",
                change.field,
                FIELDS.join(", ")
            )
        })?;
    let core = stage.simulator.core();
    let number = core.number_or_first(None).map_err(|error| told(&error))?;
    let mut value = change.value.clone();
    if OF_ACCOUNT.iter().any(|start| field.starts_with(start)) {
        core.emit_for_waba(&number.waba, field, &Value::Object(value));
        return Ok(String::new());
    }
    value
        .entry("messaging_product")
        .or_insert_with(|| json!("whatsapp"));
    value.entry("metadata").or_insert_with(|| {
        json!({"display_phone_number": number.display_phone_number, "phone_number_id": number.id})
    });
    know_groups(stage, branch, &value)?;
    let key = lane_key(&branch.someone.who, None);
    core.emit(&number, field, key, &Value::Object(value));
    Ok(String::new())
}

/// A group that only a notification names is there from then on, so that it can be answered.
fn know_groups(stage: &Stage, branch: &Branch, value: &Map<String, Value>) -> Result<(), String> {
    let messages = value.get("messages").and_then(Value::as_array);
    for message in messages.into_iter().flatten() {
        let Some(group) = message.get("group_id").and_then(Value::as_str) else {
            continue;
        };
        let known = lock(&stage.simulator.core().groups).get(group).is_some();
        if !known {
            let from = message.get("from").and_then(Value::as_str);
            let from = from.unwrap_or(&branch.someone.who);
            let made = stage.simulator.put_group(group, &[from]);
            made.map_err(|error| told(&error))?;
        }
    }
    Ok(())
}

/// Remembers a message under the name given with `as`.
fn keep(branch: &mut Branch, name: Option<&str>, wamid: Option<&Wamid>) {
    if let (Some(name), Some(wamid)) = (name, wamid) {
        branch.vars.set(name, wamid.as_str());
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// How long an expectation waits when it does not say.
pub(crate) const WITHIN: Duration = Duration::from_secs(5);
