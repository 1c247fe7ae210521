// A message as JSON that can be edited, with what is wrong beside the line where it is.
import { html, useEffect, useId, useRef } from '../../ui.js';

/** `faults` of `{line, detail, pointer}`, lines from 0. */
export function Editor({ label, value, onValue, faults }) {
  const id = useId();
  const area = useRef();
  const gutter = useRef();
  const lines = value.split('\n');
  const wrong = new Set(faults.map((fault) => fault.line));
  useEffect(() => { gutter.current.scrollTop = area.current.scrollTop; });
  const goTo = (line) => {
    const from = lines.slice(0, line).join('\n').length + (line ? 1 : 0);
    area.current.focus();
    area.current.setSelectionRange(from, from + lines[line].length);
  };
  return html`<div class="field"><label for=${id}>${label}</label>
    <div class="json-edit ${faults.length ? 'is-wrong' : ''}">
      <ol class="edit-lines" aria-hidden="true" ref=${gutter}>${lines.map((_, at) => html`<li class=${wrong.has(at) ? 'is-wrong' : ''}>${at + 1}</li>`)}</ol>
      <textarea id=${id} ref=${area} spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" rows=${Math.max(6, Math.min(28, lines.length + 1))}
        aria-invalid=${faults.length ? 'true' : undefined} aria-describedby=${faults.length ? `${id}-faults` : undefined} value=${value}
        onInput=${(event) => onValue(event.target.value)} onScroll=${() => { gutter.current.scrollTop = area.current.scrollTop; }} /></div>
    <ul id=${`${id}-faults`} class="faults" aria-live="polite">${faults.map((fault) => html`<li data-pointer=${fault.pointer}>
      <button type="button" onClick=${() => goTo(Math.min(fault.line, lines.length - 1))}>Line ${fault.line + 1}</button> ${fault.pointer && html`<code>${fault.pointer}</code> `}<span>${fault.detail}</span></li>`)}</ul></div>`;
}
