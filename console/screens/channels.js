// Channels: the numbers that messages come and go through.
import { useEvents, usePages } from '../api.js';
import { Badge, Button, Empty, Head, Loading, Problem, Table, compact, duration, go, html, href, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Form } from './channels/form.js';
import { Quality, Throughput, tierOf, useLoads } from './channels/figures.js';

export default function Channels({ session }) {
  const list = usePages('/api/v1/channels');
  const loads = useLoads(list.rows);
  const [making, setMaking] = useState(false);
  const reads = may(session, 'read');
  useEvents({ types: ['channel_paused', 'channel_resumed', 'resync'] }, list.reload);
  const waits = (row) => {
    const queue = loads[row.id]?.queue;
    return queue ? queue.due + queue.later : null;
  };
  const columns = [
    { name: 'Channel', cell: (row) => html`${row.name}<small class="under">${row.display_phone_number ?? row.id}</small>` },
    { name: 'State', cell: (row) => html`<${Badge} state=${row.state} />${row.paused && html`<small class="under">${row.paused.by === 'carrier' ? 'by WhatsApp' : 'by a person'}</small>`}` },
    { name: 'Quality', cell: (row) => html`<${Quality} of=${loads[row.id]?.quality} />`, narrow: false },
    { name: 'Limit', cell: (row) => tierOf(loads[row.id]?.tier), narrow: false },
    { name: 'Throughput', cell: (row) => html`<${Throughput} of=${loads[row.id]?.throughput} />`, narrow: false },
    { name: 'Queue', class: 'right', cell: (row) => html`<a href=${href('channels', row.id, { list: 'queued' })}>${compact(waits(row))}</a>
        ${loads[row.id]?.queue.oldest_age_seconds > 0 && html`<small class="under">oldest ${duration(loads[row.id].queue.oldest_age_seconds * 1000)}</small>`}` },
    { name: 'Failed, 24 h', class: 'right', cell: (row) => html`<a href=${reads ? href('channels', row.id, { list: 'failed' }) : undefined}>${compact(loads[row.id]?.failed_24h)}</a>`, narrow: false },
  ];
  return html`<div class="page">
    <${Head} title="Channels" note="The numbers that messages come and go through.">
      ${may(session, 'administer') && !session.channels && html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>New channel</${Button}>`}</${Head}>
    <${Problem} error=${list.error} again=${list.reload} />
    ${list.rows.length ? html`<${Table} label="Channels" columns=${columns} rows=${list.rows} to=${(row) => href('channels', row.id)} hasMore=${list.hasMore} more=${list.more} loading=${list.loading} />`
      : list.loading ? html`<${Loading} />`
        : !list.error && html`<${Empty} icon="channel" title="No channels yet">A channel is one of your WhatsApp numbers. A number whose webhooks come here before
          it is set up gets a channel by itself, which only receives.</${Empty}>`}
    ${making && html`<${Form} onClose=${() => setMaking(false)} onDone=${(made) => { setMaking(false); go(href('channels', made.id)); }} />`}</div>`;
}
