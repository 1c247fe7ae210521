//! How notifications lie in a segment's bytes: a segment header, then frames.
//!
//! A frame is a marker, a CRC-32C, the lengths of body and source, the receive time, the source
//! and the body; integers are little-endian. The checksum covers all that follows it and, after
//! that, the frame's own position, so that a frame is valid only where it was written.

use bytes::Bytes;

use super::{Position, Record};

/// Length of a frame before its source and body.
pub(super) const FRAME_HEADER: usize = 24;
/// Begins each frame. Its first byte occurs in no UTF-8 text, hence in no JSON body.
pub(super) const MARKER: [u8; 4] = [0xF5, b'W', b'F', 0x01];
/// Length of what precedes the first frame.
pub(super) const SEGMENT_HEADER: usize = 16;
const SEGMENT_MAGIC: [u8; 8] = *b"WHARFJNL";
const VERSION: u32 = 1;
const CHECKSUM: std::ops::Range<usize> = 4..8;

/// The lengths and time that a frame's header tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    checksum: u32,
    body: u32,
    source: u32,
    received_at: i64,
}

/// What a new segment begins with.
pub(super) fn segment_header() -> [u8; SEGMENT_HEADER] {
    let mut header = [0; SEGMENT_HEADER];
    header[..8].copy_from_slice(&SEGMENT_MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header
}

/// The version of a segment that we cannot read; a damaged header is not one.
///
/// No version is 0: that is a header which a cut tore off behind its first bytes.
pub(super) fn foreign_version(header: &[u8]) -> Option<u32> {
    let (magic, rest) = header.split_first_chunk()?;
    let version = u32::from_le_bytes(*rest.first_chunk()?);
    (*magic == SEGMENT_MAGIC && version != VERSION && version != 0).then_some(version)
}

/// The frame's header, with the checksum of everything but the position.
pub(super) fn header(
    received_at: i64,
    source: &str,
    body: &[u8],
) -> Result<[u8; FRAME_HEADER], std::num::TryFromIntError> {
    let mut header = [0; FRAME_HEADER];
    header[..4].copy_from_slice(&MARKER);
    header[8..12].copy_from_slice(&u32::try_from(body.len())?.to_le_bytes());
    header[12..16].copy_from_slice(&u32::try_from(source.len())?.to_le_bytes());
    header[16..24].copy_from_slice(&received_at.to_le_bytes());
    let checksum = crc32c::crc32c(&header[8..]);
    let checksum = crc32c::crc32c_append(checksum, source.as_bytes());
    let checksum = crc32c::crc32c_append(checksum, body);
    header[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    Ok(header)
}

/// When the first of these frames came in, in Unix milliseconds.
pub(super) fn received_at(frames: &[u8]) -> i64 {
    Header::read(frames).map_or(0, |header| header.received_at)
}

/// Binds a frame to the place where it will stand.
pub(super) fn bind(frame: &mut [u8], at: Position) {
    if let Some((_, rest)) = frame.split_first_chunk_mut::<4>()
        && let Some(checksum) = rest.first_chunk_mut::<4>()
    {
        *checksum = with_position(u32::from_le_bytes(*checksum), at).to_le_bytes();
    }
}

fn with_position(checksum: u32, at: Position) -> u32 {
    let checksum = crc32c::crc32c_append(checksum, &at.segment.to_le_bytes());
    crc32c::crc32c_append(checksum, &at.offset.to_le_bytes())
}

impl Header {
    /// Reads a header; `None` when the marker is not there.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (marker, rest) = bytes.split_first_chunk::<4>()?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let (body, rest) = rest.split_first_chunk()?;
        let (source, rest) = rest.split_first_chunk()?;
        let received_at = rest.first_chunk()?;
        (*marker == MARKER).then_some(Self {
            checksum: u32::from_le_bytes(*checksum),
            body: u32::from_le_bytes(*body),
            source: u32::from_le_bytes(*source),
            received_at: i64::from_le_bytes(*received_at),
        })
    }

    /// Length of the whole frame.
    pub(super) fn frame_len(self) -> usize {
        FRAME_HEADER + self.source as usize + self.body as usize
    }

    /// The notification in `frame`, if the checksum is right for `at`.
    pub(super) fn record(self, frame: &Bytes, at: Position) -> Option<Record> {
        let content = crc32c::crc32c(frame.get(CHECKSUM.end..)?);
        if with_position(content, at) != self.checksum {
            return None;
        }
        let body_at = FRAME_HEADER + self.source as usize;
        let source = std::str::from_utf8(frame.get(FRAME_HEADER..body_at)?).ok()?;
        let (received_at, source) = (self.received_at, source.to_owned());
        Some(Record {
            received_at,
            source,
            body: frame.slice(body_at..),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_a_cut_tore_off_is_damage_and_not_another_version() {
        let whole = segment_header();
        assert_eq!(foreign_version(&whole), None);
        for kept in 0..whole.len() {
            let mut torn = [0; SEGMENT_HEADER];
            torn[..kept].copy_from_slice(&whole[..kept]);
            assert_eq!(foreign_version(&torn), None, "{kept} bytes kept");
        }
        let mut newer = whole;
        newer[8] = 2;
        assert_eq!(foreign_version(&newer), Some(2));
    }
}
