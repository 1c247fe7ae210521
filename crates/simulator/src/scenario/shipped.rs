//! The scenarios that come with Wharf, kept in `scenarios/` of the repository.

/// A shipped scenario.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its id.
    pub id: &'static str,
    /// Its file's text.
    pub text: &'static str,
}

impl Shipped {
    /// The path that reports name.
    pub fn path(&self) -> String {
        format!("scenarios/{}.yaml", self.id)
    }
}

/// What `wharf scenario new` begins a file with.
pub const STARTER: &str = include_str!("starter.yaml");

macro_rules! shipped {
    ($($id:literal),* $(,)?) => {
        &[$(Shipped {
            id: $id,
            text: include_str!(concat!("../../../../scenarios/", $id, ".yaml")),
        }),*]
    };
}

/// The shipped scenarios, by id.
#[rustfmt::skip]
pub const fn shipped() -> &'static [Shipped] {
    shipped![
        "booking-flow",
        "carousel",
        "connection-cut-after-acceptance",
        "connection-cut-before-acceptance",
        "contact-cards",
        "deleted-message",
        "document-from-the-user",
        "edited-message",
        "expired-token",
        "fallback",
        "flood",
        "greeting",
        "greeting-only-once",
        "group-message",
        "link-button",
        "location-from-the-user",
        "location-request",
        "location-to-the-user",
        "long-text",
        "marketing-stopped-in-whatsapp",
        "media-download-fails",
        "menu-with-buttons",
        "opt-out-and-back",
        "order-from-a-list",
        "order-from-the-catalogue",
        "pair-limit",
        "phone-off",
        "picture-from-the-user",
        "picture-to-the-user",
        "quality-drop",
        "quoted-reply",
        "rate-limit",
        "reaction-from-the-bot",
        "reaction-from-the-user",
        "read-receipts",
        "server-errors",
        "several-users-at-once",
        "slow-answer-with-typing",
        "sticker-from-the-user",
        "template-paused",
        "undeliverable-user",
        "unicode-and-right-to-left",
        "unsupported-message",
        "user-blocks-the-business",
        "user-changed-number",
        "user-without-number",
        "voice-message",
        "webhook-answer-lost",
        "webhook-comes-twice",
        "webhook-lost",
        "webhooks-in-batches",
        "webhooks-out-of-order",
        "window-closed",
        "window-open",
    ]
}
