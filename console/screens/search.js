// What the search found, and what it can find.
import { Badge, Button, Empty, Head, Icon, Id, Loading, Problem, Table, Time, html, useEffect, words } from '../ui.js';
import { ICONS, placeOf, search, useSearch } from '../shell/search.js';

const FINDS = [
  ['letter', 'A message', 'msg_… · its wamid · the Idempotency-Key or request_id of its request'],
  ['person', 'A person', 'a phone number, with or without + · the beginning of a name · a username · a business-scoped user id'],
  ['event', 'An event, a delivery or a file', 'evt_… · dlv_… · med_…'],
  ['dead', 'A dead letter, an endpoint or a channel', 'dl_… · ep_… · the channel’s id, its number’s or its WABA’s'],
  ['template', 'A template, or who wants no more', 'Meta’s id of the template · sup_…'],
  ['audit', 'What was done', 'aud_… · key_… · job_… · era_…'],
];

const columns = [
  { name: 'Found', cell: (one) => html`<span class="found"><${Icon} name=${ICONS[one.kind]} /><span class="cut">${one.title || one.id}</span></span>` },
  { name: 'Kind', cell: (one) => html`<${Badge} tone="plain">${words(one.kind)}</${Badge}>` },
  { name: 'Id', narrow: false, cell: (one) => html`<${Id} id=${one.id} />` },
  { name: 'Channel', narrow: false, cell: (one) => one.channel ?? html`<span class="muted">–</span>` },
  { name: 'When', class: 'right', cell: (one) => html`<${Time} at=${one.at} />` },
];

export default function Search() {
  const { q, results, error, busy } = useSearch();
  const asked = !!q.trim();
  useEffect(() => {
    const field = document.getElementById('search');
    field?.focus();
    return () => field?.blur();
  }, []);
  return html`<div class="page"><${Head} title="Search" note=${asked && results?.length ? `${results.length === 20 ? 'The first 20' : results.length} found` : null} />
    ${error ? html`<${Problem} error=${error} again=${() => search(q)} />` : null}
    ${!asked ? html`<ul class="finds">${FINDS.map(([icon, name, what]) => html`<li class="card"><${Icon} name=${icon} /><div><h2>${name}</h2><p class="muted">${what}</p></div></li>`)}</ul>
        <p class="muted">Press <kbd>/</kbd> on any screen, paste an id or a number, and press <kbd>Enter</kbd>. What you type stays out of the address.</p>
        <p><${Button} icon="search" onClick=${() => document.getElementById('search')?.focus()}>Type or paste it</${Button}></p>`
      : !results ? busy && html`<${Loading} label="Searching" />`
        : results.length ? html`<${Table} label="Results" columns=${columns} rows=${results} keyOf=${(one) => `${one.kind} ${one.id}`} to=${placeOf} />`
          : html`<${Empty} title="Nothing has this id or number">Ids are compared whole. A phone number needs its country code; it may have a + before it.</${Empty}>`}
  </div>`;
}
