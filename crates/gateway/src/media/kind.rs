//! What Meta takes in which kind of message.

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// The kinds of message that carry a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

/// Why a file cannot go out in a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("the file has {bytes} bytes, at most {limit} are allowed in this kind of message")]
    TooLarge { bytes: u64, limit: u64 },
    #[error(
        "a file of type {mime_type} cannot be sent in this kind of message; it takes {}",
        .known.join(", ")
    )]
    WrongType {
        mime_type: String,
        known: &'static [&'static str],
    },
}

impl MediaKind {
    const ALL: [Self; 5] = [
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Document,
        Self::Sticker,
    ];

    /// Meta's word, which is the key of the file in a message.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    pub(crate) fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == key)
    }

    /// Bytes that Meta takes at most. See [Cloud API/Media].
    pub(crate) const fn limit(self) -> u64 {
        match self {
            Self::Image => 5 * MB,
            Self::Video | Self::Audio => 16 * MB,
            Self::Document => 100 * MB,
            Self::Sticker => 500 * KB,
        }
    }

    /// MIME types that Meta takes; none listed: any.
    const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["image/jpeg", "image/png"],
            Self::Video => &["video/mp4", "video/3gpp"],
            Self::Audio => &[
                "audio/aac",
                "audio/amr",
                "audio/mpeg",
                "audio/mp4",
                "audio/ogg",
            ],
            Self::Document => &[],
            Self::Sticker => &["image/webp"],
        }
    }

    /// Whether Meta takes such a file in a message of this kind.
    pub(crate) fn check(self, mime_type: &str, bytes: u64) -> Result<(), Unfit> {
        let known = self.types();
        if !(known.is_empty() || known.contains(&mime_type)) {
            return Err(Unfit::WrongType {
                mime_type: mime_type.to_owned(),
                known,
            });
        }
        let limit = self.limit();
        if bytes > limit {
            return Err(Unfit::TooLarge { bytes, limit });
        }
        Ok(())
    }
}
