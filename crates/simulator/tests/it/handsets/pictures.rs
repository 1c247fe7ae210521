//! Files to send: pictures that the browser draws, and a tone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use test_servers::Chromium;

/// A plant in a pot, different for each number.
const PLANT: &str = r"
const [seed, type, size] = arguments;
const canvas = document.createElement('canvas');
canvas.width = size; canvas.height = size * 0.75;
const pen = canvas.getContext('2d');
pen.scale(size / 640, size / 640);
const hues = [[32, 150], [200, 165], [330, 105], [265, 140]][seed % 4];
if (type !== 'image/webp') {
  const sky = pen.createLinearGradient(0, 0, 0, 480);
  sky.addColorStop(0, `hsl(${hues[0]} 60% 86%)`); sky.addColorStop(1, `hsl(${hues[0]} 50% 72%)`);
  pen.fillStyle = sky; pen.fillRect(0, 0, 640, 480);
  pen.fillStyle = `hsl(${hues[0]} 35% 58%)`; pen.fillRect(0, 392, 640, 88);
}
pen.fillStyle = 'rgb(0 0 0 / 0.16)'; pen.beginPath(); pen.ellipse(330, 432, 150, 20, 0, 0, 7); pen.fill();
pen.save(); pen.translate(320, 250);
for (let ring = 3; ring >= 0; ring -= 1) {
  const leaves = 7 + ring * 2 + seed % 3;
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    pen.save(); pen.rotate((leaf / leaves) * Math.PI * 2 + ring * 0.35);
    const long = 46 + ring * 34;
    pen.fillStyle = `hsl(${hues[1] + ring * 5} ${46 - ring * 4}% ${62 - ring * 8}%)`;
    pen.beginPath(); pen.moveTo(0, 0);
    pen.bezierCurveTo(26 + ring * 5, -long * 0.5, 22, -long * 0.9, 0, -long);
    pen.bezierCurveTo(-22, -long * 0.9, -26 - ring * 5, -long * 0.5, 0, 0); pen.fill();
    pen.strokeStyle = 'rgb(255 255 255 / 0.35)'; pen.lineWidth = 2; pen.stroke();
    pen.restore();
  }
}
pen.restore();
const pot = pen.createLinearGradient(220, 0, 420, 0);
pot.addColorStop(0, '#d9825b'); pot.addColorStop(1, '#a9532f');
pen.fillStyle = pot; pen.beginPath(); pen.moveTo(226, 318); pen.lineTo(414, 318); pen.lineTo(388, 436); pen.lineTo(252, 436); pen.closePath(); pen.fill();
pen.fillStyle = '#c06a43'; pen.fillRect(214, 306, 212, 28);
return canvas.toDataURL(type, 0.85).split(',')[1];
";

/// A picture of this type: `image/png`, `image/jpeg` or, without background, `image/webp`.
pub(crate) fn plant(browser: &Chromium, seed: u32, mime_type: &str) -> Vec<u8> {
    let drawn = browser.run(PLANT, &json!([seed, mime_type, 640])).unwrap();
    STANDARD.decode(drawn.as_str().unwrap()).unwrap()
}

/// Two seconds of a tone as WAV, 8,000 bytes a second.
pub(crate) fn tone() -> Vec<u8> {
    let samples: Vec<u8> = (0..16_000_u32)
        .map(|at| if at / 18 % 2 == 0 { 150 } else { 106 })
        .collect();
    let size = u32::try_from(samples.len()).unwrap();
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((size + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]);
    wav.extend(8000_u32.to_le_bytes());
    wav.extend(8000_u32.to_le_bytes());
    wav.extend([1, 0, 8, 0]);
    wav.extend(b"data");
    wav.extend(size.to_le_bytes());
    wav.extend(samples);
    wav
}
