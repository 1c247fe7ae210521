// The gateway's API: calls, problems, pages of lists.
import { useCallback, useEffect, useRef, useState } from './vendor/hooks.js';

/** What the gateway answered instead of a result (problem+json), or that it did not answer. */
export class ApiError extends Error {
  constructor(status, body = {}) {
    super(body.detail ?? body.title ?? `The gateway answered ${status}.`);
    this.status = status;
    this.code = body.code ?? (status ? `http_${status}` : 'no_answer');
    this.title = body.title ?? '';
    this.detail = this.message;
    this.errors = body.errors ?? [];
    this.request_id = body.request_id;
  }
}

/** Called when the session is over; the app shows the sign-in page. */
let onSignedOut = () => {};
export const whenSignedOut = (told) => { onSignedOut = told; };

/** `?a=1&b=2` of what is set. */
export function query(params = {}) {
  const set = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(set).toString();
  return text && `?${text}`;
}

/** One call. `body` is sent as JSON, or as it is if it is a Blob or FormData. `raw` gives the Response. */
export async function request(method, path, { params, body, headers = {}, signal, raw } = {}) {
  const verbatim = body instanceof Blob || body instanceof FormData;
  const sent = new Headers(headers);
  if (body !== undefined && !verbatim) sent.set('content-type', 'application/json');
  if (method !== 'GET') sent.set('x-wharf-console', '1');
  let answer;
  try {
    answer = await fetch(path + query(params), {
      method, signal, headers: sent, cache: 'no-store',
      body: body === undefined || verbatim ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, { detail: 'The gateway cannot be reached. Is it running, and are you online?' });
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    if (answer.status === 401 && path.startsWith('/api/')) onSignedOut();
    throw new ApiError(answer.status, problem);
  }
  if (raw) return answer;
  if (answer.status === 204) return null;
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

export const get = (path, params, options) => request('GET', path, { params, ...options });
export const post = (path, body, options) => request('POST', path, { body, ...options });
export const patch = (path, body, options) => request('PATCH', path, { body, ...options });
export const del = (path, options) => request('DELETE', path, options);

/** Where a stored file's bytes are, for `src` and downloads. */
export const contentOf = (id) => `/api/v1/media/${encodeURIComponent(id)}/content`;

/** How often what somebody looks at is asked for, in ms: what changes is seen within a second. */
const LIVE = 600;

/** A list of more rows is asked for less often. */
const SHORT = 200;
/** Time that an answer has, in ms. */
const PATIENCE = 40_000;

/** When the next question may come after one that began then: what takes long is asked a fifth of the time at most. */
const restAfter = (began, rows = 0) => Math.max(began + LIVE * Math.max(1, rows / SHORT), 5 * performance.now() - 4 * began);

/** Calls `fn` all the time while somebody sees the page, and when they see it again. */
function whileSeen(fn) {
  const call = () => document.hidden || fn();
  const timer = setInterval(call, LIVE / 8);
  document.addEventListener('visibilitychange', call);
  return () => { clearInterval(timer); document.removeEventListener('visibilitychange', call); };
}

/** One thing: `{data, error, loading, reload, set}`, asked for again all the time if `live`. Nothing is asked while `path` is null. */
export function useGet(path, params, { live } = {}) {
  const key = path && path + query(params);
  const [state, setState] = useState({ key: null, data: null, error: null });
  const latest = useRef();
  const reload = useCallback(async () => {
    if (!key) return;
    const turn = latest.current = { busy: true };
    const began = performance.now();
    try {
      const data = await get(key, undefined, { signal: AbortSignal.timeout(PATIENCE) });
      if (latest.current === turn) {
        setState((was) => (was.key === key && !was.error && JSON.stringify(was.data) === JSON.stringify(data) ? was : { key, data, error: null }));
      }
    } catch (error) {
      if (latest.current === turn) setState((was) => ({ key, data: was.key === key ? was.data : null, error }));
    } finally {
      turn.busy = false;
      turn.rest = restAfter(began);
    }
  }, [key]);
  useEffect(() => {
    reload();
    // An answer that takes longer than the pace is waited for: another question would make it void.
    const stop = live && whileSeen(() => latest.current?.busy || performance.now() < latest.current?.rest || reload());
    return () => { latest.current = null; stop?.(); };
  }, [reload, live]);
  const fresh = state.key === key;
  const set = useCallback((change) => {
    // What is under way was asked for before the change.
    latest.current = { rest: performance.now() + LIVE };
    setState((was) => (was.key === key ? { ...was, data: typeof change === 'function' ? change(was.data) : change } : was));
  }, [key]);
  return { data: fresh ? state.data : null, error: fresh ? state.error : null, loading: !!key && !fresh, reload, set };
}

const NONE = { rows: [], next: null, error: null, loading: true };
/** Rows that one request may give. */
const MOST = 500;

/**
 * A list with cursor paging: `{rows, error, loading, hasMore, more, reload, refresh, update}`. An empty page is not its end.
 * `more()` appends the next page, `reload()` begins anew, with as many rows as there are and a request may give,
 * and keeps the old ones until they have come, `update(change)` changes the rows at hand. Nothing is asked while `path` is null.
 * `refresh()` does so unseen, unless there are more rows than that: they would lose their place. It is called all the time if `live`.
 */
export function usePages(path, params = {}, { limit = 50, live } = {}) {
  const key = path && JSON.stringify([path, params, limit]);
  const [state, setState] = useState({ ...NONE, key });
  const latest = useRef({});
  const now = state.key === key ? state : { ...NONE, key };
  const shown = useRef(0);
  shown.current = now.rows.length;
  const load = useCallback(async (cursor, quiet) => {
    if (!key) return;
    // One that is unseen gives way to what somebody asks for.
    const turn = latest.current = { busy: !quiet, open: true };
    const began = performance.now();
    if (!quiet) setState((was) => ({ ...(was.key === key ? was : NONE), key, loading: true }));
    try {
      const size = cursor ? limit : Math.min(Math.max(limit, shown.current), MOST);
      // What is empty is not looked through to its end all the time.
      const least = cursor ? 1 : Math.min(Math.max(quiet ? 0 : 1, shown.current), MOST);
      let rows = [];
      let next = cursor;
      do {
        const page = await get(path, { ...params, limit: size, cursor: next }, { signal: AbortSignal.timeout(PATIENCE) });
        if (latest.current !== turn) return;
        rows = rows.concat(page.data);
        next = page.next_cursor;
      } while (next && rows.length < least);
      setState((was) => {
        // What has not changed is not drawn anew.
        const same = quiet && !was.loading && !was.error && JSON.stringify(was.rows) === JSON.stringify(rows);
        return same ? was : { key, loading: false, error: null, next, rows: cursor ? [...was.rows, ...rows] : rows };
      });
    } catch (error) {
      if (latest.current === turn) setState((was) => ({ ...was, key, loading: false, error }));
    } finally {
      turn.busy = turn.open = false;
      turn.rest = restAfter(began, shown.current);
    }
  }, [key]);
  const reload = useCallback(() => load(), [load]);
  const refresh = useCallback(async () => document.hidden || latest.current.busy || shown.current > MOST || load(null, true), [load]);
  useEffect(() => {
    load();
    const stop = live && whileSeen(() => latest.current.open || performance.now() < latest.current.rest || refresh());
    return () => { latest.current = {}; stop?.(); };
  }, [load, live]);
  const more = useCallback(() => { if (now.next && !latest.current.busy) load(now.next); }, [load, now.next]);
  const update = useCallback((change) => setState((was) => (
    was.key === key ? { ...was, rows: change(was.rows) } : was)), [key]);
  return { rows: now.rows, error: now.error, loading: now.loading && !!key, hasMore: !!now.next, more, reload, refresh, update };
}

export { recentEvents, useEvents, useStreamState } from './stream.js';
