//! What a file is, told from its first bytes, and whether it is what it was declared to be.

use bytes::Bytes;

/// How many bytes are looked at.
const HEAD: usize = 4096;

/// The MIME type that the bytes show; `None` when nothing known begins like this.
pub(crate) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let at = |place: usize, mark: &[u8]| {
        bytes
            .get(place..)
            .is_some_and(|rest| rest.starts_with(mark))
    };
    let marks: [(&[u8], &'static str); 12] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
        (b"%PDF", "application/pdf"),
        (b"#!AMR", "audio/amr"),
        (b"ID3", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"PK\x03\x04", "application/zip"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "application/x-ole-storage",
        ),
    ];
    if at(0, b"RIFF") {
        return match bytes.get(8..12) {
            Some(b"WEBP") => Some("image/webp"),
            Some(b"WAVE") => Some("audio/wav"),
            Some(b"AVI ") => Some("video/x-msvideo"),
            _ => None,
        };
    }
    if at(4, b"ftyp") {
        return Some(match bytes.get(8..11) {
            Some(b"3gp" | b"3g2") => "video/3gpp",
            Some(b"M4A" | b"M4B") => "audio/mp4",
            Some(b"hei" | b"hev" | b"mif") => "image/heic",
            Some(b"avi") => "image/avif",
            Some(b"qt ") => "video/quicktime",
            _ => "video/mp4",
        });
    }
    if let Some((_, found)) = marks.iter().find(|(mark, _)| at(0, mark)) {
        return Some(found);
    }
    match bytes {
        // Frames of MPEG audio begin with eleven set bits; layer 0 among them is AAC's.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some("audio/aac"),
        [0xff, second, ..] if second & 0xe0 == 0xe0 => Some("audio/mpeg"),
        _ => None,
    }
}

/// What is wrong with a file that was declared as `declared`, in words for the sender.
pub(crate) fn mismatch(declared: &str, chunks: &[Bytes]) -> Option<String> {
    let head = head(chunks);
    let bare = bare(declared);
    let found = sniff(&head);
    let fits = match bare.as_str() {
        "text/plain" => found.is_none() && !head.contains(&0),
        "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint" => {
            found == Some("application/x-ole-storage")
        }
        office if office.starts_with("application/vnd.openxmlformats-officedocument.") => {
            found == Some("application/zip")
        }
        // The brand inside does not tell sound from pictures for certain.
        "audio/mp4" => matches!(found, Some("audio/mp4" | "video/mp4")),
        "video/3gpp" => matches!(found, Some("video/3gpp" | "video/mp4")),
        other => found == Some(other),
    };
    if !fits {
        let found = found.unwrap_or("of no known type");
        return Some(format!(
            "The file was declared as {bare}, but its bytes are {found}. Upload it with the MIME \
             type of its content."
        ));
    }
    if bare == "audio/ogg" && !contains(&head, b"OpusHead") {
        return Some(
            "The file was declared as audio/ogg, but its codec is not OPUS. Encode it as mono OPUS \
             in an ogg container."
                .to_owned(),
        );
    }
    None
}

/// Whether a WebP file is animated.
pub(crate) fn is_animated(chunks: &[Bytes]) -> bool {
    let head = head(chunks);
    // The extended header says so in its second bit; an animation without it is not valid.
    matches!(head.get(12..16), Some(b"VP8X")) && head.get(20).is_some_and(|flags| flags & 2 != 0)
}

/// A MIME type without its parameters, in lower case.
pub(crate) fn bare(mime_type: &str) -> String {
    let bare = mime_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

fn head(chunks: &[Bytes]) -> Vec<u8> {
    let bytes = chunks.iter().flat_map(|chunk| chunk.iter().copied());
    bytes.take(HEAD).collect()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_from_the_first_bytes() {
        let cases: [(&[u8], Option<&str>); 12] = [
            (b"\xff\xd8\xff\xe0..JFIF", Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\n", Some("image/png")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x18ftypheic", Some("image/heic")),
            (b"\0\0\0\x18ftypisom", Some("video/mp4")),
            (b"\0\0\0\x18ftyp3gp5", Some("video/3gpp")),
            (b"\0\0\0\x18ftypM4A ", Some("audio/mp4")),
            (b"\xff\xf1\x50", Some("audio/aac")),
            (b"\xff\xfb\x90", Some("audio/mpeg")),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"hello", None),
            (b"", None),
        ];
        for (bytes, found) in cases {
            assert_eq!(sniff(bytes), found, "{bytes:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_said_with_both_types() {
        let wrong = |declared, bytes: &'static [u8]| {
            mismatch(declared, &[Bytes::from_static(bytes)]).unwrap_or_default()
        };
        let heic = wrong("image/jpeg", b"\0\0\0\x18ftypheic");
        assert!(
            heic.contains("image/jpeg") && heic.contains("image/heic"),
            "{heic}"
        );
        assert!(wrong("image/png", b"hello").contains("no known type"));
        assert!(wrong("text/plain", b"%PDF-1.4").contains("application/pdf"));
        assert!(wrong("audio/ogg", b"OggS....\x01vorbis").contains("OPUS"));
        assert_eq!(wrong("audio/ogg; codecs=opus", b"OggS....OpusHead"), "");
        assert_eq!(wrong("text/plain", b"hello"), "");
        assert_eq!(
            wrong("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
            ""
        );
    }
}
