//! What a notification holds, as a flat list of updates.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::value::RawValue;
use wharf_model::incoming::{Change, MessageEcho, WebhookError};
use wharf_model::{CallId, Contact, Field, IncomingMessage, MessageStatus, PhoneNumberId};

/// What a notification holds: every element is either an update or unrecognised.
#[derive(Debug)]
pub struct Notification {
    /// The updates, in the order of the notification.
    pub updates: Vec<Update>,
    /// What was not understood.
    pub unrecognised: Vec<Unrecognised>,
}

/// One fact: a message, a status, or any other change.
#[derive(Debug)]
pub struct Update {
    /// The field it was reported under. The one sample of Meta that reports a template's quality
    /// under `message_template_status_update` is put right.
    pub field: Field,
    /// The WABA as a rule, a business portfolio for some fields; empty if absent.
    pub entry_id: Arc<str>,
    /// When Meta made the entry; absent for messages and the like, which have their own times.
    pub entry_time: Option<Timestamp>,
    /// The business phone number, where the change names one.
    pub phone_number_id: Option<PhoneNumberId>,
    /// The same number as shown.
    pub display_phone_number: Option<Arc<str>>,
    /// What happened.
    pub kind: UpdateKind,
    /// The element verbatim, or the whole value if the value is not a list of elements.
    pub raw: Box<RawValue>,
    /// What the notification says about the users of this update.
    pub contacts: Vec<Arc<UpdateContact>>,
    /// What an element is about where it does not say so itself: a digest of the calls beside an error.
    pub(crate) scope: String,
}

impl Update {
    /// The typed body of a call, or of anything else that has no type in [`UpdateKind`]; `None`
    /// for messages, echoes, statuses and errors, which are typed there.
    ///
    /// It is read from [`Update::raw`] each time, so that who does not ask does not pay.
    ///
    /// ```
    /// use wharf_model::incoming::{Change, template::TemplateEvent};
    ///
    /// let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","time":1751247548,
    ///     "changes":[{"field":"message_template_status_update","value":{"event":"APPROVED",
    ///     "message_template_id":1689556908129832,"message_template_name":"order"}}]}]}"#;
    /// let notification = wharf_webhook::parse(body)?;
    /// let Some(Change::TemplateStatus(template)) = notification.updates[0].change() else {
    ///     panic!("the field says what it is")
    /// };
    /// assert_eq!(template.event, Some(TemplateEvent::Approved));
    /// # Ok::<(), wharf_webhook::ParseError>(())
    /// ```
    pub fn change(&self) -> Option<Change> {
        match &self.kind {
            UpdateKind::Message(_)
            | UpdateKind::Echo(_)
            | UpdateKind::Status(_)
            | UpdateKind::Error(_) => None,
            UpdateKind::Call(_) | UpdateKind::Other => Some(Change::read(&self.field, &self.raw)),
        }
    }
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum UpdateKind {
    /// A user wrote.
    Message(Box<IncomingMessage>),
    /// The business wrote by other means.
    Echo(Box<MessageEcho>),
    /// A message of the business was sent, delivered, read, played, or failed.
    Status(Box<MessageStatus>),
    /// An error of the number or WABA, not of one message.
    Error(WebhookError),
    /// A call began, changed or ended; [`Update::change`] says more.
    Call(CallUpdate),
    /// Anything else; [`Update::change`] says what.
    Other,
}

/// A step of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallUpdate {
    /// The call.
    pub id: CallId,
    /// `connect` or `terminate`; or the status: `RINGING`, `ACCEPTED`, `REJECTED`.
    pub step: String,
    /// Of a call that ended: `COMPLETED` or `FAILED`.
    pub outcome: Option<String>,
}

/// What a notification says about one user.
#[derive(Debug)]
pub struct UpdateContact {
    /// What was understood.
    pub contact: Contact,
    /// The element of `contacts` verbatim.
    pub raw: Box<RawValue>,
    /// Whether an update names this user. A contact that none names stands with the first update
    /// of its change, so that it is not lost: it may be someone else.
    pub matched: bool,
}

/// A part of a notification that was not understood.
#[derive(Debug)]
pub struct Unrecognised {
    /// JSON pointer into the notification.
    pub path: String,
    /// What is wrong, for a person.
    pub reason: &'static str,
    /// The part verbatim.
    pub raw: Box<RawValue>,
}
