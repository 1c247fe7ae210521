//! Room in memory for the bodies that are being read: whoever sends much and no signature that is
//! right must not fill it.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Refused;

/// Bytes of all bodies together.
const ROOM: usize = 64 << 20;

/// The bytes that are left.
#[derive(Debug)]
pub(crate) struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self(Semaphore::new(ROOM))
    }
}

impl Room {
    /// Reads a body of up to `limit` bytes. Its room is free again when the permit is dropped.
    pub(super) async fn read(
        &self,
        mut body: Body,
        limit: usize,
    ) -> Result<(Bytes, SemaphorePermit<'_>), Refused> {
        let mut taken = self.take(0)?;
        let (mut first, mut all) = (Bytes::new(), BytesMut::new());
        while let Some(frame) = body.frame().await {
            let Ok(bytes) = frame.map_err(|_| Refused::Body)?.into_data() else {
                continue;
            };
            if taken.num_permits() + bytes.len() > limit {
                return Err(Refused::TooLarge);
            }
            taken.merge(self.take(bytes.len())?);
            if first.is_empty() {
                // Most bodies come in one piece, which is not copied.
                first = bytes;
                continue;
            }
            if all.is_empty() {
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&bytes);
        }
        let body = if all.is_empty() { first } else { all.freeze() };
        Ok((body, taken))
    }

    fn take(&self, bytes: usize) -> Result<SemaphorePermit<'_>, Refused> {
        let bytes = u32::try_from(bytes).map_err(|_| Refused::TooLarge)?;
        self.0.try_acquire_many(bytes).map_err(|_| Refused::Full)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn body(pieces: &'static [&'static str]) -> Body {
        let pieces = pieces.iter().map(|&piece| Ok::<_, std::io::Error>(piece));
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_takes_room_until_it_is_done_with() {
        let room = Room(Semaphore::new(8));
        let (read, taken) = room.read(body(&["ab", "c", "", "de"]), 5).await.unwrap();
        assert_eq!(&read[..], b"abcde");
        assert_eq!(room.0.available_permits(), 3);
        let over = room.read(body(&["abc", "def"]), 5).await;
        assert!(matches!(over, Err(Refused::TooLarge)));
        let full = room.read(body(&["ab", "cd"]), 5).await;
        assert!(matches!(full, Err(Refused::Full)));
        drop(taken);
        let (read, _taken) = room.read(body(&["abcd"]), 5).await.unwrap();
        assert_eq!(&read[..], b"abcd");
        assert_eq!(room.0.available_permits(), 4);
    }
}
