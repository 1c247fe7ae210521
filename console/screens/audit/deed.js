// One line of the audit, with what was there before and what is there since.
import { Dialog, Facts, Id, absolute, html, href, useState } from '../../ui.js';
import { diff } from './diff.js';

const PLACES = { dead_letter: 'dead-letters', endpoint: 'endpoints', channel: 'channels', message: 'messages' };

/** Where the subject of a deed is shown, if it is. */
export function placeOf({ action, subject }) {
  const kind = action.split('.')[0];
  if (/^(api_)?key$/.test(kind)) return href('keys');
  return PLACES[kind] && subject ? href(PLACES[kind], subject) : undefined;
}

const MARKS = { added: '+', removed: '−', changed: '~', same: '' };
const shown = (value) => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

export function Deed({ deed, onClose }) {
  const rows = diff(deed.was, deed.became);
  const same = rows.filter((row) => row.kind === 'same').length;
  const [all, setAll] = useState(false);
  const seen = all ? rows : rows.filter((row) => row.kind !== 'same');
  return html`<${Dialog} kind="side" title=${deed.action} onClose=${onClose}><div class="stack">
    <${Facts} of=${[
      ['When', absolute(deed.at)], ['Who', html`<a href=${href('audit', { actor: deed.actor })}>${deed.actor_name ?? deed.actor}</a>`], ['Key', html`<${Id} id=${deed.actor} />`], ['Through', deed.via],
      ['What it was done to', deed.subject && html`<${Id} id=${deed.subject} to=${placeOf(deed)} />`], ['Id', html`<${Id} id=${deed.id} />`],
    ]} />
    <h3>Before and after</h3>
    ${rows.length ? html`<div class="diff" role="table" aria-label="Before and after">
      <div role="row" class="diff-head"><span role="columnheader">Field</span><span role="columnheader">Before</span><span role="columnheader">After</span></div>
      ${seen.map((row) => html`<div role="row" class=${`is-${row.kind}`} key=${row.pointer}><code role="rowheader"><b aria-hidden="true">${MARKS[row.kind]}</b> ${row.pointer}</code>
        <code role="cell">${shown(row.was)}</code><code role="cell">${shown(row.became)}</code></div>`)}</div>
      ${same > 0 && html`<button type="button" class="more-link" onClick=${() => setAll(!all)}>${all ? 'Only what changed' : `And ${same} that stayed`}</button>`}`
      : html`<p class="muted">Nothing was replaced: it is only on record that it was done.</p>`}
    <p class="hint">Secrets are never kept here.</p></div></${Dialog}>`;
}
