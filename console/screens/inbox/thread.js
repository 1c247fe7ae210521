// One conversation: who it is with, its messages, the window, and the reply box.
import { html, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, href, dayOf, Button, Dialog, Icon, Loading, Problem, toast } from '../../ui.js';
import { post, useEvents, useGet } from '../../api.js';
import { Bubble } from './bubble.js';
import { Compose } from './compose.js';
import { titleOf } from './conversations.js';
import { Face } from './list.js';
import { settle, useMessages } from './messages.js';
import { Picker } from './picker.js';
import { OURS } from './sending.js';
import { Window, closesAt, useNow } from './window.js';

const SENDERS = ['admin', 'operator', 'sender'];
const NEAR = 120;
const TOGETHER = 300_000;
const marked = new Set();

export function Thread({ id, row, session, onSeen, onSent, onDropped }) {
  // A row that a search has found knows less.
  const own = useGet(row?.contact_id ? null : `/api/v1/conversations/${encodeURIComponent(id)}`);
  const [inboundAt, setInboundAt] = useState(0);
  // A list that is filtered has it no longer: what was known stays, and what is being written with it.
  const known = useRef(null);
  const conversation = row?.contact_id ? row : own.data ?? known.current;
  known.current = conversation;
  const contact = conversation?.contact;
  const thread = useMessages(id);
  const { messages, hasMore, older } = thread;
  const add = useCallback((message) => { thread.add(message); onSent(id, message); }, [thread.add, onSent, id]);
  const drop = useCallback((draft) => { thread.drop(draft); onDropped(id, draft); }, [thread.drop, onDropped, id]);
  const mayWrite = SENDERS.includes(session.role);
  const [answer, setAnswer] = useState(null);
  const [choosing, setChoosing] = useState(false);

  useEvents({ types: ['message'] }, (event) => {
    if (event.data.conversation_id === id) setInboundAt(Number(event.data.update?.timestamp ?? event.timestamp) * 1000);
  });
  const until = Math.max(closesAt(conversation), inboundAt && inboundAt + 86_400_000);
  const now = useNow((at) => (until - at < 660_000 && until > at ? 500 : 15_000));
  const open = until > now;

  // The newest message of the user is marked as read once somebody has it in sight.
  const newest = messages.findLast((one) => one.direction === 'inbound' && one.wamid && one.type !== 'reaction');
  const mark = useCallback(() => {
    if (!newest || document.visibilityState !== 'visible') return;
    onSeen(id);
    if (!mayWrite || marked.has(newest.id)) return;
    marked.add(newest.id);
    post(`/api/v1/messages/${newest.id}/read`, {}).catch((error) => { if (!error.status || error.status >= 500) marked.delete(newest.id); });
  }, [newest?.id, id, onSeen, mayWrite]);
  useEffect(() => {
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [mark]);

  const again = useCallback(async (message) => {
    try {
      const sent = await post(`/api/v1/messages/${message.id}/resend`);
      add(sent);
      toast(sent.may_arrive_twice ? 'Sent again: it may arrive twice' : 'Sent again');
    } catch (error) { toast(error.detail ?? error.message, 'bad'); }
  }, [add]);

  if (!conversation) return own.error ? html`<${Problem} error=${own.error} again=${own.reload} />` : html`<${Loading} label="Conversation" />`;
  const name = titleOf(conversation);
  const who = [contact?.wa_id && `+${contact.wa_id}`, contact?.username && `@${contact.username}`].filter((one) => one && one !== name);
  return html`
    <header class="thread-head">
      <a class="button is-quiet is-round thread-back" href=${href('inbox')} aria-label="Back to the list"><${Icon} name="back" /></a>
      <${Face} row=${conversation} />
      <div class="thread-who"><h2 dir="auto">${name}</h2><p><a href=${href('channels', conversation.channel)}>${conversation.channel}</a>${who.map((one) => html`<span>${one}</span>`)}</p></div>
      <${Window} until=${until} now=${now} /></header>
    <${Messages} key=${id} thread=${thread} older=${older} hasMore=${hasMore} messages=${messages} name=${name}
      onAnswer=${mayWrite && open ? setAnswer : null} onTryAgain=${['admin', 'operator'].includes(session.role) ? again : null} />
    ${!mayWrite ? html`<p class="thread-note"><${Icon} name="key" /> This key may look, not write.</p>`
      : open ? html`<${Compose} key=${id} conversation=${conversation} contact=${contact} answer=${answer} setAnswer=${setAnswer} name=${name} add=${add} drop=${drop} onTemplate=${() => setChoosing(true)} />`
        : html`<section class="composer is-closed" aria-label="Answer with a template">
            <p class="closed-note"><${Icon} name="clock" /><span><b>${until ? 'The 24-hour window is closed.' : 'The contact has not written yet.'}</b> Until they write, WhatsApp takes only templates.</span></p>
            <${Picker} conversation=${conversation} contact=${contact} add=${add} drop=${drop} /></section>`}
    ${choosing && html`<${Dialog} kind="wide" title=${`Send a template to ${name}`} onClose=${() => setChoosing(false)}>
      <${Picker} conversation=${conversation} contact=${contact} add=${add} drop=${drop} onSent=${() => setChoosing(false)} /><//>`}`;
}

/** The lowest message that begins in sight, and where. */
function lowest(box) {
  const end = box.scrollTop + box.clientHeight;
  const row = [...box.querySelectorAll('.bubble-row')].findLast((one) => one.offsetTop < end);
  return row && { row, at: row.offsetTop - box.scrollTop };
}

/** The messages from the oldest that is loaded to the newest, which stays in sight while it is. */
function Messages({ thread, messages, name, older, hasMore, onAnswer, onTryAgain }) {
  const box = useRef();
  const place = useRef({ bottom: true, height: 0, top: 0, first: null });
  const [fresh, setFresh] = useState(0);
  const shown = useMemo(() => settle(messages), [messages]);
  const byWamid = useMemo(() => new Map(messages.map((one) => [one.wamid, one])), [messages]);
  const last = shown.at(-1);
  const scrolled = () => {
    // The browser tells of a scroll after the thread has left the page, too.
    if (!box.current) return;
    const { scrollTop, clientHeight, scrollHeight } = box.current;
    // What grows below is not somebody scrolling up.
    const near = scrollTop + clientHeight > scrollHeight - NEAR;
    if (near || scrollTop < place.current.top) place.current.bottom = near;
    place.current.top = scrollTop;
    place.current.seen = lowest(box.current);
    if (near) setFresh(0);
    if (scrollTop < 300) older();
  };
  useLayoutEffect(() => {
    const { current } = box;
    const first = shown[0]?.id;
    const was = place.current;
    if (was.first && first !== was.first && !was.bottom) current.scrollTop += current.scrollHeight - was.height;
    else if (was.bottom || last?.draft) current.scrollTop = current.scrollHeight;
    was.first = first;
    was.height = current.scrollHeight;
  }, [shown]);
  useEffect(() => { if (!place.current.bottom && last?.direction === 'inbound') setFresh((n) => n + 1); }, [last?.id]);
  // Pictures and the reply box change the height after the messages are there; what somebody reads stays where it is.
  useEffect(() => {
    const { current } = box;
    const stay = () => {
      const { bottom, seen } = place.current;
      if (bottom) current.scrollTop = current.scrollHeight;
      else if (seen?.row.isConnected) current.scrollTop = seen.row.offsetTop - seen.at;
      place.current.height = current.scrollHeight;
    };
    const sized = new ResizeObserver(stay);
    sized.observe(current);
    sized.observe(current.firstElementChild);
    return () => sized.disconnect();
  }, []);
  const toEnd = () => { box.current.scrollTop = box.current.scrollHeight; };
  let before = null;
  return html`<div class="thread-box"><div class="thread-messages" ref=${box} onScroll=${scrolled} tabindex="0" role="region" aria-label="Messages"><div>
    ${thread.error && html`<${Problem} error=${thread.error} again=${thread.reload} />`}
    ${thread.loading && html`<${Loading} label="Messages" />`}
    ${hasMore && html`<p class="thread-more"><${Button} kind="quiet" onClick=${older}>Earlier messages<//></p>`}
    ${!thread.loading && !shown.length && !thread.error && html`<p class="thread-more">No message is kept of this conversation.</p>`}
    <ol class="thread-list" aria-live="polite" aria-relevant="additions">${shown.map((message) => {
      const day = dayOf(message.created_at);
      const parted = !before || dayOf(before.created_at) !== day;
      const grouped = !parted && before.direction === message.direction && Date.parse(message.created_at) - Date.parse(before.created_at) < TOGETHER;
      before = message;
      return html`${parted && html`<li class="day" key=${`day-${day}`}>${day}</li>`}
        <${Bubble} name=${name} key=${message.request_id?.startsWith(OURS) ? message.request_id : message.id} message=${message} quoted=${byWamid.get(message.content?.context?.message_id ?? message.content?.context?.id)} grouped=${grouped} onAnswer=${onAnswer} onTryAgain=${onTryAgain} />`;
    })}</ol></div></div>
    ${fresh > 0 && html`<button type="button" class="fresh" onClick=${toEnd}>${fresh} new <${Icon} name="down" /></button>`}</div>`;
}

