// The groups of dead letters by reason, and the letters of one of them or of all.
import { useEvents, useGet, usePages } from '../../api.js';
import { Badge, Button, Empty, Head, Problem, Time, count, html, href, useCalm, useEffect, useState } from '../../ui.js';
import { may } from '../../shell/side.js';
import { Limited, Listing, useSince } from '../manage/listing.js';
import { Bulk } from './bulk.js';
import { Jobs } from './jobs.js';
import { KINDS, reasonOf } from './words.js';

function Groups({ groups, params }) {
  const all = groups.reduce((sum, group) => sum + group.count, 0);
  const here = (group) => params.reason === group.reason && params.kind === group.kind;
  return html`<nav class="groups" aria-label="Reasons">
    <a href=${href('dead-letters')} aria-current=${params.reason || params.kind || params.settled_by || params.refused_by ? undefined : 'true'}>
      <span class="group-name">All reasons</span><span class="group-count">${count(all)}</span></a>
    ${groups.map((group) => html`<a key=${`${group.kind} ${group.reason}`} aria-current=${here(group) ? 'true' : undefined}
        href=${href('dead-letters', { reason: group.reason, kind: group.kind })}>
      <span class="group-name">${reasonOf(group.reason)}
        <small>${KINDS[group.kind] ?? group.kind} · oldest <${Time} at=${group.oldest_at} /></small></span>
      <span class="group-count">${count(group.count)}</span></a>`)}</nav>`;
}

/** What a letter says in one line. */
function saying({ detail }) {
  const told = typeof detail.error === 'string' ? detail.error : detail.error?.message ?? detail.detail ?? detail.title;
  return [detail.code, told ?? detail.event].filter(Boolean).join(' · ');
}

export function Letters({ params, session }) {
  const { reason, kind, channel, state, hours, settled_by, refused_by } = params;
  const job = settled_by || refused_by;
  const operates = may(session, 'operate') && !session.channels && !state && !job;
  const since = useSince(hours);
  const groups = useGet('/api/v1/dead-letters/groups', {}, { live: true });
  const letters = usePages('/api/v1/dead-letters', { reason, kind, channel, state, since, settled_by, refused_by }, { live: true });
  const [picked, setPicked] = useState(new Set());
  const [bulk, setBulk] = useState(null);
  const [started, setStarted] = useState(null);
  useEffect(() => setPicked(new Set()), [reason, kind, channel]);
  const anew = useCalm(() => Promise.all([groups.reload(), letters.reload()]), 1000);
  useEvents({ types: ['dead_letter', 'unrecognised', 'resync'] }, anew);

  const pick = (id, on) => setPicked((was) => {
    const next = new Set(was);
    if (on) next.add(id); else next.delete(id);
    return next;
  });
  const filter = picked.size ? { ids: [...picked] } : { reason, kind, channel, created_after: since };
  const which = picked.size ? `${count(picked.size)} selected` : 'all';
  const retryable = kind !== 'ingest';
  const begun = ({ id }) => { setBulk(null); setPicked(new Set()); setStarted(id); };
  const columns = [
    ...(operates ? [{
      name: html`<span class="unseen">Selected</span>`,
      class: 'pick',
      plain: true,
      cell: (row) => html`<input type="checkbox" aria-label=${`Select ${row.id}`} checked=${picked.has(row.id)}
        onChange=${(event) => pick(row.id, event.target.checked)} />`,
    }] : []),
    {
      name: 'Reason',
      cell: (row) => html`${reasonOf(row.reason)}<small class="under">${saying(row)}</small>`,
    },
    ...(state || job ? [{ name: 'State', cell: (row) => html`<${Badge} tone=${row.resolved_at ? 'good' : 'bad'}>${row.resolved_at ? 'settled' : 'open'}</${Badge}>` }] : []),
    { name: 'Of a', cell: (row) => KINDS[row.kind] ?? row.kind, narrow: false },
    { name: 'Channel', cell: (row) => row.channel && html`<a href=${href('channels', row.channel)}>${row.channel}</a>`, narrow: false },
    { name: 'When', class: 'right', cell: (row) => html`<${Time} at=${row.created_at} />` },
  ];

  const list = groups.data?.data ?? [];
  const none = groups.data && !state && !job && !list.length && !letters.rows.length && !letters.loading;
  return html`<div class="page">
    <${Head} title="Dead letters" note=${groups.data && !none && 'What could not be processed and waits for a decision.'}>
      ${operates && !!letters.rows.length && html`
        <${Button} icon="trash" onClick=${() => setBulk('discard')}>Discard ${which}…</${Button}>
        ${retryable && html`<${Button} kind="primary" icon="retry" onClick=${() => setBulk('retry')}>Retry ${which}…</${Button}>`}`}
    </${Head}>
    ${!session.channels && html`<${Jobs} session=${session} begun=${started} onChange=${anew} />`}
    <${Problem} error=${groups.error} again=${anew} />
    ${none ? html`<${Empty} icon="check" title="No dead letters">
        Everything that came in was understood, everything that went out was taken or still has tries left.</${Empty}>`
      : html`<div class="beside">
        <${Groups} groups=${list} params=${params} />
        <section aria-label="Letters">
          ${channel && html`<${Limited} all=${href('dead-letters', { reason, kind, state, hours })}>of channel <strong>${channel}</strong><//>`}
          ${job && html`<${Limited} all=${href('dead-letters')}>those that job <code>${job}</code> ${settled_by ? 'has settled' : 'was refused'}<//>`}
          ${hours > 0 && html`<p class="filter-note">${state ? 'Open and settled ones' : 'Only those'} of the last ${hours > 1 ? `${hours} hours` : 'hour'}. <a href=${href('dead-letters', { reason, kind, channel })}>Show all that are open</a></p>`}
          <${Listing} label="Dead letters" list=${letters} columns=${columns} to=${(row) => href('dead-letters', row.id)} none=${['None is left here', 'check', job && 'Another job has come to them since.']} />
        </section></div>`}
    ${bulk && html`<${Bulk} action=${bulk} filter=${filter} place=${{ reason, kind, channel, hours }} onClose=${() => setBulk(null)} onBegun=${begun} />`}
  </div>`;
}
