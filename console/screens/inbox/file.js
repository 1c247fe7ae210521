// A file in a bubble: picture, film, sound, document, sticker; or why it is not there.
import { html, useCallback, useEffect, useRef, useState, bytes, Button, Icon, toast } from '../../ui.js';
import { contentOf, get, post } from '../../api.js';
import { nameOf } from './read.js';

const ICONS = { image: 'image', sticker: 'image', video: 'play', gif: 'play', audio: 'play', location: 'place', product: 'image' };
const ABSENT = { state: 'absent' };
const WHY = {
  failed: 'could not be fetched from WhatsApp',
  expired: 'is removed: its time was over, or its person was erased',
  absent: 'is not kept any more',
};

export const Glyph = ({ kind }) => html`<${Icon} name=${ICONS[kind] ?? 'file'} />`;

/** A frame where the file itself cannot be drawn. */
export const Frame = ({ kind, children }) => html`<div class="file-frame"><${Glyph} kind=${kind} /><span>${children}</span></div>`;

/** The file of an outbound message: ours by its id, Meta's, or behind a link that is never loaded from here. */
export function SentFile({ kind, file = {} }) {
  const { id, link, filename } = file;
  if (id?.startsWith('med_')) return html`<${OwnFile} key=${id} id=${id} kind=${kind} file=${file} />`;
  if (link) {
    let host = link;
    try { host = new URL(link).host; } catch { /* shown as it is */ }
    return html`<${Frame} kind=${kind}><a href=${link} target="_blank" rel="noopener noreferrer">${nameOf(kind)} at ${host}</a><//>`;
  }
  return html`<${Frame} kind=${kind}>${filename ?? nameOf(kind)}${id ? ' (stored at Meta)' : ''}<//>`;
}

function OwnFile({ id, kind, file }) {
  const known = useMedia(undefined, () => get(`/api/v1/media/${encodeURIComponent(id)}`));
  return html`<${Kept} kind=${kind} known=${known} file=${file} />`;
}

/** The file of a user's message. The live stream does not say how far it is: it is looked up. */
export function ReceivedFile({ message, file = {}, mayFetch }) {
  const known = useMedia(message.media, () => get('/api/v1/media', { message: message.id, limit: 1 }).then((page) => page.data[0] ?? ABSENT));
  return html`<${Kept} kind=${message.type} known=${known} file=${file} mayFetch=${mayFetch} />`;
}

/** What is known of a file, and asked for where it is not told: `{media, error, look}`. */
function useMedia(told, ask) {
  const [state, setState] = useState({ media: told });
  const turn = useRef();
  const look = useCallback(() => {
    const mine = turn.current = {};
    const answer = (next) => { if (turn.current === mine) setState(next); };
    return ask().then((media) => answer({ media }), (error) => answer(error.status === 404 ? { media: ABSENT } : { error }));
  }, []);
  useEffect(() => {
    if (told && told.state !== 'pending') setState({ media: told });
    else look();
    return () => { turn.current = null; };
  }, [told]);
  return { ...state, look };
}

/** A file that the gateway keeps, as far as it is known. */
function Kept({ kind, known, file, mayFetch }) {
  const { media, error, look } = known;
  const [broken, setBroken] = useState(false);
  const [busy, setBusy] = useState(false);
  const filename = media?.filename ?? file.filename;
  const name = filename ?? (kind === 'audio' && file.voice ? 'Voice message' : nameOf(kind));
  if (error) return html`<${Frame} kind=${kind}>${name}<small>${error.detail ?? error.message}</small><${Button} onClick=${look}>Try again<//><//>`;
  if (!media || media.state === 'pending') {
    const says = html`<span>${name}${media ? ' is on its way…' : '…'}${media?.error && html`<small>The last try failed: ${media.error}. It is tried again by itself.</small>`}</span>`;
    return kind === 'image' || kind === 'video' ? html`<div class="card-media file-room"><${Glyph} kind=${kind} />${says}</div>`
      : html`<${Frame} kind=${kind}>${says}<//>`;
  }
  if (media.state !== 'stored') {
    const failed = media.state === 'failed';
    const again = () => {
      setBusy(true);
      return post(`/api/v1/media/${media.id}/retry`).then(look, (problem) => toast(problem.detail ?? problem.message, 'bad')).then(() => setBusy(false));
    };
    return html`<${Frame} kind=${kind}>${name} ${WHY[media.state] ?? media.state}
      ${failed && html`<small>${media.error && `${media.error}. `}WhatsApp keeps it for seven days${mayFetch ? '.' : ': somebody with an operator’s key can fetch it again.'}</small>`}
      ${failed && mayFetch && html`<${Button} icon="retry" busy=${busy} onClick=${again}>Fetch again<//>`}<//>`;
  }
  const src = contentOf(media.id);
  // It may have been removed since it was looked up.
  const fail = () => { setBroken(true); look(); };
  if (kind === 'document' || broken) {
    return html`<a class="file-frame" href=${src} target="_blank" rel="noopener" download=${filename ?? ''}><${Glyph} kind=${kind} />
      <span><b>${name}</b><small>${broken && 'This browser cannot show it. '}${broken && 'Download'} ${media.bytes && bytes(media.bytes)}</small></span></a>`;
  }
  if (kind === 'image') return html`<a class="picture" href=${src} target="_blank" rel="noopener"><img src=${src} alt="Photo" loading="lazy" onError=${fail} /></a>`;
  if (kind === 'sticker') return html`<img class="sticker" src=${src} alt="Sticker" onError=${fail} />`;
  if (kind === 'audio') return html`<audio src=${src} controls preload="metadata" aria-label=${name} onError=${fail} />`;
  return html`<video class="film" src=${src} controls playsinline preload="metadata" aria-label=${name} onError=${fail} />`;
}
