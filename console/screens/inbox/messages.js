// The messages of one conversation: pages into the past, news by the live stream, our own at once.
import { useCallback, useEffect, useRef, useState } from '../../ui.js';
import { get, useEvents } from '../../api.js';
import { further, fromEvent } from './read.js';

const PATH = '/api/v1/messages';
const PAGE = 40;
// More than so many missed messages are not put beside what is at hand: the thread begins anew.
const MISSED = 200;
const GOOD = ['accepted', 'sent', 'delivered', 'read', 'played'];

/** Oldest first; what is there already is replaced by what is newer of it. */
function merge(have, news) {
  const byId = new Map(have.map((one) => [one.id, one]));
  for (const one of news) {
    const was = byId.get(one.id);
    byId.set(one.id, was ? { ...was, ...one, media: one.media ?? was.media, state: further(was.state, one.state) } : one);
  }
  const sent = new Set(news.map((one) => !one.draft && one.request_id));
  // Ids are in the order of time; what has none yet is the newest.
  return [...byId.values()].filter((one) => !one.draft || !sent.has(one.request_id))
    .sort((a, b) => !!a.draft - !!b.draft || (a.draft ? 0 : a.id < b.id ? -1 : 1));
}

/** `{messages, loading, error, hasMore, older, add, drop, reload}`. */
export function useMessages(conversation) {
  const [state, setState] = useState({ messages: [], next: null, loading: true, error: null });
  const busy = useRef(false);
  /** What was at hand when messages were missed that are still to be loaded. */
  const late = useRef(null);
  const have = useRef();
  have.current = state.messages;

  const change = useCallback((fn) => setState((was) => ({ ...was, messages: fn(was.messages) })), []);
  const load = useCallback(async (cursor, before) => {
    if (busy.current) { late.current ??= before; return; }
    busy.current = true;
    try {
      const page = await get(PATH, { conversation, limit: before ? MISSED : PAGE, cursor });
      setState((was) => {
        // What is loaded and what was there touch, or the one takes the place of the other.
        const touch = !before || !page.next_cursor || page.data.some((one) => before.has(one.id));
        const kept = touch ? was.messages : was.messages.filter((one) => one.draft || !before.has(one.id));
        return {
          messages: merge(kept, page.data), loading: false, error: null,
          next: before && touch && page.next_cursor ? was.next : page.next_cursor,
        };
      });
    } catch (error) {
      setState((was) => ({ ...was, loading: false, error }));
    } finally { busy.current = false; }
    if (late.current) { const missed = late.current; late.current = null; load(undefined, missed); }
  }, [conversation]);
  const reload = useCallback(() => load(undefined, new Set(have.current.map((one) => one.id))), [load]);
  useEffect(() => { load(); }, [load]);

  const refresh = useCallback((id) => get(`${PATH}/${id}`).then((one) => {
    if (one.conversation_id === conversation) change((all) => merge(all, [one]));
  }, () => {}), [conversation]);

  useEvents({ types: ['message', 'status', 'send_result', 'media', 'resync'] }, (event) => {
    const { data } = event;
    if (event.event === 'resync') { reload(); return; }
    if (event.event === 'media') {
      change((all) => all.map((one) => (one.id === data.message
        ? { ...one, media: { ...one.media, ...data, state: data.state ?? 'stored' } } : one)));
      return;
    }
    if (event.event === 'message') {
      if (data.conversation_id === conversation) change((all) => merge(all, [fromEvent(event)]));
      return;
    }
    const status = data.status ?? data.state;
    setState((was) => {
      const known = was.messages.some((one) => one.id === data.id);
      if (!known && data.conversation_id !== conversation) return was;
      // The message itself says why it failed; one that was sent from elsewhere is not known yet.
      if (!known || !GOOD.includes(status)) refresh(data.id);
      return { ...was, messages: was.messages.map((one) => (one.id === data.id ? { ...one, state: further(one.state, status), wamid: data.message_id ?? one.wamid } : one)) };
    });
  });

  /** Shows a message that was sent from here: first as a draft, then as the gateway has it. */
  const add = useCallback((message) => change((all) => merge(all, [message])), []);
  const drop = useCallback((id) => change((all) => all.filter((one) => one.id !== id)), []);
  return { ...state, hasMore: !!state.next, older: () => state.next && load(state.next), add, drop, reload };
}

/** The thread as it is drawn: reactions on their messages, edits and deletions applied. */
export function settle(messages) {
  const byWamid = new Map(messages.map((one) => [one.wamid, one]));
  const on = new Map();
  const note = (wamid, change) => on.set(wamid, { ...on.get(wamid), ...change });
  const shown = messages.filter((one) => {
    const { reaction, edit, revoke } = one.content ?? {};
    const target = reaction?.message_id ?? edit?.original_message_id ?? revoke?.original_message_id;
    if (!target || !byWamid.has(target)) return true;
    if (reaction) note(target, { [one.direction]: reaction.emoji });
    else if (edit) note(target, { edited: edit.message });
    else note(target, { revoked: true });
    return false;
  });
  return shown.map((one) => (on.has(one.wamid) && one.wamid ? { ...one, marks: on.get(one.wamid) } : one));
}
