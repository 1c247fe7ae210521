//! What a file is by its first bytes, and whether that is what it is said to be.

use super::{MediaError, MediaKind};

/// So many first bytes are looked at.
pub(super) const HEAD: usize = 4096;

/// Types that can be told by their first bytes: a file that is said to be one must look like it.
const TELLING: &[&str] = &[
    "application/pdf",
    "audio/aac",
    "audio/amr",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/3gpp",
    "video/mp4",
];

/// The MIME type that a file is kept under. `kind` is that of the message it is for, if one is known:
/// the same container may hold sound or pictures.
pub(super) fn settle(
    declared: Option<&str>,
    kind: Option<MediaKind>,
    head: &[u8],
) -> Result<String, MediaError> {
    let declared = match declared.map(bare).filter(|bare| !bare.is_empty()) {
        Some(bare) => {
            if !is_type(&bare) {
                return Err(MediaError::NotAType(bare));
            }
            // What programs say that do not know.
            let known = !matches!(
                bare.as_str(),
                "application/octet-stream" | "binary/octet-stream"
            );
            known.then_some(bare)
        }
        None => None,
    };
    let found = sniff(head, declared.as_deref(), kind);
    match (declared, found) {
        (Some(declared), Some(found)) if agrees(&declared, found, head) => Ok(declared),
        (Some(declared), Some(found)) => Err(MediaError::Contradiction { declared, found }),
        (Some(declared), None) if TELLING.contains(&declared.as_str()) => {
            Err(MediaError::Contradiction {
                declared,
                found: "something else",
            })
        }
        (Some(declared), None) => Ok(declared),
        (None, Some(found)) => Ok(found.to_owned()),
        (None, None) if is_text(head) => Ok("text/plain".to_owned()),
        (None, None) => Err(MediaError::UnknownType),
    }
}

/// Whether a sound can go out as a voice message as it is: Opus in Ogg, one channel.
pub(super) fn is_voice(head: &[u8]) -> bool {
    let opus = head.get(28..).filter(|_| head.starts_with(b"OggS"));
    opus.is_some_and(|opus| opus.starts_with(b"OpusHead") && opus.get(9) == Some(&1))
}

/// The type without its parameters, in lower case.
pub(super) fn bare(mime_type: &str) -> String {
    let bare = mime_type.split(';').next().unwrap_or_default();
    let bare = bare.trim().to_ascii_lowercase();
    match bare.as_str() {
        "image/jpg" => "image/jpeg".to_owned(),
        "audio/mp3" => "audio/mpeg".to_owned(),
        "audio/m4a" | "audio/x-m4a" => "audio/mp4".to_owned(),
        "audio/opus" | "application/ogg" => "audio/ogg".to_owned(),
        _ => bare,
    }
}

fn is_type(text: &str) -> bool {
    let is_token = |part: &str| {
        let signs = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(signs)
    };
    text.len() <= 127
        && text
            .split_once('/')
            .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

fn agrees(declared: &str, found: &str, head: &[u8]) -> bool {
    let family = |mime_type: &str| match mime_type {
        "audio/mp4" | "video/mp4" | "video/3gpp" | "video/quicktime" | "audio/3gpp" => 1,
        "audio/ogg" | "video/ogg" => 2,
        _ => 0,
    };
    declared == found
        || (family(declared) != 0 && family(declared) == family(found))
        // Many formats are archives, or Microsoft's container, within.
        || (matches!(found, "application/zip" | "application/x-ole-storage")
            && declared.starts_with("application/")
            && !TELLING.contains(&declared))
        || (found.starts_with(OFFICE) && declared == "application/zip")
        // Words may begin like a file of another kind, and are words.
        || (declared.starts_with("text/") && is_text(head))
}

fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A letter may be cut in half at the end.
        Err(error) if head.len() - error.valid_up_to() < 4 && head.len() >= HEAD => "",
        Err(_) => return false,
    };
    !head.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_ascii_whitespace())
}

const OFFICE: &str = "application/vnd.openxmlformats-officedocument.";

fn sniff(head: &[u8], declared: Option<&str>, kind: Option<MediaKind>) -> Option<&'static str> {
    let at =
        |from: usize, magic: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(magic));
    let has = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
    let audio = kind == Some(MediaKind::Audio)
        || declared.is_some_and(|declared| declared.starts_with("audio/"));
    Some(match () {
        () if at(0, b"\xff\xd8\xff") => "image/jpeg",
        () if at(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => "image/gif",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        () if at(0, b"RIFF") && at(8, b"WAVE") => "audio/wav",
        () if at(4, b"ftyp3g") => "video/3gpp",
        () if at(4, b"ftypqt") => "video/quicktime",
        () if at(4, b"ftyp") && (audio || at(8, b"M4A")) => "audio/mp4",
        () if at(4, b"ftyp") => "video/mp4",
        () if at(0, b"OggS") => "audio/ogg",
        () if at(0, b"fLaC") => "audio/flac",
        () if at(0, b"#!AMR") => "audio/amr",
        () if at(0, b"\xff\xf1") || at(0, b"\xff\xf9") => "audio/aac",
        () if at(0, b"ID3") || at(0, b"\xff\xfb") || at(0, b"\xff\xf3") || at(0, b"\xff\xf2") => {
            "audio/mpeg"
        }
        () if at(0, b"%PDF-") => "application/pdf",
        () if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => "application/x-ole-storage",
        () if at(0, b"PK\x03\x04") && has(b"word/") => {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        }
        () if at(0, b"PK\x03\x04") && has(b"xl/") => {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
        () if at(0, b"PK\x03\x04") && has(b"ppt/") => {
            "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        }
        () if at(0, b"PK\x03\x04") => "application/zip",
        () if at(0, b"\x1a\x45\xdf\xa3") => "video/webm",
        () if at(0, b"\x7fELF") => "application/x-executable",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(declared: Option<&str>, head: &[u8]) -> Result<String, String> {
        settle(declared, None, head).map_err(|error| error.to_string())
    }

    #[test]
    fn bytes_tell_what_is_not_said_and_contradict_what_is_wrong() {
        let png = b"\x89PNG\r\n\x1a\n....";
        let mp4 = b"....ftypisom";
        assert_eq!(told(None, png).unwrap(), "image/png");
        assert_eq!(
            told(Some("application/octet-stream"), png).unwrap(),
            "image/png"
        );
        assert_eq!(told(Some("image/png; a=b"), png).unwrap(), "image/png");
        let error = told(Some("image/jpeg"), png).unwrap_err();
        assert!(
            error.contains("image/jpeg") && error.contains("image/png"),
            "{error}"
        );
        assert!(told(Some("application/pdf"), b"plain words").is_err());
        assert!(told(Some("text/plain"), png).is_err());
        assert_eq!(
            told(Some("text/plain"), b"ID3 is a tag").unwrap(),
            "text/plain"
        );
        assert_eq!(
            told(Some("Audio/OGG; codecs=opus"), b"OggS").unwrap(),
            "audio/ogg"
        );
        assert_eq!(told(Some("audio/mp4"), mp4).unwrap(), "audio/mp4");
        assert_eq!(told(Some("video/mp4"), mp4).unwrap(), "video/mp4");
        assert_eq!(told(None, mp4).unwrap(), "video/mp4");
        let sound = settle(None, Some(MediaKind::Audio), mp4).unwrap();
        assert_eq!(sound, "audio/mp4");
        assert_eq!(told(None, b"plain words").unwrap(), "text/plain");
        assert!(told(None, b"\0\x01\x02").is_err());
        assert!(told(Some("nonsense"), b"plain").is_err());
        assert!(told(Some("a/b\r\nX-Evil: 1"), b"plain").is_err());
        let docx = b"PK\x03\x04........[Content_Types].xml....word/document.xml";
        assert!(
            told(None, docx)
                .unwrap()
                .ends_with("wordprocessingml.document")
        );
        assert!(
            told(
                Some("application/msword"),
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            )
            .is_ok()
        );
        assert!(told(Some("application/epub+zip"), b"PK\x03\x04mimetype").is_ok());
        assert!(told(Some("application/pdf"), b"PK\x03\x04mimetype").is_err());
    }

    #[test]
    fn only_opus_in_one_channel_is_a_voice() {
        let mut head = b"OggS".to_vec();
        head.resize(28, 0);
        head.extend_from_slice(b"OpusHead\x01\x01");
        assert!(is_voice(&head));
        head[37] = 2;
        assert!(!is_voice(&head));
        assert!(!is_voice(b"OggS"));
    }
}
