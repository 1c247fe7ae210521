// The messages of a channel, by what became of them.
import { usePages } from '../../api.js';
import { Badge, Empty, Loading, Problem, Table, Time, html, href, words } from '../../ui.js';

const LISTS = [
  ['queued', 'Waiting', { state: 'queued' }], ['scheduled', 'For later', { state: 'scheduled' }],
  ['failed', 'Failed', { state: 'failed' }], ['unknown', 'Unknown', { state: 'unknown' }],
  ['sent', 'Sent', { direction: 'outbound' }], ['received', 'Received', { direction: 'inbound' }],
];

export function Messages({ channel, list = 'queued' }) {
  const [, , wanted] = LISTS.find(([name]) => name === list) ?? LISTS[0];
  const messages = usePages('/api/v1/messages', { channel, ...wanted });
  const columns = [
    { name: 'Message', cell: (row) => html`${words(row.type)}<small class="under cut">${row.id}</small>` },
    { name: 'State', cell: (row) => html`<${Badge} state=${row.state} />${row.error && html`<small class="under">${row.error.code} ${row.error.title}</small>`}` },
    { name: 'When', class: 'right', cell: (row) => html`<${Time} at=${row.created_at} />` },
  ];
  return html`<section class="stack tight" aria-labelledby="messages"><h2 id="messages">Messages</h2>
    <nav class="tabs" aria-label="Which messages">${LISTS.map(([name, label]) => html`<a href=${href('channels', channel, { list: name })}
      aria-current=${list === name ? 'true' : undefined}>${label}</a>`)}</nav>
    <${Problem} error=${messages.error} again=${messages.reload} />
    ${messages.rows.length ? html`<${Table} label="Messages" columns=${columns} rows=${messages.rows} to=${(row) => href('messages', row.id)} hasMore=${messages.hasMore} more=${messages.more} loading=${messages.loading} />`
      : messages.loading ? html`<${Loading} />` : !messages.error && html`<${Empty} icon="letter" title=${list === 'queued' ? 'Nothing waits' : 'None'} />`}</section>`;
}
