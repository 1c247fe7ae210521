//! Users who pay what a message asks for.

use crate::error::SimulatorError;
use crate::payments::{Attempt, pay};
use crate::record::Triggered;
use crate::user::User;

impl User {
    /// Pays the order that a message asks to pay.
    pub async fn pays(&self, wamid: impl AsRef<str>) -> Result<(), SimulatorError> {
        self.tries_to_pay(wamid.as_ref(), Attempt::Captured)
            .await
            .map(drop)
    }

    /// Tries to pay, with this end.
    pub(crate) async fn tries_to_pay(
        &self,
        wamid: &str,
        attempt: Attempt,
    ) -> Result<Triggered, SimulatorError> {
        self.room().await;
        let number = self.number()?;
        let emitted = pay(&self.core, &number, &self.key, wamid, attempt)?;
        Ok(emitted.triggered("payment", Some(wamid.into())))
    }
}
