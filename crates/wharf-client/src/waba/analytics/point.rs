//! One point of a measure.

use serde::{Deserialize, Serialize};
use wharf_model::ids::{GroupId, TemplateGroupId, TemplateId};

use crate::fields::Fields;

/// What was measured in one stretch of time; which fields are there depends on what was asked
/// for. See [Cloud API/Analytics].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataPoint(Fields);

impl DataPoint {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// When it begins, in seconds since 1970.
    pub fn start(&self) -> Option<i64> {
        self.0.get("start")
    }

    /// When it ends, in seconds since 1970.
    pub fn end(&self) -> Option<i64> {
        self.0.get("end")
    }

    /// Messages sent.
    pub fn sent(&self) -> Option<u64> {
        self.0.count("sent")
    }

    /// Messages delivered; in a group once for each who got it.
    pub fn delivered(&self) -> Option<u64> {
        self.0.count("delivered")
    }

    /// Messages read.
    pub fn read(&self) -> Option<u64> {
        self.0.count("read")
    }

    /// Messages sent to groups.
    pub fn groups_sent(&self) -> Option<u64> {
        self.0.count("groups_sent")
    }

    /// Messages delivered in groups.
    pub fn groups_delivered(&self) -> Option<u64> {
        self.0.count("groups_delivered")
    }

    /// Messages by price.
    pub fn volume(&self) -> Option<u64> {
        self.0.count("volume")
    }

    /// Conversations.
    pub fn conversation(&self) -> Option<u64> {
        self.0.count("conversation")
    }

    /// Calls.
    pub fn count(&self) -> Option<u64> {
        self.0.count("count")
    }

    /// How long a call took on average, in seconds.
    pub fn average_duration(&self) -> Option<u64> {
        self.0.count("average_duration")
    }

    /// Who joined the group.
    pub fn joined(&self) -> Option<u64> {
        self.0.count("joined")
    }

    /// Who left the group.
    pub fn left(&self) -> Option<u64> {
        self.0.count("left")
    }

    /// What it cost, in the WABA's currency; of templates see [`costs`](Self::costs).
    pub fn cost(&self) -> Option<f64> {
        self.0.get("cost")
    }

    /// What a template cost.
    pub fn costs(&self) -> Vec<CostShare> {
        self.0.list("cost")
    }

    /// How often a template's buttons were tapped.
    pub fn clicked(&self) -> Vec<ButtonClicks> {
        self.0.list("clicked")
    }

    /// The country of the users.
    pub fn country(&self) -> Option<&str> {
        self.0.text("country")
    }

    /// The number of the WABA.
    pub fn phone_number(&self) -> Option<&str> {
        self.0.text("phone_number")
    }

    /// Whether it was billed, such as `REGULAR`.
    pub fn pricing_type(&self) -> Option<&str> {
        self.0.text("pricing_type")
    }

    /// At what rate it was billed, such as `MARKETING`.
    pub fn pricing_category(&self) -> Option<&str> {
        self.0.text("pricing_category")
    }

    /// The tier of the price, as `lower:upper` or `lower:MAX`.
    pub fn tier(&self) -> Option<&str> {
        self.0.text("tier")
    }

    /// Whether the conversation was free.
    pub fn conversation_type(&self) -> Option<&str> {
        self.0.text("conversation_type")
    }

    /// What the conversation was about.
    pub fn conversation_category(&self) -> Option<&str> {
        self.0.text("conversation_category")
    }

    /// Who began the conversation.
    pub fn conversation_direction(&self) -> Option<&str> {
        self.0.text("conversation_direction")
    }

    /// Who called whom.
    pub fn direction(&self) -> Option<&str> {
        self.0.text("direction")
    }

    /// The template.
    pub fn template_id(&self) -> Option<TemplateId> {
        self.0.get("template_id")
    }

    /// The group of templates.
    pub fn template_group_id(&self) -> Option<TemplateGroupId> {
        self.0.get("template_group_id")
    }

    /// The group of users.
    pub fn group_id(&self) -> Option<GroupId> {
        self.0.get("group_id")
    }
}

/// A part of what a template cost, or its rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CostShare(Fields);

impl CostShare {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What the value is: `amount_spent`, `cost_per_delivered` or `cost_per_url_button_click`.
    pub fn kind(&self) -> Option<&str> {
        self.0.text("type")
    }

    /// The value, in the WABA's currency.
    pub fn value(&self) -> Option<f64> {
        self.0.get("value")
    }
}

/// How often a template's button was tapped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ButtonClicks(Fields);

impl ButtonClicks {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What is counted: `quick_reply_button`, `url_button` or `unique_url_button`.
    pub fn kind(&self) -> Option<&str> {
        self.0.text("type")
    }

    /// The button's label.
    pub fn button_content(&self) -> Option<&str> {
        self.0.text("button_content")
    }

    /// How often.
    pub fn count(&self) -> Option<u64> {
        self.0.count("count")
    }
}
