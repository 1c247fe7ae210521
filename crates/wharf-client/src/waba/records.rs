//! Smaller lists of a WABA: its audit log, schedules and solutions.

use serde::{Deserialize, Serialize};

use super::Waba;
use crate::call::Call;
use crate::fields::Fields;
use crate::graph;
use crate::pages::Pages;

impl Waba {
    /// Who changed what in the WABA, a page at a time.
    ///
    /// See [Cloud API/WhatsApp business account activities].
    pub fn activities(&self) -> Pages<Activity> {
        self.pages("activities.list", "activities", &[])
    }

    /// The schedules of the WABA, a page at a time.
    ///
    /// See [Cloud API/WhatsApp business account schedules].
    pub fn schedules(&self) -> Pages<Schedule> {
        self.pages("schedules.list", "schedules", &[])
    }

    /// Makes a schedule: the fields of Meta's page.
    ///
    /// See [Cloud API/WhatsApp business account schedules].
    pub fn create_schedule(&self, schedule: impl Into<Fields>) -> Call<Schedule> {
        let body = schedule.into();
        graph::post(
            self.client(),
            "schedules.create",
            &self.edge("schedules"),
            &body,
        )
    }

    /// The multi-partner solutions of the WABA, a page at a time.
    ///
    /// See [Cloud API/Multi-partner solutions].
    pub fn solutions(&self) -> Pages<Solution> {
        self.pages("solutions.list", "solutions", &[])
    }
}

/// A change in a WABA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Activity(Fields);

impl Activity {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// What was changed.
    pub fn activity_type(&self) -> Option<&str> {
        self.0.text("activity_type")
    }

    /// When, as Meta writes times.
    pub fn timestamp(&self) -> Option<&str> {
        self.0.text("timestamp")
    }

    /// What kind of user did it.
    pub fn actor_type(&self) -> Option<&str> {
        self.0.text("actor_type")
    }

    /// Who did it.
    pub fn actor_id(&self) -> Option<&str> {
        self.0.text("actor_id")
    }

    /// The name of who did it.
    pub fn actor_name(&self) -> Option<&str> {
        self.0.text("actor_name")
    }

    /// What was done, in Meta's words.
    pub fn description(&self) -> Option<&str> {
        self.0.text("description")
    }

    /// More of it.
    pub fn details(&self) -> Option<Fields> {
        self.0.get("details")
    }
}

/// A schedule of a WABA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schedule(Fields);

impl Schedule {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Whether it works.
    pub fn status(&self) -> Option<&str> {
        self.0.text("status")
    }

    /// What it is for.
    pub fn schedule_type(&self) -> Option<&str> {
        self.0.text("schedule_type")
    }

    /// When it begins.
    pub fn start_time(&self) -> Option<&str> {
        self.0.text("start_time")
    }

    /// When it ends.
    pub fn end_time(&self) -> Option<&str> {
        self.0.text("end_time")
    }

    /// Its time zone.
    pub fn timezone(&self) -> Option<&str> {
        self.0.text("timezone")
    }

    /// Its days.
    pub fn days_of_week(&self) -> Vec<&str> {
        self.0.texts("days_of_week")
    }

    /// Whether it counts.
    pub fn is_active(&self) -> Option<bool> {
        self.0.flag("is_active")
    }
}

/// A multi-partner solution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Solution(Fields);

impl Solution {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.text("name")
    }

    /// Whether it works.
    pub fn status(&self) -> Option<&str> {
        self.0.text("status")
    }

    /// What it waits for.
    pub fn status_for_pending_request(&self) -> Option<&str> {
        self.0.text("status_for_pending_request")
    }

    /// The app that owns it.
    pub fn owner_app(&self) -> Option<Fields> {
        self.0.get("owner_app")
    }

    /// What its owner may do.
    pub fn owner_permissions(&self) -> Vec<&str> {
        self.0.texts("owner_permissions")
    }
}
