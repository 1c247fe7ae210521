// Dialogs on the browser's own `<dialog>`: it keeps the focus in and gives it back.
import { h } from '../vendor/preact.js';
import { useEffect, useId, useRef, useState } from '../vendor/hooks.js';
import htm from '../vendor/htm.js';
import { Icon } from './icons.js';

const html = htm.bind(h);

/** Open while it is rendered. `kind`: none, `wide`, or `side` (at the right, whole height). */
export function Dialog({ title, onClose, kind = '', children, foot }) {
  const box = useRef();
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog.showModal();
    return () => { if (dialog.open) dialog.close(); if (before?.isConnected) before.focus(); };
  }, []);
  const cancel = (event) => { if (event.target === box.current) { event.preventDefault(); onClose(); } };
  return html`<dialog ref=${box} class=${`dialog ${kind && `is-${kind}`}`} aria-labelledby=${id}
      onCancel=${cancel} onMouseDown=${(event) => event.target === box.current && onClose()}>
    <div class="dialog-inside"><header><h2 id=${id}>${title}</h2>
      <button type="button" class="button is-quiet is-round" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button></header>
    <div class="dialog-body" tabindex="-1">${children}</div>${foot && html`<footer>${foot}</footer>`}</div></dialog>`;
}

/** Asks before something is done. `word`: what the button says. `typed`: what must be typed first. */
export function Confirm({ title, word = 'Do it', danger, typed, onYes, onClose, children }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const [text, setText] = useState('');
  const yes = async (event) => {
    event.preventDefault();
    setBusy(true);
    try { await onYes(); onClose(); } catch (failed) { setError(failed); setBusy(false); }
  };
  const id = useId();
  return html`<${Dialog} title=${title} onClose=${onClose}><form class="confirm" onSubmit=${yes}>
    <div>${children}</div>
    ${typed && html`<div class="field"><label for=${id}>Type <code>${typed}</code> to go on</label>
      <input id=${id} autocomplete="off" value=${text} onInput=${(event) => setText(event.target.value)} /></div>`}
    ${error && html`<p class="wrong" role="alert">${error.detail ?? error.message}</p>`}
    <div class="acts"><button type="button" class="button" onClick=${onClose}>Cancel</button>
      <button type="submit" class=${`button ${danger ? 'is-danger' : 'is-primary'}`} disabled=${busy || (typed && text !== typed)}>${word}</button></div>
    </form></${Dialog}>`;
}

/** A button that opens a list of acts: `items` of `{label, icon, onClick, danger, disabled}`. */
export function Menu({ label, icon = 'more', items }) {
  const [open, setOpen] = useState(false);
  const box = useRef();
  useEffect(() => {
    if (!open) return undefined;
    box.current.querySelector('[role=menuitem]')?.focus();
    const away = (event) => { if (!box.current?.contains(event.target)) setOpen(false); };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);
  const keys = (event) => {
    const all = [...box.current.querySelectorAll('[role=menuitem]:not(:disabled)')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape' && open) { event.stopPropagation(); setOpen(false); box.current.querySelector('button').focus(); }
    if (step && open) { event.preventDefault(); all.at((all.indexOf(document.activeElement) + step) % all.length)?.focus(); }
  };
  return html`<div class="menu" ref=${box} onKeyDown=${keys}>
    <button type="button" class="button is-quiet is-round" aria-haspopup="menu" aria-expanded=${open} aria-label=${label}
      onClick=${() => setOpen(!open)}><${Icon} name=${icon} /></button>
    ${open && html`<div class="menu-list" role="menu">${items.filter(Boolean).map((item) => html`
      <button type="button" role="menuitem" class=${item.danger ? 'is-danger' : ''} disabled=${item.disabled}
        onClick=${() => { setOpen(false); box.current.querySelector('button').focus(); item.onClick(); }}>
        ${item.icon && html`<${Icon} name=${item.icon} />`}${item.label}</button>`)}</div>`}</div>`;
}
