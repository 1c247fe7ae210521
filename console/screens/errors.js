// What WhatsApp said went wrong, newest first: refusals of calls, and messages that it could not deliver.
import { Button, Field, Head, Time, go, href, html, words } from '../ui.js';
import { useGet, usePages } from '../api.js';
import { Lately, Limited, Listing, useSince } from './manage/listing.js';

const SOURCES = { answer: 'the call was refused', status: 'not delivered' };

const columns = [
  { name: 'Code', cell: (row) => html`<code>${row.code ?? 'none'}</code><small class="under">${words(row.class)}</small>` },
  { name: 'What to do', cell: (row) => row.advice ?? 'Look at what it said, in the timeline of the message.' },
  { name: 'Told by', narrow: false, cell: (row) => SOURCES[row.source] ?? words(row.source) },
  { name: 'Channel', narrow: false, cell: (row) => row.channel },
  { name: 'When', class: 'right', cell: (row) => html`<${Time} at=${row.at} />` },
];

export default function Errors({ params }) {
  const { channel, code, hours } = params;
  const list = usePages('/api/v1/errors', { channel, code, since: useSince(hours) }, { live: true });
  const channels = useGet('/api/v1/channels', { limit: 500 });
  const filter = (change) => go(href('errors', { channel, code, hours, ...change }), { replace: true });
  return html`<div class="page"><${Head} title="Errors" note="What WhatsApp refused, also where it was tried again, and what it could not deliver.">
      <${Button} kind="quiet" icon="retry" aria-label="Load again" onClick=${list.reload} /></${Head}>
    <div class="filters"><${Field} label="Channel" as="select" value=${channel ?? ''} onValue=${(value) => filter({ channel: value })}
      options=${[['', 'All channels'], ...(channels.data?.data ?? []).map((one) => [one.id, one.name || one.id])]} /></div>
    ${code && html`<${Limited} all=${href('errors', { channel, hours })}>with ${code.includes(',') ? 'one of the codes' : 'code'} <code>${code.replaceAll(',', ', ')}</code><//>`}
    <${Lately} hours=${hours} all=${href('errors', { channel, code })} />
    <${Listing} label="Errors" list=${list} columns=${columns} to=${(row) => (row.message ? href('messages', row.message) : null)}
      none=${['No errors', 'check', 'WhatsApp took what it was given.']} /></div>`;
}
