// The messages of one conversation: pages into the past, news by the live stream, our own at once.
import { useCallback, useEffect, useRef, useState } from '../../ui.js';
import { get, useEvents } from '../../api.js';
import { further, fromEvent } from './read.js';

const PATH = '/api/v1/messages';
const PAGE = 40;
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

  const change = useCallback((fn) => setState((was) => ({ ...was, messages: fn(was.messages) })), []);
  const load = useCallback(async (cursor) => {
    if (busy.current) return;
    busy.current = true;
    try {
      const page = await get(PATH, { conversation, limit: PAGE, cursor });
      setState((was) => ({
        messages: merge(was.messages, page.data), loading: false, error: null,
        next: cursor || was.loading ? page.next_cursor : was.next,
      }));
    } catch (error) {
      setState((was) => ({ ...was, loading: false, error }));
    } finally { busy.current = false; }
  }, [conversation]);
  useEffect(() => { load(); }, [load]);

  const refresh = useCallback((id) => get(`${PATH}/${id}`).then((one) => {
    if (one.conversation_id === conversation) change((all) => merge(all, [one]));
  }, () => {}), [conversation]);

  useEvents({ types: ['message', 'status', 'send_result', 'media', 'resync'] }, (event) => {
    const { data } = event;
    if (event.event === 'resync') { load(); return; }
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
  return { ...state, hasMore: !!state.next, older: () => state.next && load(state.next), add, drop, reload: load };
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
