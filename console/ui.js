// The small parts of all screens.
import { Component, Fragment, createContext, createPortal, h } from './vendor/preact.js';
import { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from './vendor/hooks.js';
import htm from './vendor/htm.js';
import { Icon } from './ui/icons.js';
import { absolute, bytes, relative } from './ui/format.js';

export const html = htm.bind(h);
export { Component, Fragment, createContext, createPortal, h };
export { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState };
export { Icon };
export * from './ui/format.js';
export { textOf, whoOf } from './ui/content.js';
export { href, go } from './router.js';
export { Dialog, Confirm, Menu } from './ui/dialog.js';
export { Toasts, toast } from './ui/toast.js';
export { useCalm } from './ui/calm.js';
export { Table, VirtualList, useMove } from './ui/list.js';
export { JsonView } from './ui/json.js';

const TONES = {
  good: 'delivered read played sent accepted active approved enabled live stored resolved done succeeded healthy green high connected',
  wait: 'queued pending sending scheduled paused rest in_appeal requires_template pending_deletion retry put_back receive_only connecting medium yellow running',
  bad: 'failed rejected disabled expired dead refused error red low banned restricted blocked revoked',
  odd: 'unknown unrecognised limit_exceeded flagged',
};
const TONE = Object.fromEntries(Object.entries(TONES).flatMap(([tone, words]) => words.split(' ').map((word) => [word, tone])));

/** A state as one calm word with a dot: `<Badge state="delivered" />`; `tone` goes before the word's own. */
export function Badge({ state, tone, children }) {
  const word = String(state ?? '').toLowerCase();
  return html`<span class=${`badge tone-${tone ?? TONE[word] ?? 'plain'}`}>${children ?? words(word)}</span>`;
}

/** `requires_template` → `requires template` */
export const words = (name) => String(name ?? '').replaceAll('_', ' ');

/** Ticks once a second or a minute for all times on the page. */
const clock = { tellers: new Set() };
setInterval(() => { if (!document.hidden) for (const tell of clock.tellers) tell((n) => n + 1); }, 5000);

/** When, as people say it; the exact time on hover. `at` is RFC 3339 or milliseconds. */
export function Time({ at, exact }) {
  const [, tick] = useState(0);
  useEffect(() => { clock.tellers.add(tick); return () => clock.tellers.delete(tick); }, []);
  if (at === null || at === undefined) return html`<span class="muted">–</span>`;
  const when = new Date(at);
  return html`<time datetime=${when.toISOString()} title=${absolute(when)}>${exact ? absolute(when) : relative(when)}</time>`;
}

export const Bytes = ({ n }) => html`<span class="number">${bytes(n)}</span>`;

/** An id, shortened in its middle where it is long, with a button that copies it. */
export function Id({ id, to, whole }) {
  const [copied, setCopied] = useState(false);
  if (!id) return html`<span class="muted">–</span>`;
  const copy = async (event) => {
    event.preventDefault();
    event.stopPropagation();
    await navigator.clipboard?.writeText(id).catch(() => {});
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  };
  const text = whole || id.length <= 20 ? id : `${id.slice(0, 9)}…${id.slice(-6)}`;
  return html`<span class="id" title=${id}>
    ${to ? html`<a href=${to}>${text}</a>` : html`<code>${text}</code>`}
    <button type="button" class="copy" onClick=${copy} aria-label=${copied ? 'Copied' : `Copy ${id}`}>
      <${Icon} name=${copied ? 'check' : 'copy'} /></button></span>`;
}

/** `kind`: `primary`, `danger`, `quiet` or none. While `busy` it waits; `to` makes it a link. */
export function Button({ kind, icon, busy, to, children, class: more = '', disabled, ...rest }) {
  const inside = html`${busy ? html`<span class="spinner" />` : icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}`;
  const name = `button ${kind ? `is-${kind}` : ''} ${children ? '' : 'is-round'} ${more}`;
  if (to) return html`<a class=${name} href=${to} ...${rest}>${inside}</a>`;
  return html`<button type="button" class=${name} disabled=${disabled || busy} aria-busy=${!!busy} ...${rest}>${inside}</button>`;
}

/**
 * A labelled input. `as`: `input` (the default), `textarea` or `select` with `options` of
 * `[value, label]`; or anything as children, a function of the id. `onValue(text)` is called with what is typed.
 */
export function Field({ label, hint, error, as = 'input', options, onValue, children, class: more = '', ...rest }) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const shared = {
    id, 'aria-describedby': about, 'aria-invalid': error ? 'true' : undefined,
    onInput: onValue && ((event) => onValue(event.target.value)), ...rest,
  };
  let control = children?.(id);
  if (!control && as === 'select') {
    control = html`<select ...${shared}>${options.map((option) => {
      const [value, text = value] = [option].flat();
      return html`<option value=${value} selected=${value === rest.value}>${text}</option>`;
    })}</select>`;
  }
  control ??= h(as, shared);
  return html`<div class=${`field ${more}`}>
    <label for=${id}>${label}</label>${control}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="wrong" id=${`${id}-error`}>${error}</p>`}</div>`;
}

/** A checkbox with its label. */
export function Check({ label, hint, onValue, ...rest }) {
  return html`<label class="check"><input type="checkbox" onChange=${(event) => onValue?.(event.target.checked)} ...${rest} />
    <span>${label}${hint && html`<small>${hint}</small>`}</span></label>`;
}

/** What a list says when it has nothing. */
export const Empty = ({ icon = 'search', title, children }) => html`<div class="empty">
  <${Icon} name=${icon} /><h2>${title}</h2>${children && html`<p>${children}</p>`}</div>`;

/** What went wrong, with what to do about it; `again` makes a button. */
export function Problem({ error, again }) {
  if (!error) return null;
  return html`<div class="problem" role="alert"><${Icon} name="alert" /><div>
    <strong>${error.title || 'This did not work'}</strong><p>${error.detail ?? error.message}</p>
    ${!!error.errors?.length && html`<ul>${error.errors.map((one) => html`<li>
      ${(one.pointer || one.parameter) && html`<code>${one.pointer ?? one.parameter}</code>`} ${one.detail}</li>`)}</ul>`}
    ${error.request_id && html`<small>Request <code>${error.request_id}</code></small>`}
    </div>${again && html`<${Button} icon="retry" onClick=${again}>Try again</${Button}>`}</div>`;
}

export const Loading = ({ label = 'Loading' }) => html`<div class="loading" role="status"><span class="spinner" /><span>${label}…</span></div>`;

/** A screen's heading: title, what stands beside it, and buttons at the right as children. */
export const Head = ({ title, note, back, children }) => html`<header class="head">
  ${back && html`<a class="back" href=${back.to}><${Icon} name="back" />${back.label}</a>`}
  <h1>${title}</h1>${note && html`<div class="head-note">${note}</div>`}
  ${children && html`<div class="head-acts">${children}</div>`}</header>`;

/** Names and values: `<Facts of=${[['Channel', 'support'], …]} />`; what has no value is left out. */
export const Facts = ({ of }) => html`<dl class="facts">${of.filter((one) => one && one[1] !== null && one[1] !== undefined && one[1] !== '')
  .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Runs something that may fail: `const [run, {busy, error}] = useAct(async (…) => …)`; `run` gives its result or undefined. */
export function useAct(act) {
  const [state, setState] = useState({ busy: false, error: null });
  const held = useRef();
  held.current = act;
  const run = useCallback(async (...given) => {
    setState({ busy: true, error: null });
    try {
      const result = await held.current(...given);
      setState({ busy: false, error: null });
      return result ?? true;
    } catch (error) {
      setState({ busy: false, error });
      return undefined;
    }
  }, []);
  return [run, { ...state, clear: () => setState({ busy: false, error: null }) }];
}
