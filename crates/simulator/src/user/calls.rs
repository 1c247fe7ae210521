//! Users who call, answer, decline and hang up, and who allow to be called.

use serde_json::json;

use crate::calls::permission::{self, Grant};
use crate::calls::{self, End, PhoneCall, Progress, tell};
use crate::chance::mix;
use crate::core::{Emitted, lock, read};
use crate::error::SimulatorError;
use crate::handset::live;
use crate::ids::Wamid;
use crate::numbers::calling::is_restricted;
use crate::numbers::hours;
use crate::user::User;
use crate::world::inbound::{Draft, put};

impl User {
    /// Calls the business. Gives the id of the call.
    pub async fn calls(&self) -> Result<String, SimulatorError> {
        self.calls_with(None).await
    }

    /// Calls the business by a call button that carries this payload.
    pub async fn calls_with(&self, payload: Option<&str>) -> Result<String, SimulatorError> {
        Ok(self.rings(payload).await?.0)
    }

    /// Calls the business; gives the call and what left.
    pub(crate) async fn rings(
        &self,
        payload: Option<&str>,
    ) -> Result<(String, Option<Emitted>), SimulatorError> {
        self.room().await;
        let number = self.number()?;
        let core = &self.core;
        let refused = |reason: &str| SimulatorError::Parameter {
            name: "number",
            reason: reason.to_owned(),
        };
        let callback = {
            let mut numbers = lock(&core.numbers_state);
            let state = numbers.of(&number.id);
            if state.calling["status"] != "ENABLED" {
                return Err(refused("takes no calls: enable calling in its settings"));
            }
            if is_restricted(&state.calling, "USER", core.clock.now()) {
                return Err(refused(
                    "may take no calls at present: its calls are restricted",
                ));
            }
            if !hours::are_open(&state.calling, core.clock.now()) {
                return Err(refused(
                    "takes no calls now: it is outside of its call hours",
                ));
            }
            if !state.hears(&self.key) {
                return Err(refused("is not reachable for this user"));
            }
            state.calling["callback_permission_status"] == "ENABLED"
        };
        let now = core.clock.now();
        let mut world = lock(&core.world);
        let mut book = lock(&core.calls);
        if book.busy(&number.id, &self.key) {
            return Err(refused("is in a call with this user already"));
        }
        if book.live(&number.id) >= calls::CONCURRENT {
            return Err(refused("is busy: it has 1000 calls"));
        }
        let unique = now.as_second().unsigned_abs() ^ book.live(&number.id) as u64;
        let unique = mix(core.settings.seed, 222, unique);
        let mut call = PhoneCall {
            id: String::new(),
            number: number.id.clone(),
            user: self.key.clone(),
            by_business: false,
            at: now,
            progress: Progress::Ringing,
            offer: calls::sdp("actpass", unique),
            answer: None,
            data: None,
            payload: payload.map(str::to_owned),
            end: End::default(),
        };
        call.id = book.add(core.settings.seed, call.clone());
        drop(book);
        live::user_changed(core, &self.key);
        calls::begin(core, &call.id, false, unique);
        world.called(&self.key, &number.id, now);
        let session = json!({"sdp_type": "offer", "sdp": call.offer});
        let event = json!({"event": "connect", "session": session});
        let emitted = tell::event(core, &world, &call, event, None);
        if callback {
            let week = Some(permission::temporary(core));
            let draft = permission::reply(core, &number.id, &self.key, week, true);
            let draft = draft.answering(&number, &call.id);
            put(
                core,
                &mut world,
                &number,
                &self.key,
                draft,
                "call.permission",
            )?;
        }
        Ok((call.id, emitted))
    }

    /// Takes a call of the business.
    pub async fn answers(&self, call: &str) -> Result<(), SimulatorError> {
        self.room().await;
        let core = &self.core;
        let world = lock(&core.world);
        let mut book = lock(&core.calls);
        let now = core.clock.now();
        let known = self.ringing(book.get_mut(call))?;
        known.progress = Progress::Talking(now);
        let unique = mix(core.settings.seed, 223, now.as_second().unsigned_abs());
        let answer = calls::sdp("active", unique);
        known.answer = Some(answer.clone());
        let known = known.clone();
        live::user_changed(core, &self.key);
        book.permission(&known.number, &known.user).connected(now);
        let session = json!({"sdp_type": "answer", "sdp": answer});
        let event = json!({"event": "connect", "session": session});
        tell::event(core, &world, &known, event, None);
        tell::status(core, &world, &known, "ACCEPTED");
        Ok(())
    }

    /// Refuses a call of the business.
    pub async fn declines(&self, call: &str) -> Result<(), SimulatorError> {
        self.room().await;
        let core = &self.core;
        let mut world = lock(&core.world);
        let mut book = lock(&core.calls);
        let known = self.ringing(book.get_mut(call))?;
        known.end.declined = true;
        let known = known.clone();
        tell::status(core, &world, &known, "REJECTED");
        calls::end(core, &world, &mut book, &known, None);
        let now = core.clock.now();
        let revoked = book.permission(&known.number, &known.user).unanswered(now);
        drop(book);
        if revoked {
            permission::revoked(core, &mut world, call);
        }
        Ok(())
    }

    /// A call of the business to this user that rings.
    fn ringing<'a>(
        &self,
        call: Option<&'a mut PhoneCall>,
    ) -> Result<&'a mut PhoneCall, SimulatorError> {
        let call = call.filter(|call| call.user == self.key && call.by_business);
        call.filter(|call| call.progress == Progress::Ringing)
            .ok_or(SimulatorError::Unknown {
                kind: "ringing call",
            })
    }

    /// Ends a call, whoever began it.
    pub async fn hangs_up(&self, call: &str) -> Result<(), SimulatorError> {
        self.ends(call).await.map(drop)
    }

    /// Ends a call; gives what left.
    pub(crate) async fn ends(&self, call: &str) -> Result<Option<Emitted>, SimulatorError> {
        self.room().await;
        let core = &self.core;
        let world = lock(&core.world);
        let mut book = lock(&core.calls);
        let known = book.get(call).cloned();
        let known = known.filter(|known| known.user == self.key);
        let known = known.filter(|known| known.progress != Progress::Over);
        let known = known.ok_or(SimulatorError::Unknown { kind: "call" })?;
        Ok(calls::end(core, &world, &mut book, &known, None))
    }

    /// Answers a request to be called: allows it for seven days or for good.
    pub async fn permits_calls(
        &self,
        wamid: impl AsRef<str>,
        permanently: bool,
    ) -> Result<Wamid, SimulatorError> {
        let draft = self.call_reply(wamid.as_ref(), true, permanently)?;
        self.post(draft, "call.permission").await
    }

    /// Answers a request to be called: does not allow it.
    pub async fn refuses_calls(&self, wamid: impl AsRef<str>) -> Result<Wamid, SimulatorError> {
        let draft = self.call_reply(wamid.as_ref(), false, false)?;
        self.post(draft, "call.permission").await
    }

    /// The answer to a request to be called, which holds from now on.
    pub(crate) fn call_reply(
        &self,
        wamid: &str,
        accepts: bool,
        permanently: bool,
    ) -> Result<Draft, SimulatorError> {
        if !self.is_asked_for_calls(wamid)? {
            return Err(SimulatorError::Parameter {
                name: "wamid",
                reason: "names no message that asks for permission to call".to_owned(),
            });
        }
        let number = self.number()?;
        let grant = accepts.then(|| {
            if permanently {
                Grant::Permanent
            } else {
                permission::temporary(&self.core)
            }
        });
        let draft = permission::reply(&self.core, &number.id, &self.key, grant, false);
        Ok(draft.answering(&number, wamid))
    }

    /// Whether a message asks for permission to call: an interactive one, or a template's component.
    fn is_asked_for_calls(&self, wamid: &str) -> Result<bool, SimulatorError> {
        let body = self.body_of(wamid)?;
        let Some(template) = body.get("template") else {
            return Ok(body["interactive"]["type"] == "call_permission_request");
        };
        let templates = read(&self.core.templates);
        Ok(templates
            .iter()
            .any(|known| known.call_permission_request && template["name"] == known.name.as_str()))
    }
}
