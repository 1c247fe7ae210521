//! Whether a template may be sent as it stands. Decisions only, no store.

use wharf_model::template::TemplateStatus;

use crate::clock::Millis;

/// What is known of a template that a message is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: TemplateStatus,
    /// When its pause ends, if that is known.
    pub(crate) paused_until: Option<Millis>,
}

/// Whether it may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Send,
    /// It is paused, and this is when the pause ends.
    Wait(Millis),
    Never(Trouble),
}

/// Why a template cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nobody knows until when, or longer than the message is good for.
    Paused,
    Disabled,
    Rejected,
    Deleted,
    Archived,
    /// Meta has not approved it yet.
    NotApproved,
}

impl Standing {
    /// See [Cloud API/Template management]: only an approved template can be sent. What Meta invents
    /// later is left to Meta.
    pub(crate) fn may_be_sent(&self, now: Millis) -> Use {
        match &self.status {
            TemplateStatus::Paused => match self.paused_until {
                // The webhook that ends the pause may be late: the carrier decides.
                Some(until) if until <= now => Use::Send,
                Some(until) => Use::Wait(until),
                None => Use::Never(Trouble::Paused),
            },
            TemplateStatus::Disabled => Use::Never(Trouble::Disabled),
            TemplateStatus::Rejected => Use::Never(Trouble::Rejected),
            TemplateStatus::Deleted | TemplateStatus::PendingDeletion => {
                Use::Never(Trouble::Deleted)
            }
            TemplateStatus::Archived => Use::Never(Trouble::Archived),
            TemplateStatus::Pending | TemplateStatus::InAppeal | TemplateStatus::LimitExceeded => {
                Use::Never(Trouble::NotApproved)
            }
            _ => Use::Send,
        }
    }
}

impl Trouble {
    /// The code of a dead letter, and of a refusal.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Paused => "template_paused",
            Self::Disabled => "template_disabled",
            Self::Rejected => "template_rejected",
            Self::Deleted => "template_deleted",
            Self::Archived => "template_archived",
            Self::NotApproved => "template_not_approved",
        }
    }

    /// The code that Meta answers.
    pub(crate) const fn of_meta(self) -> i64 {
        match self {
            Self::Paused => 132_015,
            Self::Disabled => 132_016,
            Self::Rejected | Self::Deleted | Self::Archived | Self::NotApproved => 132_001,
        }
    }

    /// One clause for a person.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Paused => "the template is paused because users took it badly",
            Self::Disabled => "Meta has disabled the template for good",
            Self::Rejected => "Meta has rejected the template",
            Self::Deleted => "the template is deleted",
            Self::Archived => "the template is archived",
            Self::NotApproved => "Meta has not approved the template yet",
        }
    }

    /// What to do.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::Paused => {
                "Send it again when the pause is over (3 hours the first time, 6 the second), or edit \
                 the template: another pause disables it."
            }
            Self::Disabled => "Make a new template and send that: this one cannot be sent again.",
            Self::Rejected => {
                "Look at the reason of the rejection, edit the template, and send again once it is \
                 approved."
            }
            Self::Deleted => {
                "Send another template; the name of a deleted one is blocked for 30 days."
            }
            Self::Archived => "Take the template out of the archive, or send another one.",
            Self::NotApproved => "Wait for Meta's review, then send again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_approved_or_unheard_of_is_sent() {
        let of = |status: &str, paused_until| {
            let status = TemplateStatus::from(status.to_owned());
            Standing {
                status,
                paused_until,
            }
            .may_be_sent(100)
        };
        assert_eq!(of("APPROVED", None), Use::Send);
        assert_eq!(of("REINSTATED", None), Use::Send);
        assert_eq!(of("INVENTED", None), Use::Send);
        assert_eq!(of("PAUSED", Some(100)), Use::Send);
        assert_eq!(of("PAUSED", Some(101)), Use::Wait(101));
        assert_eq!(of("PAUSED", None), Use::Never(Trouble::Paused));
        for (status, code) in [
            ("DISABLED", "template_disabled"),
            ("REJECTED", "template_rejected"),
            ("PENDING_DELETION", "template_deleted"),
            ("DELETED", "template_deleted"),
            ("ARCHIVED", "template_archived"),
            ("PENDING", "template_not_approved"),
        ] {
            let Use::Never(trouble) = of(status, None) else {
                panic!("{status} is sent")
            };
            assert_eq!(trouble.code(), code);
        }
    }
}
