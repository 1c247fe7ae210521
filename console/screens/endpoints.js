// Endpoints: subscribers' URLs, how they are doing, and new ones.
import { useEvents, usePages } from '../api.js';
import { Badge, Button, Head, Time, compact, html, href, percent, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Form } from './endpoints/form.js';
import { Limited, Listing, useOnly } from './manage/listing.js';

/** A share as a bar and a number. */
function Rate({ of }) {
  if (typeof of !== 'number') return '–';
  return html`<span class=${`rate is-${of >= 0.99 ? 'good' : of >= 0.9 ? 'wait' : 'bad'}`}><meter value=${of} aria-hidden="true" /> ${percent(of)}</span>`;
}

const some = (list, what) => (list.length ? `${list.length} ${what}${list.length === 1 ? '' : 's'}` : `all ${what}s`);
const stateOf = (row) => (row.disabled_at ? 'disabled' : 'enabled');
const isFailing = (row) => row.stats?.failing > 0;
const isIn = (state) => state && ((row) => stateOf(row) === state);
const to = (row, params = {}) => href('endpoints', row.id, params);

export default function Endpoints({ params, session }) {
  const pages = usePages('/api/v1/endpoints', { stats: true }, { live: true });
  const list = useOnly(pages, params.state === 'failing' ? isFailing : isIn(params.state));
  const [making, setMaking] = useState(false);
  useEvents({ types: ['endpoint_disabled', 'resync'] }, list.reload);
  const columns = [
    { name: 'Endpoint', cell: (row) => html`${row.description || new URL(row.url).host}<small class="under">${row.url}</small>` },
    { name: 'State', cell: (row) => html`<${Badge} state=${stateOf(row)} />${isFailing(row) && html` <${Badge} tone="bad">failing</${Badge}>`}${row.disabled_at && html`<small class="under">${row.disabled_reason}</small>`}` },
    { name: 'Succeeded, 24 h', cell: (row) => html`<a href=${to(row, { state: 'delivered', tried: 24 })}><${Rate} of=${row.stats?.success_rate_24h} /></a>` },
    { name: 'Waiting', class: 'right', narrow: false, cell: (row) => html`<a href=${to(row, { state: 'pending' })}>${compact(row.stats?.waiting)}</a>` },
    { name: 'Next try', narrow: false, cell: (row) => html`<${Time} at=${row.stats?.next_try_at} />` },
    { name: 'Gets', narrow: false, cell: (row) => html`<a href=${to(row)}><small>${some(row.event_types, 'event')} of ${some(row.channels, 'channel')}</small></a>` },
  ];
  return html`<div class="page"><${Head} title="Endpoints" note="Subscribers’ URLs, to which events are delivered.">
      ${may(session, 'administer') && html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>New endpoint</${Button}>`}</${Head}>
    ${params.state && html`<${Limited} all=${href('endpoints')}>those that are <strong>${params.state}</strong><//>`}
    <${Listing} label="Endpoints" list=${list} columns=${columns} to=${to} none=${params.state ? ['None is in this state', 'check'] : ['No endpoints yet', 'endpoint',
      'An endpoint is a URL of yours that gets each event, signed, as it happens. Events can also be followed on the live stream, over NATS, or with wharf listen.']} />
    ${making && html`<${Form} onClose=${() => setMaking(false)} onDone=${list.reload} />`}</div>`;
}
