// The messages of a channel, by what became of them.
import { usePages } from '../../api.js';
import { Badge, Time, html, href, words } from '../../ui.js';
import { Listing, Tabs } from '../manage/listing.js';

const LISTS = {
  queued: ['Waiting', { state: 'queued' }], scheduled: ['For later', { state: 'scheduled' }], failed: ['Failed', { state: 'failed' }],
  unknown: ['Unknown', { state: 'unknown' }], sent: ['Sent', { direction: 'outbound' }], received: ['Received', { direction: 'inbound' }],
};

export function Messages({ channel, list = 'queued' }) {
  const messages = usePages('/api/v1/messages', { channel, ...(LISTS[list] ?? LISTS.queued)[1] });
  const columns = [
    { name: 'Message', cell: (row) => html`${words(row.type)}<small class="under">${row.id}</small>` },
    { name: 'State', cell: (row) => html`<${Badge} state=${row.state} />${row.error && html`<small class="under">${row.error.code} ${row.error.title}</small>`}` },
    { name: 'When', class: 'right', cell: (row) => html`<${Time} at=${row.created_at} />` },
  ];
  return html`<section class="stack tight" aria-labelledby="messages"><h2 id="messages">Messages</h2>
    <${Tabs} label="Which messages" tabs=${Object.entries(LISTS).map(([name, [label]]) => [name, label])} current=${list} at=${['channels', channel]} name="list" />
    <${Listing} label="Messages" list=${messages} columns=${columns} to=${(row) => href('messages', row.id)} none=${[list === 'queued' ? 'Nothing waits' : 'None', 'letter']} /></section>`;
}
