// What is searched for, shared by the field above every screen and the screen of the results.
// It stays in memory: a number or a name in an address would be kept in histories and logs.
import { useEffect, useState } from '../ui.js';
import { href } from '../router.js';
import { post } from '../api.js';

const WAIT = 160;
const tellers = new Set();
let now = { q: '', results: null, error: null, busy: false };
let timer = 0;
let turn = 0;

function become(change) {
  now = { ...now, ...change };
  for (const tell of tellers) tell(now);
}

async function look(q) {
  const mine = ++turn;
  try {
    const { data } = await post('/api/v1/search', { q });
    if (mine === turn) become({ results: data, error: null, busy: false });
    return data;
  } catch (error) {
    if (mine === turn) become({ results: null, error, busy: false });
    return null;
  }
}

/** Searches for `q` soon. */
export function search(q) {
  clearTimeout(timer);
  turn += 1;
  const wanted = q.trim();
  if (!wanted) { become({ q, results: null, error: null, busy: false }); return; }
  become({ q, results: null, error: null, busy: true });
  timer = setTimeout(() => look(wanted), WAIT);
}

/** The results of what is typed now, without waiting longer; null if that failed. */
export function searchNow() {
  clearTimeout(timer);
  const wanted = now.q.trim();
  if (!wanted) return null;
  if (!now.busy && now.results) return now.results;
  become({ busy: true });
  return look(wanted);
}

/** Forgets what was searched for, e.g. when somebody signs out. */
export function forgetSearch() {
  clearTimeout(timer);
  turn += 1;
  become({ q: '', results: null, error: null, busy: false });
}

export function useSearch() {
  const [state, setState] = useState(now);
  useEffect(() => { setState(now); tellers.add(setState); return () => tellers.delete(setState); }, []);
  return state;
}

const PLACES = {
  message: (one) => href('messages', one.id), conversation: (one) => href('inbox', one.id),
  contact: (one) => href('inbox', { contact: one.id }), event: (one) => href('messages', one.id),
  delivery: (one) => href('messages', one.id), media: (one) => href('messages', one.id),
  dead_letter: (one) => href('dead-letters', one.id), endpoint: (one) => href('endpoints', one.id),
  channel: (one) => href('channels', one.id), template: (one) => href('templates', { id: one.id }),
  suppression: (one) => href('inbox', { contact: one.contact }), job: () => href('dead-letters'),
  api_key: () => href('keys'), erasure: (one) => href('audit', { subject: one.contact }),
  audit_entry: (one) => href('audit', { since: one.at, until: new Date(Date.parse(one.at) + 1).toISOString() }),
};

/** Where a result is shown. */
export const placeOf = (result) => (PLACES[result.kind] ?? PLACES.message)(result);

export const ICONS = {
  message: 'letter', conversation: 'inbox', contact: 'person', event: 'event', delivery: 'send', media: 'image',
  dead_letter: 'dead', endpoint: 'endpoint', channel: 'channel', template: 'template', suppression: 'person',
  job: 'dead', api_key: 'key', audit_entry: 'audit', erasure: 'person',
};
