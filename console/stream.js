// The live stream: one connection for all who listen, taken up again where it broke.
import { useEffect, useRef, useState } from './vendor/hooks.js';

const PATH = '/api/v1/events/stream?since=now';
// The gateway says something every 15 seconds; a line that is silent for longer is dead.
const SILENCE = 40_000;
// A page that nobody sees gives its connection back: a browser has few for one host.
const HIDDEN = 60_000;
// After so long a silence the events between are not gone through one by one: the lists are loaded anew.
const AWAY = 300_000;
const KEPT = 1000;

const listeners = new Set();
const watchers = new Set();
/** The newest events, for a screen that is opened later. */
let recent = [];
let state = 'off';
let last = null;
/** When the gateway was heard last. */
let heard = 0;
/** Whether there was no line yet, so that what the screens load now is as new as the line. */
let first = !document.hidden;
let allowed = true;
let current = null;
let hiddenTimer = 0;

function become(next) {
  if (state === next) return;
  state = next;
  for (const tell of watchers) tell(next);
}

function hand(event) {
  if (event.id) recent.push(event);
  if (recent.length > 2 * KEPT) recent = recent.slice(-KEPT);
  for (const { filter, fn } of listeners) {
    const { types, channel } = filter.current ?? {};
    if (types?.length && !types.includes(event.event)) continue;
    if (channel && event.session_id !== channel) continue;
    fn.current(event);
  }
}

/** Takes the finished events out of `text`; gives the rest. */
function read(text) {
  const parts = text.split('\n\n');
  const rest = parts.pop();
  for (const part of parts) {
    let data = '';
    for (const line of part.split('\n')) {
      if (line.startsWith('id: ')) last = line.slice(4);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (!data) continue;
    try { hand(JSON.parse(data)); } catch (error) { console.error(error); }
  }
  return rest;
}

async function follow(line) {
  for (let wait = 1000; !line.signal.aborted; wait = Math.min(wait * 2, 15_000)) {
    become('connecting');
    const one = new AbortController();
    const stop = () => one.abort();
    line.signal.addEventListener('abort', stop);
    let watchdog = setTimeout(stop, SILENCE);
    if (Date.now() - heard > AWAY) last = null;
    const missed = !last && !first;
    first = false;
    try {
      const headers = last ? { 'last-event-id': last } : {};
      const answer = await fetch(PATH, { headers, signal: one.signal, cache: 'no-store' });
      if (answer.status === 410) { last = null; wait = 500; throw 0; }
      // Signed out, or a key that may not listen.
      if (answer.status === 401 || answer.status === 403) { line.abort(); break; }
      if (!answer.ok) throw 0;
      become('live');
      wait = 500;
      if (missed) hand({ event: 'resync', data: {} });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ''; ;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, SILENCE);
        heard = Date.now();
        rest = read(rest + value);
      }
    } catch { /* it is taken up again */ }
    clearTimeout(watchdog);
    line.signal.removeEventListener('abort', stop);
    if (line.signal.aborted) break;
    become('connecting');
    await new Promise((go) => setTimeout(go, wait * (0.75 + Math.random() / 2)));
  }
  if (current === line) { current = null; become('off'); }
}

function open() {
  if (current || !allowed || !listeners.size || document.hidden) return;
  current = new AbortController();
  follow(current);
}

/** Whether there is to be a line: a key that may not listen asks for none. */
export const allowStream = (yes) => { allowed = yes; };

/** Ends the line; `forget` begins at the present next time. */
export function closeStream(forget) {
  current?.abort();
  current = null;
  if (forget) { last = null; first = true; recent = []; }
  become('off');
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(() => closeStream(), HIDDEN);
  else open();
});

/** The newest events since the page was loaded, oldest first. */
export const recentEvents = () => recent.slice(-KEPT);

/**
 * Calls `fn(event)` for each event of the stream, e.g. `useEvents({types: ['message'], channel}, fn)`.
 * An event `resync` says that some were missed: load anew. With `false` instead of a filter it does not listen.
 */
export function useEvents(filter, fn) {
  const held = { filter: useRef(), fn: useRef() };
  held.filter.current = filter;
  held.fn.current = fn;
  useEffect(() => {
    if (filter === false) return undefined;
    listeners.add(held);
    open();
    return () => listeners.delete(held);
  }, []);
}

/** `live`, `connecting` or `off`. */
export function useStreamState() {
  const [now, setNow] = useState(state);
  useEffect(() => {
    setNow(state);
    watchers.add(setNow);
    return () => watchers.delete(setNow);
  }, []);
  return now;
}
