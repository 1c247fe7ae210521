// Channels: the numbers that messages come and go through.
import { useEvents, usePages } from '../api.js';
import { Badge, Button, Head, compact, duration, html, href, useState, words } from '../ui.js';
import { may } from '../shell/side.js';
import { Form } from './channels/form.js';
import { Quality, Throughput, tierOf } from './channels/figures.js';
import { Limited, Listing, useOnly } from './manage/listing.js';

const to = (row) => href('channels', row.id);
const messages = (row, state, hours) => href('messages', { channel: row.id, state, hours });
const waiting = (row, queue) => href('messages', { channel: row.id, queue });
const isIn = (state) => state && ((row) => (state === 'paused' ? row.paused : row.state === state));

export default function Channels({ params, session }) {
  const reads = may(session, 'read');
  const list = useOnly(usePages('/api/v1/channels', { load: reads || undefined }, { live: true }), isIn(params.state));
  const [making, setMaking] = useState(false);
  useEvents({ types: ['channel_paused', 'channel_resumed', 'resync'] }, list.reload);
  const queue = (row) => {
    const { due, later, oldest_age_seconds: age } = row.load?.queue ?? {};
    return html`<a href=${waiting(row, 'due')}>${compact(due)}</a>${later > 0 && html`<small class="under"><a href=${waiting(row, 'later')}>${compact(later)}</a> for later</small>`}${age > 0 && html`<small class="under">oldest ${duration(age * 1000)}</small>`}`;
  };
  const columns = [
    { name: 'Channel', cell: (row) => html`${row.name}<small class="under">${row.display_phone_number ?? row.id}</small>` },
    { name: 'State', cell: (row) => html`<${Badge} state=${row.state} />${row.paused && html`<small class="under">${row.paused.by === 'carrier' ? 'by WhatsApp' : 'by a person'}</small>`}` },
    ...(reads ? [
      { name: 'Quality', narrow: false, cell: (row) => html`<${Quality} of=${row.load?.quality} />` },
      { name: 'Limit of users', narrow: false, cell: (row) => tierOf(row.load?.tier) },
      { name: 'Throughput', narrow: false, cell: (row) => html`<a href=${href('messages', { channel: row.id, direction: 'outbound', accepted: true, hours: 1 })}><${Throughput} of=${row.load?.throughput} /></a>` },
      { name: 'Queue', class: 'right', cell: queue },
      { name: 'Failed, 24 h', class: 'right', narrow: false, cell: (row) => html`<a href=${messages(row, 'failed,requires_template', 24)}>${compact(row.load?.failed_24h)}</a>` },
    ] : []),
  ];
  return html`<div class="page"><${Head} title="Channels" note="The numbers that messages come and go through.">
      ${may(session, 'administer') && !session.channels && html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>New channel</${Button}>`}</${Head}>
    ${params.state && html`<${Limited} all=${href('channels')}>those that are <strong>${words(params.state)}</strong><//>`}
    <${Listing} label="Channels" list=${list} columns=${columns} to=${to} none=${params.state ? ['None is in this state', 'check'] : ['No channels yet', 'channel',
      'A channel is one of your WhatsApp numbers. A number whose webhooks come here before it is set up gets one by itself, which only receives.']} />
    ${making && html`<${Form} onClose=${() => setMaking(false)} onDone=${list.reload} />`}</div>`;
}
