// A file in a bubble: picture, film, sound, document, sticker; or why it is not there.
import { html, useEffect, useState, bytes, Button, Icon } from '../../ui.js';
import { contentOf, get, post } from '../../api.js';
import { nameOf } from './read.js';

const ICONS = { image: 'image', sticker: 'image', video: 'play', gif: 'play', audio: 'play', location: 'place', product: 'image' };

export const Glyph = ({ kind }) => html`<${Icon} name=${ICONS[kind] ?? 'file'} />`;

/** A frame where the file itself cannot be drawn. */
export const Frame = ({ kind, children }) => html`<div class="file-frame"><${Glyph} kind=${kind} /><span>${children}</span></div>`;

/** The file of an outbound message: ours by its id, Meta's, or behind a link that is never loaded from here. */
export function SentFile({ kind, file = {} }) {
  const { id, link, filename, url } = file;
  if (url) return html`<${Stored} kind=${kind} src=${url} filename=${filename} voice=${file.voice} />`;
  if (id?.startsWith('med_')) return html`<${Stored} kind=${kind} src=${contentOf(id)} filename=${filename} voice=${file.voice} />`;
  if (link) {
    let host = link;
    try { host = new URL(link).host; } catch { /* shown as it is */ }
    return html`<${Frame} kind=${kind}><a href=${link} target="_blank" rel="noopener noreferrer">${nameOf(kind)} at ${host}</a><//>`;
  }
  return html`<${Frame} kind=${kind}>${filename ?? nameOf(kind)}${id ? ' (stored at Meta)' : ''}<//>`;
}

/** The file of a user's message. The list of messages does not name it: it is looked up. */
export function ReceivedFile({ message, file = {} }) {
  const kind = message.type;
  const [media, setMedia] = useState(message.media);
  const [error, setError] = useState(null);
  const told = message.media?.state;
  useEffect(() => {
    if (message.media && message.media.state !== 'pending') { setMedia(message.media); return; }
    let gone = false;
    const look = () => get('/api/v1/media', { message: message.id, limit: 1 }).then(
      (page) => { if (!gone) setMedia(page.data[0] ?? { state: 'absent' }); },
      (problem) => { if (!gone) setError(problem); },
    );
    look();
    return () => { gone = true; };
  }, [message.id, told]);
  if (error) return html`<${Frame} kind=${kind}>${nameOf(kind)}: ${error.detail}<//>`;
  if (!media || media.state === 'pending') return html`<${Frame} kind=${kind}>${nameOf(kind)} is on its way…<//>`;
  if (media.state === 'stored') {
    return html`<${Stored} kind=${kind} src=${contentOf(media.id)} filename=${media.filename ?? file.filename}
      size=${media.bytes} voice=${file.voice} />`;
  }
  const why = { failed: 'could not be fetched', expired: 'was removed, its time was over', absent: 'is not kept' }[media.state];
  const again = () => post(`/api/v1/media/${media.id}/retry`).then(setMedia, setError);
  return html`<${Frame} kind=${kind}>${nameOf(kind)} ${why ?? media.state}${' '}
    ${media.state === 'failed' && html`<${Button} small onClick=${again}>Fetch again<//>`}<//>`;
}

function Stored({ kind, src, filename, size, voice }) {
  const [broken, setBroken] = useState(false);
  if (broken) return html`<${Frame} kind=${kind}>${nameOf(kind)} cannot be shown<//>`;
  const fail = () => setBroken(true);
  if (kind === 'image') {
    return html`<a class="picture" href=${src} target="_blank" rel="noopener"><img src=${src} alt="Photo" loading="lazy" onError=${fail} /></a>`;
  }
  if (kind === 'sticker') return html`<img class="sticker" src=${src} alt="Sticker" onError=${fail} />`;
  if (kind === 'video') return html`<video class="film" src=${src} controls preload="metadata" onError=${fail} />`;
  if (kind === 'audio') {
    return html`<audio src=${src} controls preload="metadata" aria-label=${voice ? 'Voice message' : 'Audio'} onError=${fail} />`;
  }
  return html`<a class="file-frame" href=${src} target="_blank" rel="noopener" download=${filename ?? ''}>
    <${Glyph} kind="document" /><span><b>${filename ?? 'Document'}</b>${size ? html`<small>${bytes(size)}</small>` : ''}</span></a>`;
}
