//! What hangs on a phone number: registration, PIN, name, settings, profile and the rest.

pub(crate) mod blocked;
pub(crate) mod calling;
pub(crate) mod hours;
pub(crate) mod name;
pub(crate) mod official;
pub(crate) mod pin;
pub(crate) mod qr;

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::ids::PhoneNumberId;

use blocked::Blocked;
use name::DisplayName;
use official::Official;
use pin::Pin;
use qr::QrCode;

/// The state of every number that was looked at or changed.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashMap<PhoneNumberId, NumberState>);

impl Numbers {
    /// The state of a number of the registry, which begins as one in use.
    pub(crate) fn of(&mut self, id: &PhoneNumberId) -> &mut NumberState {
        self.0.entry(id.clone()).or_default()
    }

    /// The state of a number, if anything about it was looked at or changed.
    pub(crate) fn get(&self, id: &PhoneNumberId) -> Option<&NumberState> {
        self.0.get(id)
    }

    /// A number that was just added: unverified, not registered, its name under review.
    pub(crate) fn added(&mut self, id: &PhoneNumberId) {
        let state = NumberState {
            status: "DISCONNECTED",
            registered: false,
            verification: "NOT_VERIFIED",
            name: DisplayName {
                status: "PENDING_REVIEW",
                wanted: None,
            },
            last_onboarded: None,
            ..NumberState::default()
        };
        self.0.insert(id.clone(), state);
    }

    /// The public key of Flows as PEM, unless its signature is void.
    pub(crate) fn public_key(&self, id: &PhoneNumberId) -> Option<&str> {
        let state = self.0.get(id)?;
        state.public_key.as_deref().filter(|_| state.key_is_signed)
    }

    /// The states with the ids of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&PhoneNumberId, &NumberState)> {
        self.0.iter()
    }
}

/// One number's state.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the platform"
)]
pub(crate) struct NumberState {
    /// `CONNECTED`, `DISCONNECTED`, `FLAGGED`, `RESTRICTED`, `BANNED` and others.
    pub(crate) status: &'static str,
    pub(crate) registered: bool,
    /// When it was deleted from its account and added again.
    /// When it was deleted from its account and added again.
    pub(crate) deleted_at: Option<Timestamp>,
    /// `VERIFIED`, `NOT_VERIFIED` or `EXPIRED`.
    pub(crate) verification: &'static str,
    pub(crate) code: Option<VerificationCode>,
    pub(crate) codes_asked: VecDeque<Timestamp>,
    pub(crate) name: DisplayName,
    /// How many certificates were issued: each registration after a new name needs the latest.
    pub(crate) certificate: u32,
    pub(crate) pin: Pin,
    pub(crate) last_onboarded: Option<Timestamp>,
    /// Whether the number is in use in the WhatsApp Business app too.
    pub(crate) on_biz_app: bool,
    pub(crate) account_mode: &'static str,
    pub(crate) search_visibility: String,
    pub(crate) official: Official,
    pub(crate) profile: Map<String, Value>,
    pub(crate) compliance: Option<Value>,
    pub(crate) username: Option<Username>,
    pub(crate) public_key: Option<String>,
    /// Whether the key was set since the last registration.
    pub(crate) key_is_signed: bool,
    pub(crate) calling: Value,
    pub(crate) identity_check: bool,
    pub(crate) storage: Value,
    pub(crate) payload_encryption: Value,
    pub(crate) cart_enabled: bool,
    pub(crate) catalog_visible: bool,
    pub(crate) automation: Value,
    pub(crate) qr_codes: Vec<QrCode>,
    pub(crate) qr_made: u64,
    pub(crate) blocked: Blocked,
}

impl Default for NumberState {
    fn default() -> Self {
        Self {
            status: "CONNECTED",
            registered: true,
            deleted_at: None,
            verification: "VERIFIED",
            code: None,
            codes_asked: VecDeque::new(),
            name: DisplayName::default(),
            certificate: 1,
            pin: Pin::default(),
            last_onboarded: None,
            on_biz_app: false,
            account_mode: "LIVE",
            search_visibility: "VISIBLE".to_owned(),
            official: Official::default(),
            profile: Map::new(),
            compliance: None,
            username: None,
            public_key: None,
            key_is_signed: false,
            calling: calling::disabled(),
            identity_check: false,
            storage: json!({"status": "DEFAULT"}),
            payload_encryption: json!({"status": "DISABLED"}),
            cart_enabled: true,
            catalog_visible: false,
            automation: json!({"enable_welcome_message": false}),
            qr_codes: Vec::new(),
            qr_made: 0,
            blocked: Blocked::default(),
        }
    }
}

impl NumberState {
    /// Whether what this user sends comes in: not to a number that left, nor past a block.
    pub(crate) fn hears(&self, key: &str) -> bool {
        self.registered && !self.blocked.has(key)
    }
}

/// The code that was sent by SMS or told by voice.
#[derive(Clone, Debug)]
pub(crate) struct VerificationCode {
    pub(crate) text: String,
    pub(crate) method: String,
    pub(crate) until: Timestamp,
    pub(crate) wrong: u8,
}

/// The business username of a number.
#[derive(Clone, Debug)]
pub(crate) struct Username {
    pub(crate) name: String,
    /// `approved` or `reserved`.
    pub(crate) status: &'static str,
}
