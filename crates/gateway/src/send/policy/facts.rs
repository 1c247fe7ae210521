//! The facts that decide on all messages of a claim, in few round trips.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use wharf_model::OutgoingMessage;
use wharf_model::outgoing::Content;
use wharf_model::template::{Category, Mismatch, TemplateStatus};

use super::Verdict;
use super::consent::{Purpose, Refusal};
use super::decide::Judged;
use super::draft::Draft;
use super::refused;
use super::template::Standing;
use super::window::Heard;
use crate::store::messages::Waiting;
use crate::store::templates::{self, Template};
use crate::store::{StoreError, Tx, suppressions, windows};

/// What is known when messages are judged.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// By conversation; none if windows are not looked at.
    heard: Option<HashMap<String, Heard>>,
    /// By contact.
    refusals: HashMap<String, Vec<Refusal>>,
    templates: Templates,
}

/// Templates by name and language, as far as the cache has them.
#[derive(Debug, Default)]
pub(super) struct Templates(BTreeMap<(String, String), Template>);

impl Facts {
    pub(super) fn gather<'a>(
        tx: &Tx<'_>,
        channel_id: &str,
        waiting: &[Waiting],
        drafts: impl Iterator<Item = &'a Draft> + Clone,
        check_window: bool,
    ) -> Result<Self, StoreError> {
        if waiting.is_empty() {
            return Ok(Self::default());
        }
        let distinct = |of: fn(&Waiting) -> &str| -> Vec<&str> {
            let distinct: BTreeSet<&str> = waiting.iter().map(of).collect();
            distinct.into_iter().collect()
        };
        let contacts = distinct(|message| &message.contact_id);
        let heard = if check_window && drafts.clone().any(Draft::is_free_form) {
            let conversations = distinct(|message| &message.conversation_id);
            let heard = windows::of_conversations(tx, &conversations)?;
            Some(heard.into_iter().collect())
        } else {
            None
        };
        Ok(Self {
            heard,
            refusals: suppressions::in_force(tx, &contacts)?,
            templates: Templates::gather(tx, channel_id, drafts)?,
        })
    }

    /// A conversation that is not there says nothing: the carrier decides.
    pub(super) fn heard(&self, conversation_id: &str) -> Option<Heard> {
        self.heard.as_ref()?.get(conversation_id).copied()
    }

    pub(super) fn refusals(&self, contact_id: &str) -> &[Refusal] {
        self.refusals.get(contact_id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_draft(&self, draft: &Draft) -> Judged {
        self.templates.of_draft(draft)
    }

    /// Compares a message again whose template has changed since it was accepted.
    pub(super) fn fits(&self, message: &Waiting, draft: &Draft) -> Verdict {
        let template = self.templates.find(draft);
        let Some(template) = template.filter(|it| it.changed_at > message.created_at) else {
            return Verdict::Send;
        };
        let stored = serde_json::from_str::<Value>(&message.content).ok();
        match stored.map(|stored| OutgoingMessage::from_json(&stored)) {
            Some(Ok(message)) => match mismatches(template, &message).first() {
                Some(mismatch) => refused::mismatch(mismatch),
                None => Verdict::Send,
            },
            // What an older version took is for the carrier to judge.
            _ => Verdict::Send,
        }
    }
}

impl Templates {
    pub(super) fn gather<'a>(
        tx: &Tx<'_>,
        channel_id: &str,
        drafts: impl Iterator<Item = &'a Draft>,
    ) -> Result<Self, StoreError> {
        let mut names = BTreeSet::new();
        for draft in drafts {
            if let Draft::Template { name, language, .. } = draft {
                names.insert((name, language));
            }
        }
        let mut found = BTreeMap::new();
        if names.is_empty() {
            return Ok(Self(found));
        }
        if let Some(waba) = windows::waba_of(tx, channel_id)? {
            for (name, language) in names {
                if let Some(template) = templates::find(tx, &waba, name, language)? {
                    found.insert((name.clone(), language.clone()), template);
                }
            }
        }
        Ok(Self(found))
    }

    pub(super) fn find(&self, draft: &Draft) -> Option<&Template> {
        match draft {
            Draft::Template { name, language, .. } => self.0.get(&(name.clone(), language.clone())),
            _ => None,
        }
    }

    pub(super) fn of_draft(&self, draft: &Draft) -> Judged {
        let template = self.find(draft);
        let category = template.and_then(|template| template.category.clone());
        let purpose = match draft {
            Draft::FreeForm => Purpose::Other,
            Draft::Template {
                marketing: true, ..
            } => Purpose::Marketing,
            Draft::Template { .. } | Draft::Unreadable => match category.map(Category::from) {
                Some(Category::Marketing) => Purpose::Marketing,
                Some(Category::Authentication | Category::Utility) => Purpose::Other,
                _ => Purpose::Unknown,
            },
        };
        Judged {
            free_form: draft.is_free_form(),
            purpose,
            standing: template.map(|template| Standing {
                status: TemplateStatus::from(template.status.clone()),
                paused_until: template.paused_until,
            }),
        }
    }
}

/// What does not fit between a message and its template as fetched. How the template stands is
/// looked at apart.
pub(super) fn mismatches(template: &Template, message: &OutgoingMessage) -> Vec<Mismatch> {
    let (Some(mut definition), Content::Template(given)) = (template.read(), message.content())
    else {
        return Vec::new();
    };
    definition.status = None;
    definition.mismatches(given)
}
