// The field above every screen: any id or number, results as one types, arrows and Enter.
import { Icon, Time, go, href, html, useEffect, useRef, useState, words } from '../ui.js';
import { may } from './side.js';
import { ICONS, forgetSearch, placeOf, search, searchNow, useSearch } from './search.js';

export function SearchBox({ session }) {
  const { q, results, busy } = useSearch();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const box = useRef();
  const input = useRef();
  useEffect(() => forgetSearch, []);
  useEffect(() => setAt(-1), [results]);
  if (!may(session, 'read')) return null;
  const shown = results ?? [];
  const onScreen = location.hash.startsWith('#/search');
  const listed = open && !onScreen && !!q.trim() && !!results;
  const close = () => { setOpen(false); input.current.blur(); };
  const enter = async () => {
    if (at >= 0 && shown[at]) { close(); go(placeOf(shown[at])); return; }
    const found = await searchNow();
    if (found?.length === 1) { close(); go(placeOf(found[0])); return; }
    setOpen(false);
    go(href('search'));
  };
  const keys = (event) => {
    // Nothing begins with it: somebody wants the field that they are in.
    if (event.key === '/' && !q) event.preventDefault();
    if (event.key === 'Enter') { event.preventDefault(); enter(); }
    if (event.key === 'Escape') { if (listed) setOpen(false); else input.current.blur(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (onScreen) { if (step > 0) document.querySelector('.screen .row-link')?.focus(); return; }
    if (shown.length) { setOpen(true); setAt((was) => (was + step + shown.length + 1) % (shown.length + 1)); }
  };
  const away = (event) => { if (!box.current.contains(event.relatedTarget)) setOpen(false); };
  return html`<search class="search-box" ref=${box} onFocusOut=${away}>
    <${Icon} name="search" />
    <input id="search" ref=${input} type="text" role="combobox" aria-label="Search any id or number" aria-expanded=${listed} aria-autocomplete="list"
      aria-controls="search-found" aria-activedescendant=${listed && at >= 0 ? `search-${at}` : undefined} autocomplete="off" spellcheck="false"
      placeholder="Search any id or number" value=${q} onInput=${(event) => { search(event.target.value); setOpen(true); }}
      onFocus=${() => setOpen(true)} onKeyDown=${keys} />
    ${busy ? html`<span class="spinner" />` : html`<kbd aria-hidden="true">/</kbd>`}
    <div id="search-found" class="search-found" role="listbox" aria-label="Results" hidden=${!listed}>
      ${listed && (shown.length ? shown.map((one, index) => html`<a id=${`search-${index}`} role="option" tabindex="-1" aria-selected=${index === at}
        href=${placeOf(one)} onClick=${close}><${Icon} name=${ICONS[one.kind]} /><span class="cut">${one.title || one.id}</span>
        <small>${words(one.kind)}</small><small><${Time} at=${one.at} /></small></a>`)
        : html`<p class="search-none" role="option" aria-selected="false" aria-disabled="true">Nothing has this id or number.</p>`)}</div></search>`;
}
