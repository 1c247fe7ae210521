// The list of conversations: any number of them, of which only those in sight exist.
import { html, href, Empty, Icon, Loading, Problem, Time, VirtualList } from '../../ui.js';
import { useGet } from '../../api.js';
import { titleOf } from './conversations.js';
import { nameOf, plain, summary } from './read.js';
import { Ticks } from './ticks.js';

const HEIGHT = 72;

/** Initials on a colour of the contact's own. */
export function Face({ row }) {
  const name = titleOf(row);
  const letters = name.replace(/[^\p{L}\p{N} ]/gu, '').split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]);
  const hue = [...row.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return html`<span class=${`face hue-${hue}`} aria-hidden="true">${/^\+?\d/.test(name) || !letters.length ? html`<${Icon} name="person" />` : letters.join('').toUpperCase()}</span>`;
}

/** One line about the newest message. */
const lineOf = (last) => last.text ? plain(last.text) : (last.content === undefined ? nameOf(last.type) : summary(last));

function Row({ row, at, current, focusable, onFocus }) {
  const last = row.last_message;
  return html`<div role="listitem"><a class=${`talk ${current ? 'is-current' : ''} ${row.unread ? 'is-unread' : ''}`} href=${href('inbox', row.id)}
      data-at=${at} data-id=${row.id} tabindex=${focusable ? 0 : -1} aria-current=${current ? 'true' : undefined} onFocus=${onFocus}>
    <${Face} row=${row} />
    <span class="talk-name" dir="auto">${titleOf(row)}</span>
    <span class="talk-time"><${Time} at=${row.last_message_at} /></span>
    <span class="talk-last">${last ? html`${last.direction === 'outbound' && html`<${Ticks} state=${last.state} />`}<span dir="auto">${lineOf(last)}</span>` : html`<span>${row.channel}</span>`}</span>
    ${row.unread ? html`<span class="talk-unread"><span aria-hidden="true">${row.unread > 99 ? '99+' : row.unread}</span><span class="unseen">${row.unread} unread</span></span>` : ''}
  </a></div>`;
}

export function List({ list, filter, setFilter, open, api, cursor, setCursor }) {
  const channels = useGet('/api/v1/channels', { limit: 500 });
  const { rows, error, loading, hasMore, more, reload } = list;
  const opened = rows.findIndex((row) => row.id === open);
  const first = cursor >= 0 && cursor < rows.length ? cursor : Math.max(opened, 0);
  const several = (channels.data?.data.length ?? 0) > 1;
  return html`<section class="inbox-list" aria-label="Conversations">
    <header class="inbox-head"><h1>Inbox</h1>
      <label class="find"><span class="unseen">Search by name or number</span><${Icon} name="search" />
        <input type="search" placeholder="Name or number" value=${filter.q} onInput=${(event) => { setCursor(-1); setFilter({ ...filter, q: event.target.value }); }} /></label>
      ${several && html`<select aria-label="Channel" value=${filter.channel} onChange=${(event) => { setCursor(-1); setFilter({ ...filter, channel: event.target.value }); }}>
        <option value="">All channels</option>${channels.data.data.map((one) => html`<option value=${one.id}>${one.name ?? one.id}</option>`)}</select>`}
    </header>
    ${error && html`<${Problem} error=${error} again=${reload} />`}
    ${rows.length > 0
      ? html`<${VirtualList} count=${rows.length} height=${HEIGHT} label="Conversations" apiRef=${api} onEnd=${hasMore ? more : undefined}
          row=${(at) => html`<${Row} key=${rows[at].id} row=${rows[at]} at=${at} current=${rows[at].id === open} focusable=${at === first} onFocus=${() => setCursor(at)} />`} />`
      : !error && (loading ? html`<${Loading} label="Conversations" />`
        : html`<${Empty} icon="inbox" title=${filter.q ? 'Nobody is found' : 'No conversation yet'}>
            ${filter.q ? 'Names are searched from their beginning, numbers in full.' : 'When somebody writes to one of your numbers, it appears here at once.'}<//>`)}
  </section>`;
}
