//! Template management from a test: rulings on command, and how the review goes on.

use crate::core::{lock, write};
use crate::error::SimulatorError;
use crate::record::Triggered;
use crate::simulator::Simulator;
use crate::template::{Review, Ruling, review};

impl Simulator {
    /// Decides about a template as the platform would; the business is told.
    pub fn review_template(&self, id: u64, ruling: Ruling) -> Result<Triggered, SimulatorError> {
        let emitted = review::rule(self.core(), id, ruling, None)?;
        Ok(emitted.triggered("template", None))
    }

    /// Changes how templates are reviewed, from the next creation or edit on.
    pub fn set_review(&self, review: Review) {
        write(&self.core().knobs).review = review;
    }

    /// How templates are reviewed now.
    pub fn review(&self) -> Review {
        self.core().knobs().review
    }

    /// Lets `users` users block the business because of a template; the comparison of two
    /// templates shows it.
    pub fn block_over_template(
        &self,
        id: u64,
        users: u64,
        reason: &str,
    ) -> Result<(), SimulatorError> {
        let core = self.core();
        review::find(core, id).ok_or(SimulatorError::Unknown { kind: "template" })?;
        let mut desk = lock(&core.desk);
        let dossier = desk.of(id);
        dossier.blocks = dossier.blocks.saturating_add(users);
        dossier.block_reason = Some(reason.to_owned());
        Ok(())
    }
}
