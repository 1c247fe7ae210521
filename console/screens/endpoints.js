// Endpoints: subscribers' URLs, how they are doing, and new ones.
import { useEvents, usePages } from '../api.js';
import { Button, Empty, Head, Loading, Problem, Table, Time, compact, go, html, href, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Form } from './endpoints/form.js';
import { Rate, StateOf, useStats } from './endpoints/figures.js';

const some = (list, what) => (list.length ? `${list.length} ${what}${list.length === 1 ? '' : 's'}` : `all ${what}s`);

export default function Endpoints({ session }) {
  const list = usePages('/api/v1/endpoints');
  const stats = useStats(list.rows);
  const [making, setMaking] = useState(false);
  const administers = may(session, 'administer');
  useEvents({ types: ['endpoint_disabled', 'resync'] }, list.reload);
  const to = (row, params = {}) => href('endpoints', row.id, params);
  const columns = [
    { name: 'Endpoint', cell: (row) => html`<span class="cut">${row.description || new URL(row.url).host}</span><small class="under cut">${row.url}</small>` },
    { name: 'State', cell: (row) => html`<${StateOf} endpoint=${row} />` },
    { name: 'Succeeded, 24 h', cell: (row) => html`<a href=${to(row, { state: 'delivered' })}><${Rate} stats=${stats[row.id]} /></a>` },
    { name: 'Waiting', class: 'right', cell: (row) => html`<a href=${to(row, { state: 'pending' })}>${compact(stats[row.id]?.waiting)}</a>`, narrow: false },
    { name: 'Next try', cell: (row) => html`<${Time} at=${stats[row.id]?.next_try_at} />`, narrow: false },
    { name: 'Gets', cell: (row) => html`<small>${some(row.event_types, 'event')} of ${some(row.channels, 'channel')}</small>`, narrow: false },
  ];
  const create = administers && html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>New endpoint</${Button}>`;
  return html`<div class="page">
    <${Head} title="Endpoints" note="Subscribers’ URLs, to which events are delivered.">${create}</${Head}>
    <${Problem} error=${list.error} again=${list.reload} />
    ${list.rows.length ? html`<${Table} label="Endpoints" columns=${columns} rows=${list.rows} to=${to} hasMore=${list.hasMore} more=${list.more} loading=${list.loading} />`
      : list.loading ? html`<${Loading} />`
        : !list.error && html`<${Empty} icon="endpoint" title="No endpoints yet">An endpoint is a URL of yours that gets each event, signed, as it happens.
          Events can be followed without one too: on the live stream, over NATS, or with <code>wharf listen</code>.</${Empty}>`}
    ${making && html`<${Form} onClose=${() => setMaking(false)} onDone=${(made) => { setMaking(false); go(href('endpoints', made.id)); }} />`}</div>`;
}
