// The deliveries of one endpoint, by state.
import { usePages } from '../../api.js';
import { Badge, Time, html, href, useEffect, words } from '../../ui.js';
import { Limited, Listing, Tabs, useSince } from '../manage/listing.js';

const STATES = [['', 'All'], ['pending', 'Waiting'], ['failing', 'Failing'], ['failed', 'Failed for good'], ['delivered', 'Delivered'], ['canceled', 'Canceled']];

/** One that waits and has failed before is not one that waits for its first try. */
export const stateOf = ({ state, attempt_count: tries }) => (state === 'pending' && tries > 0
  ? html`<${Badge} tone="bad">failing</${Badge}>` : html`<${Badge} state=${state} />`);

export function Deliveries({ endpoint, params, turn, onOpen }) {
  const { state = '', event, failures, tried } = params;
  const list = usePages('/api/v1/deliveries', {
    endpoint: endpoint.id, event, tried_since: useSince(tried), ...(state === 'failing' ? { state: 'pending', failures: true } : { state, failures }),
  }, { live: true });
  useEffect(() => { if (turn) list.refresh(); }, [turn]);
  const columns = [
    { name: 'Event', cell: (row) => html`${words(row.event ?? 'event')}<small class="under"><code>${row.event_id}</code></small>` },
    { name: 'State', cell: stateOf },
    { name: 'Tries', class: 'right', cell: (row) => row.attempt_count },
    { name: 'Next try', narrow: false, cell: (row) => html`<${Time} at=${endpoint.disabled_at ? null : row.next_attempt_at} />` },
    { name: 'When', class: 'right', cell: (row) => html`<${Time} at=${row.created_at} />` },
  ];
  return html`<section class="stack tight" aria-labelledby="deliveries"><h2 id="deliveries">Deliveries</h2>
    <${Tabs} label="State of the deliveries" tabs=${STATES} current=${state} at=${['endpoints', endpoint.id]} name="state" params=${{ event, failures, tried }} />
    ${event && html`<${Limited} all=${href('endpoints', endpoint.id, { state, failures, tried })}>of event <code>${event}</code><//>`}
    ${failures && html`<${Limited} all=${href('endpoints', endpoint.id, { state, event, tried })}>those with a try that failed<//>`}
    ${tried > 0 && html`<${Limited} all=${href('endpoints', endpoint.id, { state, event, failures })}>those with ${failures ? 'such a try' : 'a try'} in the last <strong>${tried > 1 ? `${tried} hours` : 'hour'}</strong><//>`}
    <${Listing} label="Deliveries" list=${list} columns=${columns} current=${params.delivery} onOpen=${onOpen}
      none=${state ? ['None is in this state', 'check'] : ['No deliveries yet', 'send', 'The next event goes here; or send a test.']} /></section>`;
}
