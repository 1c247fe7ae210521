// The conversations of the inbox: paged, searched, kept fresh by the live stream.
import { useCallback, useCalm, useEffect, useMemo, useRef, useState } from '../../ui.js';
import { get, post, useEvents, usePages } from '../../api.js';
import { further, fromEvent } from './read.js';

const PATH = '/api/v1/conversations';
// More than so many unknown conversations at once are not asked for one by one.
const SINGLY = 8;
// How soon after one another, and how soon after one another the whole list is loaded.
const PACE = 250;
const PACE_OF_LIST = 1000;
// After so many rows that came one by one the list begins anew, so that it does not grow without end.
const CAME = 400;

/** The rows with this one in its place: by the last activity, whose times are texts of one form. */
function placed(rows, row) {
  const rest = rows.filter((one) => one.id !== row.id);
  const at = rest.findIndex((one) => one.last_message_at <= row.last_message_at);
  rest.splice(at < 0 ? rest.length : at, 0, row);
  return rest;
}

/** What a conversation is called. */
export function titleOf({ contact }) {
  if (!contact) return 'Unknown contact';
  const { name, username, wa_id: number, bsuid, group_id: group } = contact;
  return name || (username && `@${username}`) || (number && `+${number}`) || bsuid || group || 'Unknown contact';
}

/** `{rows, error, loading, hasMore, more, reload, seen}`. */
export function useConversations({ channel, q }, open) {
  const pages = usePages(PATH, { channel }, { limit: 100 });
  const found = useFound(q, channel);
  const known = useRef();
  known.current = useMemo(() => new Map(pages.rows.map((row) => [row.id, row.last_message?.id])), [pages.rows]);
  const asked = useRef(new Set());
  const came = useRef(0);
  const opened = useRef(open);
  opened.current = open;

  // What happens now is newer than all there is, whatever the clocks say.
  const first = useCallback((id, fn) => pages.update((rows) => {
    const row = rows.find((one) => one.id === id);
    return row ? [{ ...row, ...fn(row) }, ...rows.filter((one) => one !== row)] : rows;
  }), [pages.update]);
  const put = useCallback((row) => {
    if (!known.current.has(row.id)) came.current += 1;
    pages.update((rows) => placed(rows, row));
  }, [pages.update]);
  const anew = useCalm(() => { came.current = 0; return pages.reload(); }, PACE_OF_LIST);

  // Conversations of which this page does not know are asked for, a few at a time.
  const flush = useCalm(async () => {
    const ids = [...asked.current];
    asked.current.clear();
    if (ids.length > SINGLY || came.current > CAME) anew();
    else await Promise.all(ids.map((one) => get(`${PATH}/${one}`).then(put, () => {})));
  }, PACE);
  const ask = useCallback((id) => {
    if (asked.current.size === 0) setTimeout(flush, 60);
    asked.current.add(id);
  }, [flush]);

  useEvents({ types: ['message', 'status', 'send_result', 'resync'], channel: channel || undefined }, (event) => {
    if (event.event === 'resync') { anew(); return; }
    const { data } = event;
    const id = data.conversation_id;
    if (event.event !== 'message') {
      pages.update((rows) => rows.map((row) => (row.last_message && row.last_message.id === data.id
        ? { ...row, last_message: { ...row.last_message, state: further(row.last_message.state, data.status ?? data.state) } } : row)));
      // Somebody else has sent it, from a program or another console.
      if (id && data.status === 'sent' && known.current.get(id) !== data.id) ask(id);
      return;
    }
    if (!id) return;
    if (!known.current.has(id)) { ask(id); return; }
    const message = fromEvent(event);
    const reading = opened.current === id && document.visibilityState === 'visible';
    first(id, (row) => ({
      last_message: message, last_message_at: message.created_at, last_inbound_at: message.created_at,
      window_closes_at: new Date(Date.parse(message.created_at) + 86_400_000).toISOString(), window_until: null,
      unread: reading ? 0 : (row.unread ?? 0) + 1,
    }));
  });

  /** What was sent from here stands in the list at once. */
  const before = useRef(new Map());
  const sent = useCallback((id, message) => first(id, (row) => {
    before.current.set(id, row);
    return { last_message: message, last_message_at: message.created_at, unread: 0 };
  }), [first]);
  /** What could not be sent does not stand there any more. */
  const dropped = useCallback((id, draft) => {
    pages.update((rows) => rows.map((row) => (row.id === id && row.last_message?.id === draft ? before.current.get(id) ?? row : row)));
    ask(id);
  }, [pages.update, ask]);
  const seen = useCallback((id) => pages.update((rows) => rows.map((row) => (row.id === id && row.unread ? { ...row, unread: 0 } : row))), [pages.update]);
  const rows = useMemo(() => {
    if (!q.trim()) return pages.rows;
    const words = q.trim().toLowerCase();
    const local = pages.rows.filter((row) => titleOf(row).toLowerCase().includes(words));
    const ids = new Set(local.map((row) => row.id));
    return [...local, ...found.rows.filter((row) => !ids.has(row.id))];
  }, [pages.rows, found.rows, q]);
  return {
    ...pages, rows, seen, sent, dropped, hasMore: pages.hasMore && !q.trim(),
    loading: pages.loading || found.loading, error: pages.error ?? found.error,
  };
}

/** Whom the gateway finds for a name, a number or an id, a moment after the last key. */
function useFound(q, channel) {
  const [state, setState] = useState({ rows: [] });
  useEffect(() => {
    const words = q.trim();
    if (words.length < 2) { setState({ rows: [] }); return undefined; }
    const gone = new AbortController();
    setState((was) => ({ rows: was.rows, loading: true }));
    const timer = setTimeout(() => post('/api/v1/search', { q: words }, { signal: gone.signal }).then(({ data }) => {
      const talks = data.filter((one) => one.kind === 'conversation' && (!channel || one.channel === channel));
      setState({ rows: talks.map((one) => ({ id: one.id, channel: one.channel, contact: { name: one.title }, last_message_at: one.at })) });
    }, (error) => gone.signal.aborted || setState({ rows: [], error })), 200);
    return () => { clearTimeout(timer); gone.abort(); };
  }, [q, channel]);
  return state;
}
