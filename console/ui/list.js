// Tables, and lists of any length of which only what is in sight exists.
import { h } from '../vendor/preact.js';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.js';
import htm from '../vendor/htm.js';

const html = htm.bind(h);

/**
 * Arrow keys, j and k, Home and End among the elements that `selector` finds inside the element
 * that gets the result as `onKeyDown`.
 */
export const useMove = (selector) => useCallback((event) => {
  if (event.target.closest('input, textarea, select') || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...event.currentTarget.querySelectorAll(selector)];
  const at = all.findIndex((one) => one === document.activeElement || one.contains(document.activeElement));
  const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all.length) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, to))].focus();
}, [selector]);

/**
 * `columns` of `{name, cell(row), class, narrow}`: the first column's cell is the row's link, where
 * `to(row)` gives an address, or its button with `onOpen(row)`. `narrow: false` leaves a column out on a phone;
 * `plain` columns before the first stay what they are, e.g. a checkbox.
 * With `more` and `hasMore` the next page is loaded when the end comes into sight.
 */
export function Table({ columns, rows, keyOf = (row) => row.id, to, onOpen, label, hasMore, more, loading, class: name = '', current }) {
  const move = useMove('.row-link');
  const end = useRef();
  useEffect(() => {
    if (!hasMore || !end.current) return undefined;
    const seen = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && more(), { rootMargin: '600px' });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [hasMore, more, rows.length]);
  const first = columns.findIndex((column) => !column.plain);
  const cell = (row, column, at) => {
    const inside = column.cell(row);
    if (at !== first) return inside;
    const address = to?.(row);
    if (address) return html`<a class="row-link" href=${address}>${inside}</a>`;
    return onOpen ? html`<button type="button" class="row-link" onClick=${() => onOpen(row)}>${inside}</button>` : inside;
  };
  const classOf = (column) => `${column.class ?? ''} ${column.narrow === false ? 'wide-only' : ''}`;
  return html`<div class="table-box"><table class=${`table ${name}`} aria-label=${label} onKeyDown=${move}>
    <thead><tr>${columns.map((column) => html`<th scope="col" class=${classOf(column)}>${column.name}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${keyOf(row)} class=${`${to || onOpen ? 'is-link' : ''} ${current !== undefined && current === keyOf(row) ? 'is-current' : ''}`}>
      ${columns.map((column, at) => html`<td class=${classOf(column)}>${cell(row, column, at)}</td>`)}</tr>`)}</tbody></table>
    ${hasMore && html`<div class="table-end" ref=${end}>${loading ? html`<span class="spinner" />` : html`<button type="button" class="button" onClick=${more}>More</button>`}</div>`}</div>`;
}

/**
 * A list of rows of one height, of which only those in sight are in the page: `count` rows, `row(index)`
 * gives one. `onEnd` is called near the end. `stick` keeps the end in sight while it is in sight.
 * `apiRef.current` gets `{scrollTo(index)}`.
 */
export function VirtualList({ count, height, row, onEnd, stick, label, class: name = '', role = 'list', apiRef, ...rest }) {
  const box = useRef();
  const [view, setView] = useState({ top: 0, size: 600 });
  const atEnd = useRef(true);
  // The browser tells of a scroll or a size after the list has left the page, too.
  const measure = useCallback(() => {
    if (!box.current) return;
    const { scrollTop, clientHeight } = box.current;
    const top = Math.floor(scrollTop / height) * height;
    setView((was) => (was.top === top && was.size === clientHeight ? was : { top, size: clientHeight }));
  }, [height]);
  const scrolled = () => {
    if (!box.current) return;
    const { scrollTop, clientHeight, scrollHeight } = box.current;
    atEnd.current = scrollTop + clientHeight >= scrollHeight - height;
    measure();
  };
  useLayoutEffect(() => {
    measure();
    const sized = new ResizeObserver(measure);
    sized.observe(box.current);
    return () => sized.disconnect();
  }, [measure]);
  useLayoutEffect(() => {
    if (stick && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
    measure();
  }, [count, stick]);
  if (apiRef) {
    apiRef.current = {
      scrollTo: (index) => {
        const top = index * height;
        const { scrollTop, clientHeight } = box.current;
        if (top < scrollTop) box.current.scrollTop = top;
        else if (top + height > scrollTop + clientHeight) box.current.scrollTop = top + height - clientHeight;
        measure();
      },
    };
  }
  const first = Math.max(0, Math.floor(view.top / height) - 6);
  const past = Math.min(count, Math.ceil((view.top + view.size) / height) + 6);
  useEffect(() => { if (onEnd && past >= count - 10) onEnd(); }, [past, count, onEnd]);
  const shown = [];
  for (let at = first; at < past; at += 1) shown.push(row(at));
  return html`<div class=${`virtual ${name}`} ref=${box} onScroll=${scrolled} role=${role} aria-label=${label} tabindex="0" ...${rest}>
    <div class="virtual-all" role="presentation" style=${{ height: `${count * height}px` }}>
      <div class="virtual-part" role="presentation" style=${{ transform: `translateY(${first * height}px)` }}>${shown}</div></div></div>`;
}
