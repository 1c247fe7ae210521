// The deliveries of one endpoint, by state.
import { useEvents, usePages } from '../../api.js';
import { Badge, Empty, Loading, Problem, Table, Time, html, href, useEffect, useRef } from '../../ui.js';

const STATES = [['', 'All'], ['pending', 'Waiting'], ['failed', 'Failed'], ['delivered', 'Delivered'], ['canceled', 'Canceled']];
const EVERY = 3000;

/** A delivery that waits and has failed before is not one that waits for its first try. */
export const stateOf = (delivery) => (delivery.state === 'pending' && delivery.attempt_count > 0
  ? html`<${Badge} tone="bad">failing</${Badge}>` : html`<${Badge} state=${delivery.state} />`);

export function Deliveries({ endpoint, state = '', event, turn, current, onOpen }) {
  const list = usePages('/api/v1/deliveries', { endpoint: endpoint.id, state, event });
  const soon = useRef(0);
  // A list that somebody has scrolled on in is left alone: it would lose its place.
  const calm = list.rows.length <= 50;
  const again = () => { clearTimeout(soon.current); soon.current = setTimeout(() => calm && list.reload(), 400); };
  useEvents({}, again);
  useEffect(() => { if (turn) list.reload(); }, [turn]);
  useEffect(() => {
    const timer = setInterval(() => calm && !document.hidden && list.reload(), EVERY);
    return () => { clearInterval(timer); clearTimeout(soon.current); };
  }, [list.reload, calm]);
  const columns = [
    { name: 'Event', cell: (row) => html`<code>${row.event ?? row.event_id}</code>` },
    { name: 'State', cell: stateOf },
    { name: 'Tries', class: 'right', cell: (row) => row.attempt_count },
    { name: 'Next try', cell: (row) => html`<${Time} at=${endpoint.disabled_at ? null : row.next_attempt_at} />`, narrow: false },
    { name: 'When', class: 'right', cell: (row) => html`<${Time} at=${row.created_at} />` },
  ];
  return html`<section class="stack tight" aria-labelledby="deliveries"><h2 id="deliveries">Deliveries</h2>
    <nav class="tabs" aria-label="State of the deliveries">${STATES.map(([value, label]) => html`
      <a href=${href('endpoints', endpoint.id, { state: value, event })} aria-current=${state === value ? 'true' : undefined}>${label}</a>`)}</nav>
    ${event && html`<p class="filter-note">Only of event <code>${event}</code>. <a href=${href('endpoints', endpoint.id, { state })}>Show all</a></p>`}
    <${Problem} error=${list.error} again=${list.reload} />
    ${list.rows.length ? html`<${Table} label="Deliveries" columns=${columns} rows=${list.rows} current=${current} onOpen=${onOpen} hasMore=${list.hasMore} more=${list.more} loading=${list.loading} />`
      : list.loading ? html`<${Loading} />` : !list.error && html`<${Empty} icon="send" title=${state ? 'None is in this state' : 'No deliveries yet'}>
        ${!state && 'The next event goes here; or send a test.'}</${Empty}>`}</section>`;
}
