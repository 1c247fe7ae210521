//! What webhooks tell of templates goes into the cache; what they tell too little of is fetched.

use wharf_model::incoming::Change;
use wharf_model::incoming::template::{
    QualityScore, TemplateCategory, TemplateEvent, TemplatePauseKind, TemplateStatus,
};

use super::Batch;
use crate::clock::Millis;
use crate::store::StoreError;
use crate::store::templates::{self, News};

const HOUR: Millis = 3600 * 1000;

impl Batch<'_> {
    /// Notes what a change at `at` says of a template of the WABA.
    pub(super) fn take_template(
        &self,
        waba_id: &str,
        change: &Change,
        at: Millis,
        now: Millis,
    ) -> Result<(), StoreError> {
        // Meta says the second. What we asked in that second came before, as far as anybody can tell.
        let at = at.saturating_add(999).min(now).max(at);
        let mut wanted = false;
        let (id, news) = match change {
            Change::TemplateStatus(status) => {
                wanted = tells_too_little(status);
                (&status.message_template_id, news_of(status, at))
            }
            Change::TemplateQuality(quality) => {
                let score = quality.new_quality_score.as_ref().and_then(score);
                let news = News {
                    quality: score,
                    ..News::default()
                };
                (&quality.message_template_id, news)
            }
            Change::TemplateCategory(category) => {
                let news = News {
                    category: category.new_category.as_ref().and_then(category_of),
                    ..News::default()
                };
                (&category.message_template_id, news)
            }
            Change::TemplateComponents(components) => {
                wanted = true;
                (&components.message_template_id, News::default())
            }
            _ => return Ok(()),
        };
        let known = match id {
            Some(id) => templates::apply(self.tx, waba_id, id.as_str(), &news, at)?,
            None => false,
        };
        if wanted || !known {
            templates::want(self.tx, waba_id, now)?;
        }
        Ok(())
    }
}

/// Whether the template must be fetched to know it: its text may be another now, or the event is
/// none that says where it stands.
fn tells_too_little(status: &TemplateStatus) -> bool {
    matches!(
        status.event,
        None | Some(
            TemplateEvent::Approved
                | TemplateEvent::Reinstated
                | TemplateEvent::Unarchived
                | TemplateEvent::Unknown(_)
        )
    )
}

fn news_of(status: &TemplateStatus, at: Millis) -> News<'_> {
    let pause = status
        .other_info
        .as_ref()
        .and_then(|info| info.title.as_ref());
    let reason = status
        .rejection_info
        .as_ref()
        .and_then(|info| info.reason.as_deref());
    let word = match status.event.as_ref() {
        _ if pause == Some(&TemplatePauseKind::Unpaused) => Some("APPROVED"),
        Some(event) => word(event),
        None => None,
    };
    // See [Cloud API/Template pausing]: the first lasts three hours, the second six.
    let hours = match pause {
        Some(TemplatePauseKind::FirstPause) => Some(3),
        Some(TemplatePauseKind::SecondPause) => Some(6),
        _ => None,
    };
    News {
        status: word,
        paused_until: hours
            .filter(|_| word == Some("PAUSED"))
            .map(|hours| at.saturating_add(hours * HOUR)),
        rejected_reason: reason.filter(|_| word == Some("REJECTED")),
        category: status
            .message_template_category
            .as_ref()
            .and_then(category_of),
        quality: None,
    }
}

/// Where a template stands after an event; none if the event does not say.
fn word(event: &TemplateEvent) -> Option<&'static str> {
    Some(match event {
        TemplateEvent::Approved | TemplateEvent::Reinstated => "APPROVED",
        TemplateEvent::Archived => "ARCHIVED",
        TemplateEvent::Deleted => "DELETED",
        TemplateEvent::Disabled => "DISABLED",
        TemplateEvent::InAppeal => "IN_APPEAL",
        TemplateEvent::LimitExceeded => "LIMIT_EXCEEDED",
        TemplateEvent::Paused => "PAUSED",
        TemplateEvent::Pending => "PENDING",
        TemplateEvent::PendingDeletion => "PENDING_DELETION",
        TemplateEvent::Rejected => "REJECTED",
        _ => return None,
    })
}

fn category_of(category: &TemplateCategory) -> Option<&str> {
    Some(match category {
        TemplateCategory::Authentication => "AUTHENTICATION",
        TemplateCategory::Marketing => "MARKETING",
        TemplateCategory::Utility => "UTILITY",
        TemplateCategory::Unknown(text) => text,
        _ => return None,
    })
}

fn score(score: &QualityScore) -> Option<&str> {
    Some(match score {
        QualityScore::Green => "GREEN",
        QualityScore::Yellow => "YELLOW",
        QualityScore::Red => "RED",
        QualityScore::Unrated => "UNKNOWN",
        QualityScore::Unknown(text) => text,
        _ => return None,
    })
}
