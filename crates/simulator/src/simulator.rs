//! The handle: what tests and the command line do with a running simulator.

mod accounts;
mod control;
mod groups;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::core::{Core, lock, read, write};
use crate::error::SimulatorError;
use crate::fault::{Fault, FaultId};
use crate::graph::NEWEST;
use crate::ids::{MediaId, PhoneNumberId, Wamid};
use crate::media::{Intake, Origin};
use crate::record::{Accepted, Delivery, Duplicate, Triggered};
use crate::settings::{Delays, Settings};
use crate::template::Template;
use crate::uploads::UploadedFile;
use crate::user::User;
use crate::webhook::challenge;
use crate::webhook::subscriptions::AppCallback;
use crate::{admin, agenda, graph, handset, server, trigger};

/// A handle on a running simulator; clones share it.
#[derive(Clone, Debug)]
pub struct Simulator {
    core: Arc<Core>,
}

/// A started simulator: where it listens, its handle, and its end.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// `http://` and the address: the base URL for clients, without a version.
    pub base_url: String,
    /// The handle.
    pub simulator: Simulator,
}

impl Running {
    /// Stops accepting, ends every task, and returns when the last one is gone.
    ///
    /// Notifications that were not delivered yet are dropped.
    pub async fn shutdown(self) {
        let core = &self.simulator.core;
        core.stop.cancel();
        core.tasks.close();
        core.tasks.wait().await;
    }
}

impl Simulator {
    /// Starts the simulator on `listener`. Must be called inside a tokio runtime.
    pub fn start(settings: Settings, listener: TcpListener) -> Result<Running, SimulatorError> {
        Self::start_with(settings, listener, |graph| graph)
    }

    /// The same, with something around every Graph call.
    pub(crate) fn start_with(
        settings: Settings,
        listener: TcpListener,
        around: impl FnOnce(Router) -> Router,
    ) -> Result<Running, SimulatorError> {
        let addr = listener
            .local_addr()
            .map_err(|error| SimulatorError::Start(Box::new(error)))?;
        let base_url = format!("http://{addr}");
        let public = settings
            .public_url
            .clone()
            .unwrap_or_else(|| base_url.clone());
        let core = Arc::new(Core::new(
            settings,
            public.trim_end_matches('/').to_owned(),
        )?);
        let simulator = Self {
            core: Arc::clone(&core),
        };
        let router = around(graph::router().with_state(Arc::clone(&core)))
            .merge(handset::page::router())
            .nest("/sim/v1", admin::router(simulator.clone()));
        core.tasks.spawn(agenda::run(Arc::clone(&core)));
        core.tasks
            .spawn(server::serve(Arc::clone(&core), listener, router));
        Ok(Running {
            addr,
            base_url,
            simulator,
        })
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The platform's clock.
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// The settings it was started with.
    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }

    /// Subscribes the settings' app to every field and every WABA: verifies `callback_url` with a real GET
    /// and the settings' verify token, then sends notifications there.
    pub async fn subscribe(&self, callback_url: &str) -> Result<(), SimulatorError> {
        let verify_token = self.core.settings.app.verify_token.clone();
        self.subscribe_with(callback_url, verify_token.expose())
            .await
    }

    /// The same with another verify token.
    pub async fn subscribe_with(
        &self,
        callback_url: &str,
        verify_token: &str,
    ) -> Result<(), SimulatorError> {
        challenge::verify(&self.core, callback_url, verify_token).await?;
        let app = &self.core.settings.app.id;
        let callback = AppCallback::whole(callback_url, NEWEST);
        let mut subscriptions = lock(&self.core.subscriptions);
        subscriptions.apps.insert(app.clone(), callback);
        for waba in read(&self.core.accounts).wabas() {
            let apps = subscriptions.wabas.entry(waba.id.clone()).or_default();
            apps.entry(app.clone()).or_default();
        }
        Ok(())
    }

    /// Ends every subscription; what is queued is tried again until its schedule ends.
    pub fn unsubscribe(&self) {
        lock(&self.core.subscriptions).clear();
    }

    /// The user with this phone number, created on first use. `+15551234567` and `15551234567`
    /// are one.
    pub fn user(&self, phone: &str) -> User {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let key = Arc::clone(&lock(&self.core.world).by_phone(&self.core.ids, &digits).key);
        User::new(Arc::clone(&self.core), key)
    }

    /// The user who shows a username and no phone number, created on first use.
    pub fn username_user(&self, username: &str) -> User {
        let key = Arc::clone(
            &lock(&self.core.world)
                .by_username(&self.core.ids, username)
                .key,
        );
        User::new(Arc::clone(&self.core), key)
    }

    /// The accepted sends still remembered, oldest first.
    pub fn accepted(&self) -> Vec<Accepted> {
        lock(&self.core.world)
            .messages()
            .map(|message| message.accepted.record())
            .collect()
    }

    /// How many sends were accepted since the start.
    pub fn accepted_count(&self) -> u64 {
        *self.core.accepted.borrow()
    }

    /// Waits until `n` sends were accepted since the start; gives those still remembered.
    pub async fn wait_for_accepted(
        &self,
        n: u64,
        timeout: Duration,
    ) -> Result<Vec<Accepted>, SimulatorError> {
        let mut count = self.core.accepted.subscribe();
        // The borrow of the count ends with this statement: `accepted` takes another lock.
        let reached = tokio::time::timeout(timeout, count.wait_for(|seen| *seen >= n))
            .await
            .is_ok_and(|count| count.is_ok());
        if reached {
            return Ok(self.accepted());
        }
        let seen = self.accepted_count();
        Err(SimulatorError::TimedOut {
            waited: timeout,
            seen,
            wanted: n,
        })
    }

    /// Callback data carried by more than one remembered accepted send.
    pub fn duplicates(&self) -> Vec<Duplicate> {
        let world = lock(&self.core.world);
        let mut carriers: HashMap<&str, Vec<_>> = HashMap::new();
        for message in world.messages() {
            if let Some(data) = message.accepted.callback_data() {
                carriers
                    .entry(data)
                    .or_default()
                    .push(Wamid::from(message.accepted.wamid()));
            }
        }
        let mut duplicates: Vec<_> = carriers
            .into_iter()
            .filter(|(_, wamids)| wamids.len() > 1)
            .map(|(data, wamids)| Duplicate {
                callback_data: data.to_owned(),
                wamids,
            })
            .collect();
        duplicates.sort_by(|one, other| one.callback_data.cmp(&other.callback_data));
        duplicates
    }

    /// The remembered webhook deliveries, by what happened first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let mut deliveries: Vec<_> = lock(&self.core.office.log).kept().cloned().collect();
        // The lanes take turns as it comes; what they carry has an order that a seed repeats.
        deliveries.sort_by_key(|delivery| (delivery.updates.first().copied(), delivery.id));
        deliveries
    }

    /// How many notifications were answered with 200 since the start.
    pub fn delivered_count(&self) -> u64 {
        lock(&self.core.office.log).delivered
    }

    /// Updates that are scheduled, queued, in flight or waiting for a retry.
    pub fn pending(&self) -> usize {
        self.core.office.pending()
    }

    /// Waits until nothing is pending. A fixed clock that nobody moves keeps delayed steps pending.
    pub async fn wait_until_idle(&self, timeout: Duration) -> Result<(), SimulatorError> {
        tokio::time::timeout(timeout, self.core.office.wait_for(0))
            .await
            .map_err(|_| {
                let left = self.pending() as u64;
                SimulatorError::TimedOut {
                    waited: timeout,
                    seen: left,
                    wanted: 0,
                }
            })
    }

    /// Makes `event` happen (names: [`Simulator::events`]). `params` is an object or null.
    pub async fn trigger(&self, event: &str, params: Value) -> Result<Triggered, SimulatorError> {
        trigger::trigger(self, event, &params).await
    }

    /// The names that [`Simulator::trigger`] knows, each with what it does.
    pub fn events() -> &'static [(&'static str, &'static str)] {
        &trigger::EVENTS
    }

    /// Orders trouble.
    pub fn fault(&self, fault: Fault) -> FaultId {
        lock(&self.core.faults).add(fault)
    }

    /// Ends one fault; tells whether it was still in force.
    pub fn clear_fault(&self, id: FaultId) -> bool {
        lock(&self.core.faults).clear(id)
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        lock(&self.core.faults).clear_all();
    }

    /// The faults in force.
    pub fn faults(&self) -> Vec<(FaultId, Fault)> {
        lock(&self.core.faults)
            .active()
            .map(|(id, fault)| (id, fault.clone()))
            .collect()
    }

    /// Changes when statuses come, from the next step on.
    pub fn set_delays(&self, delays: Delays) {
        write(&self.core.knobs).delays = delays;
    }

    /// Adds or replaces a template of its WABA, or of every WABA.
    pub fn put_template(&self, template: Template) {
        let mut templates = write(&self.core.templates);
        templates.retain(|old| {
            old.name != template.name
                || old.language != template.language
                || old.waba != template.waba
        });
        templates.push(template);
    }

    /// The templates, in the order in which they were added.
    pub fn templates(&self) -> Vec<Template> {
        read(&self.core.templates).clone()
    }

    /// The file behind the handle of a resumable upload, `4:…`.
    pub fn uploaded(&self, handle: &str) -> Option<UploadedFile> {
        let file = self.core.uploads.handle(handle)?;
        Some(UploadedFile {
            file_name: file.file_name,
            mime_type: file.mime_type,
            bytes: file.chunks.concat().into(),
        })
    }

    /// Stores a file under a chosen id, as if the first number had uploaded it.
    pub fn put_media(&self, id: &str, mime_type: &str, bytes: impl Into<Bytes>) -> MediaId {
        let number = read(&self.core.numbers)
            .first()
            .map(|number| number.id.clone());
        let number = number.unwrap_or_else(|| PhoneNumberId::from(""));
        let mut intake = Intake::default();
        intake.push(bytes.into());
        let id = Some(MediaId::from(id));
        intake
            .store(&self.core, &number, mime_type, Origin::Uploaded, id)
            .id
            .clone()
    }
}
