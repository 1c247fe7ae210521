//! QR codes that open a chat with a text already written. See [Cloud API/QR codes].

use crate::chance::mix;

/// See [Cloud API/QR codes].
pub(crate) const MOST: usize = 2000;
/// Letters of a code, as Meta's pattern has them.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One code.
#[derive(Clone, Debug)]
pub(crate) struct QrCode {
    pub(crate) code: String,
    pub(crate) prefilled_message: String,
    pub(crate) created: i64,
}

/// The `n`th code of a number.
pub(crate) fn code(seed: u64, number: &str, n: u64) -> String {
    let number = number
        .bytes()
        .fold(0, |sum, byte| mix(sum, 201, u64::from(byte)));
    let mut bits = u128::from(mix(seed ^ number, 202, n)) << 64 | u128::from(mix(seed, 203, n));
    let mut code = String::with_capacity(14);
    for _ in 0..14 {
        let place = usize::try_from(bits % 32).unwrap_or(0);
        code.push(char::from(LETTERS[place]));
        bits /= 32;
    }
    code
}

/// The picture as SVG.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = qrcode::QrCode::new(text).ok()?;
    Some(
        code.render::<qrcode::render::svg::Color<'_>>()
            .min_dimensions(256, 256)
            .build(),
    )
}

/// The picture as PNG: one bit per dot, not compressed, as small pictures need no more.
pub(crate) fn png(text: &str) -> Option<Vec<u8>> {
    const DOTS: usize = 8;
    const MARGIN: usize = 4;
    let code = qrcode::QrCode::new(text).ok()?;
    let modules = code.width();
    let colors = code.to_colors();
    let side = (modules + 2 * MARGIN) * DOTS;
    let mut rows = Vec::with_capacity(side * (side / 8 + 1));
    for y in 0..side {
        // No filter.
        rows.push(0);
        for x in 0..side / DOTS {
            let module = (y / DOTS).checked_sub(MARGIN).zip(x.checked_sub(MARGIN));
            let dark = module.is_some_and(|(y, x)| {
                x < modules
                    && y < modules
                    && colors.get(y * modules + x) == Some(&qrcode::Color::Dark)
            });
            rows.push(if dark { 0x00 } else { 0xff });
        }
    }
    let side = u32::try_from(side).ok()?.to_be_bytes();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    // Width, height, one bit, grey, no interlacing.
    let header = [&side[..], &side[..], &[1, 0, 0, 0, 0]].concat();
    chunk(&mut png, *b"IHDR", &header)?;
    chunk(&mut png, *b"IDAT", &stored(&rows)?)?;
    chunk(&mut png, *b"IEND", &[])?;
    Some(png)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Option<()> {
    png.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    let checked = [&kind[..], data].concat();
    png.extend(&checked);
    let sum = checked.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    });
    png.extend((!sum).to_be_bytes());
    Some(())
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Option<Vec<u8>> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(0xffff);
    let last = blocks.len().saturating_sub(1);
    for (place, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).ok()?;
        stream.push(u8::from(place == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend((high << 16 | low).to_be_bytes());
    Some(stream)
}
