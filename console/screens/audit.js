// Audit: who changed what, and when.
import { request, useGet, usePages } from '../api.js';
import { Button, Empty, Field, Head, Problem, Time, go, html, href, useAct, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Deed, placeOf } from './audit/deed.js';
import { diff } from './audit/diff.js';
import { Listing } from './manage/listing.js';

const PATH = '/api/v1/audit';
const FORMATS = { csv: { headers: { accept: 'text/csv' } }, ndjson: { headers: { accept: 'application/x-ndjson' }, format: 'ndjson' } };

const toLocal = (at) => (at ? new Date(new Date(at) - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : '');
const toZulu = (local) => (local ? new Date(local).toISOString() : '');

/** What changed, in a line. */
function gist(deed) {
  const changed = diff(deed.was, deed.became).filter((row) => row.kind !== 'same');
  return changed.slice(0, 3).map((row) => row.pointer.slice(1)).join(', ') + (changed.length > 3 ? ` and ${changed.length - 3} more` : '');
}

function Filters({ params }) {
  const keys = useGet('/api/v1/api-keys', { limit: 500 }).data?.data ?? [];
  const set = (more) => go(href('audit', { ...params, ...more }), { replace: true });
  const change = (name, read = (text) => text.trim()) => (event) => set({ [name]: read(event.target.value) });
  return html`<div class="filters" role="search" aria-label="Filters">
    <${Field} label="Who" as="select" name="actor" value=${params.actor ?? ''} options=${[['', 'Anybody'], ...keys.map((key) => [key.id, key.name])]} onValue=${(actor) => set({ actor })} />
    <${Field} label="Action" name="action" placeholder="channel.paused" value=${params.action ?? ''} onChange=${change('action')} spellcheck="false" autocomplete="off" />
    <${Field} label="Done to" name="subject" placeholder="an id" value=${params.subject ?? ''} onChange=${change('subject')} spellcheck="false" autocomplete="off" />
    <${Field} label="From" name="since" type="datetime-local" value=${toLocal(params.since)} onChange=${change('since', toZulu)} />
    <${Field} label="To" name="until" type="datetime-local" value=${toLocal(params.until)} onChange=${change('until', toZulu)} />
    ${Object.keys(params).length > 0 && html`<${Button} kind="quiet" to=${href('audit')}>Clear</${Button}>`}</div>`;
}

export default function Audit({ params, session }) {
  const { actor, action, subject, since, until } = params;
  const wanted = { actor, action, subject, since, until };
  const mine = may(session, 'administer') && !session.channels;
  const list = usePages(mine ? PATH : null, wanted, { live: true });
  const [open, setOpen] = useState(null);
  const [save, { busy, error }] = useAct(async (kind) => {
    const { headers, format } = FORMATS[kind];
    const answer = await request('GET', PATH, { params: { ...wanted, format }, headers, raw: true });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `wharf-audit.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  if (!mine) return html`<div class="page"><${Head} title="Audit" /><${Empty} icon="audit" title="Only administrators see the audit" /></div>`;
  const columns = [
    { name: 'When', cell: (row) => html`<${Time} at=${row.at} />` },
    { name: 'Who', cell: (row) => html`<a href=${href('audit', { ...wanted, actor: row.actor })}>${row.actor_name ?? row.actor}</a>` },
    { name: 'What', cell: (row) => html`<code>${row.action}</code>` },
    { name: 'Done to', cell: (row) => (placeOf(row) ? html`<a class="cut" href=${placeOf(row)}><code>${row.subject}</code></a>` : html`<code class="cut">${row.subject}</code>`), narrow: false },
    { name: 'Changed', cell: (row) => html`<small class="cut">${gist(row)}</small>`, narrow: false },
  ];
  return html`<div class="page">
    <${Head} title="Audit" note="Who changed what, and when.">
      <${Button} icon="download" busy=${busy} onClick=${() => save('csv')}>CSV</${Button}>
      <${Button} icon="download" busy=${busy} onClick=${() => save('ndjson')}>NDJSON</${Button}></${Head}>
    <${Filters} params=${params} />
    <${Problem} error=${error} />
    <${Listing} label="Audit" list=${list} columns=${columns} onOpen=${setOpen} none=${['Nothing is on record', 'audit']} />
    ${open && html`<${Deed} deed=${open} onClose=${() => setOpen(null)} />`}</div>`;
}
