// Keys: who may call the gateway, and what each may do.
import { del, post, usePages } from '../api.js';
import { Badge, Button, Confirm, Empty, Head, Id, Menu, Time, absolute, html, href, toast, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Create } from './keys/create.js';
import { Listing } from './manage/listing.js';
import { Rotate } from './manage/ask.js';

const PATH = '/api/v1/api-keys';

/** Live, with an old secret that is good as well, or revoked. */
function stateOf(row) {
  if (row.revoked_at) return html`<${Badge} state="revoked" /><small class="under"><${Time} at=${row.revoked_at} /></small>`;
  const old = new Date(row.old_secret_until ?? 0) > Date.now();
  return html`<${Badge} tone="good">live</${Badge}>${old && html`<small class="under">old secret ends <${Time} at=${row.old_secret_until} /></small>`}`;
}

export default function Keys({ session }) {
  const mine = may(session, 'administer') && !session.channels;
  const list = usePages(mine ? PATH : null, {}, { live: true });
  const [asks, setAsks] = useState([]);
  const [what, key] = asks;
  const done = () => setAsks([]);
  if (!mine) return html`<div class="page"><${Head} title="Keys" /><${Empty} icon="key" title="Only administrators see keys" /></div>`;
  const own = key?.id === session.key_id;
  const columns = [
    { name: 'Key', cell: (row) => html`<b>${row.name}</b> ${row.id === session.key_id && html`<${Badge} tone="info">yours</${Badge}>`}<small class="under">${row.role} · <${Id} id=${row.id} /></small>` },
    { name: 'Channels', narrow: false, cell: (row) => row.channels?.join(', ') ?? 'all' },
    { name: 'Sees texts', narrow: false, cell: (row) => (row.shows_texts ? 'yes' : 'no') },
    { name: 'State', cell: stateOf },
    { name: 'Last use', narrow: false, cell: (row) => (row.last_used_at ? html`<a href=${href('audit', { actor: row.id })}><${Time} at=${row.last_used_at} /></a>` : 'never') },
    { name: html`<span class="unseen">Acts</span>`, class: 'right', cell: (row) => !row.revoked_at && html`<${Menu} label=${`Acts on ${row.name}`} items=${[
      { label: 'Rotate…', icon: 'retry', onClick: () => setAsks(['rotate', row]) }, { label: 'Revoke…', icon: 'trash', danger: true, onClick: () => setAsks(['revoke', row]) }]} />` },
  ];
  const rotate = async (overlap_seconds) => {
    const made = await post(`${PATH}/${key.id}/rotate`, { overlap_seconds });
    list.reload();
    return { word: 'API key', secret: made.key, says: overlap_seconds ? `Put it where the old one is, which is good until ${absolute(made.old_secret_until)}.` : 'The old one is refused from now on.' };
  };
  return html`<div class="page"><${Head} title="Keys" note="Who may call the gateway and sign in here.">
      <${Button} icon="leave" onClick=${() => setAsks(['leave'])}>Sign out everywhere…</${Button}>
      <${Button} kind="primary" icon="plus" onClick=${() => setAsks(['create'])}>New key</${Button}></${Head}>
    <${Listing} label="Keys" list=${list} columns=${columns} none=${['No keys', 'key']} class="keys" />
    ${what === 'create' && html`<${Create} onClose=${done} onMade=${list.reload} />`}
    ${what === 'rotate' && html`<${Rotate} title=${`Rotate “${key.name}”`} onClose=${done} send=${rotate}
      says="The key gets another secret. For the time of the overlap both are good, so that nothing stops until the new one is everywhere." />`}
    ${what === 'revoke' && html`<${Confirm} title=${`Revoke “${key.name}”?`} word="Revoke" danger onClose=${done}
        onYes=${async () => { await del(`${PATH}/${key.id}`); toast(`“${key.name}” is revoked.`); list.reload(); }}>
      <p>It is refused from now on, everywhere, and whoever is signed in with it is signed out. This cannot be undone.</p>
      ${own && html`<p class="wrong">You are signed in with this key: you will be signed out.</p>`}</${Confirm}>`}
    ${what === 'leave' && html`<${Confirm} title="Sign out everywhere?" word="Sign out" danger onClose=${done} onYes=${async () => { await del('/console/sessions'); location.reload(); }}>
      <p>Every browser that is signed in with your key “${session.name}” is signed out, this one too. The key itself stays good.</p></${Confirm}>`}</div>`;
}
