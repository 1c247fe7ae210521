//! Time and trouble on command: ordered travel through time, scripts of faults, webhook faults.

use std::time::Duration;

use jiff::Timestamp;

use crate::agenda;
use crate::clock::later;
use crate::core::{lock, write};
use crate::error::SimulatorError;
use crate::fault::{FaultId, Script};
use crate::simulator::Simulator;
use crate::webhook::WebhookFaults;

impl Simulator {
    /// Moves the clock to `goal`, not backwards. Everything that is due in between happens in order
    /// and at its own time; when it returns, it is done and its notifications were tried.
    ///
    /// `timeout` is real time; when it is over, the clock stays where it has come to.
    pub async fn travel_to(
        &self,
        goal: Timestamp,
        timeout: Duration,
    ) -> Result<(), SimulatorError> {
        self.travel(goal, true, timeout).await
    }

    /// Moves the clock forward by `by`, as [`Simulator::travel_to`] does.
    pub async fn advance(&self, by: Duration, timeout: Duration) -> Result<(), SimulatorError> {
        self.travel_to(later(self.core.clock.now(), by), timeout)
            .await
    }

    /// Moves the clock to the next thing that is due and has it happen; gives its time, or nothing
    /// when nothing is planned.
    pub async fn step(&self, timeout: Duration) -> Result<Option<Timestamp>, SimulatorError> {
        self.settle(timeout).await?;
        let Some(due) = self.next_due() else {
            return Ok(None);
        };
        self.travel_to(due, timeout).await?;
        Ok(Some(due))
    }

    /// Waits until all that is due by now is done and its notifications were tried.
    pub async fn settle(&self, timeout: Duration) -> Result<(), SimulatorError> {
        let settled = self.core.agenda.settled(&self.core, true);
        tokio::time::timeout(timeout, settled)
            .await
            .map_err(|_| self.late(timeout))
    }

    /// When the next thing is due: a status, a retry, whatever was planned.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.core.agenda.next_due()
    }

    pub(crate) async fn travel(
        &self,
        goal: Timestamp,
        webhooks: bool,
        timeout: Duration,
    ) -> Result<(), SimulatorError> {
        tokio::time::timeout(timeout, agenda::travel(&self.core, goal, webhooks))
            .await
            .map_err(|_| self.late(timeout))
    }

    fn late(&self, waited: Duration) -> SimulatorError {
        SimulatorError::TimedOut {
            waited,
            seen: self.pending() as u64,
            wanted: 0,
        }
    }

    /// Orders trouble call by call.
    pub fn script(&self, script: Script) -> FaultId {
        lock(&self.core.faults).add_script(script)
    }

    /// The scripts that are not over.
    pub fn scripts(&self) -> Vec<(FaultId, Script)> {
        lock(&self.core.faults)
            .scripts()
            .map(|(id, script)| (id, script.clone()))
            .collect()
    }

    /// Changes what goes wrong with notifications, from the next one on.
    pub fn set_webhook_faults(&self, faults: WebhookFaults) {
        write(&self.core.knobs).webhook_faults = faults;
    }

    /// What goes wrong with notifications.
    pub fn webhook_faults(&self) -> WebhookFaults {
        self.core.knobs().webhook_faults
    }
}
