//! What a test orders about Flows.

use crate::core::lock;
use crate::error::SimulatorError;
use crate::flows::{self, FlowStatus, alert, cipher};
use crate::ids::PhoneNumberId;
use crate::record::Triggered;
use crate::simulator::Simulator;

impl Simulator {
    /// Brings a Flow into a state, as Meta's monitoring does, and tells the business.
    pub fn set_flow_status(
        &self,
        flow: &str,
        status: FlowStatus,
    ) -> Result<Triggered, SimulatorError> {
        flows::set_status(self.core(), flow, status).ok_or(SimulatorError::Unknown { kind: "flow" })
    }

    /// Tells of a Flow's endpoint: `CLIENT_ERROR_RATE`, `ENDPOINT_ERROR_RATE`, `ENDPOINT_LATENCY`
    /// or `ENDPOINT_AVAILABILITY`; an alert that is not active ended.
    pub fn flow_alert(
        &self,
        flow: &str,
        event: &str,
        active: bool,
    ) -> Result<Triggered, SimulatorError> {
        let core = self.core();
        let known = core.flows.get(flow);
        let known = known.ok_or(SimulatorError::Unknown { kind: "flow" })?;
        let value = alert::alert(flow, event, active);
        let value = value.ok_or(SimulatorError::Unknown { kind: "alert" })?;
        Ok(flows::tell(core, &known, &value))
    }

    /// The public key (PEM) that requests to data endpoints are encrypted with.
    pub fn set_flow_key(
        &self,
        number: impl Into<PhoneNumberId>,
        pem: &str,
    ) -> Result<(), SimulatorError> {
        if cipher::public_key(pem).is_none() {
            return Err(super::broken("pem", "is not an RSA public key in PEM"));
        }
        let mut numbers = lock(&self.core().numbers_state);
        let state = numbers.of(&number.into());
        state.public_key = Some(pem.to_owned());
        state.key_is_signed = true;
        Ok(())
    }
}
