//! Ids of Meta's objects as types that cannot be swapped, and the seeded maker of new ones.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::chance::mix;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// Meta's message id, `wamid.` and base64; opaque.
    Wamid
}
id! {
    /// Id of a business phone number.
    PhoneNumberId
}
id! {
    /// Id of a WhatsApp Business account.
    WabaId
}
id! {
    /// Id of a business portfolio.
    BusinessId
}
id! {
    /// Id of an app.
    AppId
}
id! {
    /// Id of an uploaded or received file.
    MediaId
}
id! {
    /// A user's business-scoped user id, such as `US.13491208655302741918`.
    Bsuid
}

/// Makes ids from the seed and a counter per kind: the same calls give the same ids.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    sent: AtomicU64,
    received: AtomicU64,
    media: AtomicU64,
    traces: AtomicU64,
    challenges: AtomicU64,
    templates: AtomicU64,
    accounts: AtomicU64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            media: AtomicU64::new(0),
            traces: AtomicU64::new(0),
            challenges: AtomicU64::new(0),
            templates: AtomicU64::new(0),
            accounts: AtomicU64::new(0),
        }
    }

    /// A wamid for a message from the business to `recipient`.
    pub(crate) fn sent(&self, recipient: &str) -> Wamid {
        let n = self.sent.fetch_add(1, Ordering::Relaxed);
        let unique = format!("{:016X}{:02X}", mix(self.seed, 1, n), n & 0xff);
        wamid(recipient, *b"\x15\x02\x00\x11\x18\x12", &unique)
    }

    /// A wamid for a message from `user` to the business.
    pub(crate) fn received(&self, user: &str) -> Wamid {
        let n = self.received.fetch_add(1, Ordering::Relaxed);
        let unique = format!("3A{:016X}{:02X}", mix(self.seed, 2, n), n & 0xff);
        wamid(user, *b"\x15\x02\x00\x12\x18\x14", &unique)
    }

    pub(crate) fn media(&self) -> MediaId {
        let n = self.media.fetch_add(1, Ordering::Relaxed);
        MediaId::from(
            (1_000_000_000_000_000 + mix(self.seed, 3, n) % 8_999_999_999_999_999).to_string(),
        )
    }

    /// A `fbtrace_id`.
    pub(crate) fn trace(&self) -> String {
        let n = self.traces.fetch_add(1, Ordering::Relaxed);
        let mut bytes = mix(self.seed, 4, n).to_be_bytes().to_vec();
        bytes.extend(mix(self.seed, 5, n).to_be_bytes());
        format!("A{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The number that a callback has to echo.
    pub(crate) fn challenge(&self) -> String {
        let n = self.challenges.fetch_add(1, Ordering::Relaxed);
        (1_000_000_000 + mix(self.seed, 6, n) % 1_000_000_000).to_string()
    }

    /// The id of a new template.
    pub(crate) fn template(&self) -> u64 {
        let n = self.templates.fetch_add(1, Ordering::Relaxed);
        1_000_000_000_000_000 + mix(self.seed, 300, n) % 8_999_999_999_999_999
    }

    /// The id of a new business, WABA, number, app, user or what hangs on them.
    pub(crate) fn account(&self) -> String {
        let n = self.accounts.fetch_add(1, Ordering::Relaxed);
        (100_000_000_000_000 + mix(self.seed, 100, n) % 899_999_999_999_999).to_string()
    }

    /// An access token or code, long and of letters and digits as Meta's are.
    pub(crate) fn secret(&self, prefix: &str) -> String {
        const LETTERS: &[u8; 62] =
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let n = self.accounts.fetch_add(1, Ordering::Relaxed);
        let letters = (0..100_u64).map(|place| {
            let drawn = mix(mix(self.seed, 101, n), 102, place) % 62;
            char::from(LETTERS[usize::try_from(drawn).unwrap_or(0)])
        });
        prefix.chars().chain(letters).collect()
    }

    /// The BSUID that belongs to `who` (wa_id or username) under this seed.
    pub(crate) fn bsuid(&self, who: &str) -> Bsuid {
        let name = who
            .bytes()
            .fold(0_u64, |sum, byte| mix(sum, 7, u64::from(byte)));
        let high = 1_000_000_000 + mix(self.seed, 8, name) % 1_000_000_000;
        let low = mix(self.seed, 9, name) % 10_000_000_000;
        Bsuid::from(format!("US.{high}{low:010}"))
    }
}

/// The layout seen in Meta's samples: whom, a direction mark, a unique part.
fn wamid(whom: &str, mark: [u8; 6], unique: &str) -> Wamid {
    let mut bytes = vec![0x1c, 0x18, u8::try_from(whom.len()).unwrap_or(u8::MAX)];
    bytes.extend(whom.as_bytes());
    bytes.extend(mark);
    bytes.extend(unique.as_bytes());
    bytes.push(0);
    Wamid::from(format!("wamid.{}", STANDARD.encode(bytes)))
}
