// Messages, newest first: the list behind the overview's numbers.
import { Badge, Button, Empty, Field, Head, Icon, Loading, Problem, Table, Time, go, href, html, textOf, useCalm, whoOf, words } from '../ui.js';
import { useEvents, useGet, usePages } from '../api.js';
import { Lately, Limited, useSince } from './manage/listing.js';

const STATES = ['received', 'scheduled', 'queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'played', 'unknown',
  'requires_template', 'failed', 'expired', 'canceled'];

/** States that figures take together. */
const SEVERAL = [['queued,scheduled', 'Queued or scheduled'], ['failed,requires_template', 'Failed or requires a template']];

const columns = [
  { name: 'Message', cell: (one) => html`<span class="found"><${Icon} name=${one.direction === 'inbound' ? 'in' : 'up'} />
    <span class="cut"><span class="unseen">${one.direction}</span> <bdi>${textOf(one.content) || words(one.type)}</bdi></span></span>` },
  { name: 'State', cell: (one) => html`<${Badge} state=${one.state} />` },
  { name: 'Type', narrow: false, cell: (one) => words(one.type) },
  { name: 'With', narrow: false, cell: (one) => html`<span class="number">${whoOf(one.content)}</span>` },
  { name: 'Channel', narrow: false, cell: (one) => one.channel },
  { name: 'Reason', narrow: false, cell: (one) => one.error && html`<span class="cut reason">${one.error.code ? `${one.error.code} ` : ''}${one.error.title}</span>` },
  { name: 'When', class: 'right', cell: (one) => html`<${Time} at=${one.created_at} />` },
];

const QUEUES = { due: 'due now', later: 'for later', high: 'high priority', normal: 'normal priority', low: 'low priority' };

export default function Messages({ params }) {
  const { channel, direction, state, accepted, contact, conversation, tag, queue, hours } = params;
  const filters = { channel, direction, state, accepted, contact, conversation, tag, queue };
  const list = usePages('/api/v1/messages', { ...filters, since: useSince(hours) }, { live: true });
  // What no event tells of, e.g. that one is queued, comes with the next look.
  useEvents({}, useCalm(list.refresh, 1000));
  const channels = useGet('/api/v1/channels', { limit: 500 });
  const filter = (change) => go(href('messages', { ...filters, hours, ...change }), { replace: true });
  return html`<div class="page"><${Head} title="Messages"><${Button} kind="quiet" icon="retry" aria-label="Load again" onClick=${list.reload} /></${Head}>
    <div class="filters">
      <${Field} label="Direction" as="select" value=${direction ?? ''} onValue=${(value) => filter({ direction: value })}
        options=${[['', 'Both ways'], ['inbound', 'In'], ['outbound', 'Out']]} />
      <${Field} label="State" as="select" value=${state ?? ''} onValue=${(value) => filter({ state: value })}
        options=${[['', 'All states'], ...STATES.map((one) => [one, words(one)]), ...SEVERAL]} />
      <${Field} label="Channel" as="select" value=${channel ?? ''} onValue=${(value) => filter({ channel: value })}
        options=${[['', 'All channels'], ...(channels.data?.data ?? []).map((one) => [one.id, one.name || one.id])]} /></div>
    ${accepted === 'true' && html`<${Limited} all=${href('messages', { ...filters, accepted: undefined, hours })}>those that WhatsApp has taken<//>`}
    ${queue && html`<${Limited} all=${href('messages', { ...filters, queue: undefined, hours })}>those in the queue: <strong>${QUEUES[queue] ?? words(queue)}</strong><//>`}
    <${Lately} hours=${hours} all=${href('messages', filters)} />
    <${Problem} error=${list.error} again=${list.reload} />
    ${list.rows.length ? html`<${Table} class="messages" label="Messages" columns=${columns} ...${list} to=${(one) => href('messages', one.id)} />`
      : list.loading ? html`<${Loading} />` : !list.error && html`<${Empty} icon="letter" title="No message fits">Choose other filters, or wait for one.</${Empty}>`}</div>`;
}
