// The inbox: conversations at the left, the thread of one at the right; on a phone one page each.
import { html, useCallback, useEffect, useRef, useState, href, go, Empty } from '../ui.js';
import { get } from '../api.js';
import { List } from './inbox/list.js';
import { Thread } from './inbox/thread.js';
import { useConversations } from './inbox/conversations.js';

const inField = (target) => target.closest?.('input, textarea, select, dialog, [contenteditable], audio, video');

export default function Inbox({ params = {}, session }) {
  const open = params.conversation;
  const [filter, setFilter] = useState({ channel: params.channel ?? '', q: '' });
  const list = useConversations(filter, open);
  const [cursor, setCursor] = useState(-1);
  const api = useRef();
  const at = useRef({});
  at.current = { list, cursor, open };

  useEffect(() => {
    if (!params.contact) return;
    get('/api/v1/conversations', { contact: params.contact, limit: 1 })
      .then((page) => page.data[0] && go(href('inbox', page.data[0].id), { replace: true }), () => {});
  }, [params.contact]);
  const back = useCallback(() => go(href('inbox')), []);

  useEffect(() => {
    const heard = (event) => {
      const { list: { rows }, cursor: now, open: current } = at.current;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape' && current && !document.querySelector('dialog[open], [role=menu]')) {
        event.preventDefault();
        if (event.target.matches?.('.composer textarea') && event.target.value) event.target.blur();
        else back();
        return;
      }
      if (inField(event.target)) return;
      const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
      if (step && rows.length > 0 && !event.target.closest?.('.thread-messages')) {
        event.preventDefault();
        const from = now >= 0 ? now : rows.findIndex((row) => row.id === current);
        const to = Math.max(0, Math.min(rows.length - 1, from + step));
        setCursor(to);
        api.current?.scrollTo(to);
        requestAnimationFrame(() => document.querySelector(`[data-at="${to}"]`)?.focus());
      } else if (event.key === 'r' && current) {
        event.preventDefault();
        document.querySelector('.composer textarea, .composer [data-first]')?.focus();
      }
    };
    window.addEventListener('keydown', heard);
    return () => window.removeEventListener('keydown', heard);
  }, [back]);

  return html`<div class=${`inbox fill ${open ? 'has-open' : ''}`}>
    <${List} list=${list} filter=${filter} setFilter=${setFilter} open=${open} api=${api} cursor=${cursor} setCursor=${setCursor} />
    <section class="inbox-thread" aria-label="Conversation">
      ${open
        ? html`<${Thread} key=${open} id=${open} row=${list.rows.find((row) => row.id === open)} session=${session}
            onSeen=${list.seen} onSent=${list.sent} onDropped=${list.dropped} />`
        : html`<${Empty} icon="inbox" title="No conversation is open">Choose one at the left. The arrow keys move, Enter opens, R answers.<//>`}
    </section></div>`;
}
