// Retry or discard of many dead letters: what it would come to, how fast, and only then the deed.
import { post } from '../../api.js';
import { Loading, Problem, count, duration, href, html, useAct, useEffect, useState } from '../../ui.js';
import { Ask } from '../manage/ask.js';
import { KINDS, reasonOf } from './words.js';

const PATH = '/api/v1/dead-letters/bulk';
const FASTEST = 1000;

const counts = (title, list, linkOf, word = (value) => value) => list.length > 0 && html`<div><h3>${title}</h3><ul class="counts">
  ${list.slice(0, 6).map((one) => html`<li><span>${one.value === null ? 'none' : word(one.value)}</span><b>${linkOf(one.value, count(one.count))}</b></li>`)}
  ${list.length > 6 && html`<li class="muted">and ${list.length - 6} more</li>`}</ul></div>`;

/** `filter` as the API takes it; `place`: the parameters of the list that it is of. `onBegun(job)` is called with the job. */
export function Bulk({ action, filter, place, onClose, onBegun }) {
  const [preview, setPreview] = useState(null);
  const discards = action === 'discard';
  const ask = (more) => post(PATH, { action, filter, ...more });
  const [look, { error }] = useAct(async () => setPreview(await ask({ dry_run: true, ...(discards && { reason: 'preview' }) })));
  useEffect(() => { look(); }, []);
  // Of those that were picked, and of what is of no channel, there is no list.
  const link = (name) => (value, n) => (filter.ids || value === null ? n : html`<a href=${href('dead-letters', { ...place, [name]: value })} onClick=${onClose}>${n}</a>`);
  const total = preview?.total ?? 0;
  const verb = discards ? 'Discard' : 'Retry';
  const good = ({ per_second: pace }) => /^\d+$/.test(pace) && pace >= 1 && pace <= FASTEST;
  const took = (values) => (good(values) && total ? `Takes about ${duration(Math.ceil(total / values.per_second) * 1000)}. It goes on over a restart, and can be canceled.` : `1 to ${FASTEST}.`);
  return html`<${Ask} kind="wide" title=${`${verb} dead letters`} word=${`${verb} ${count(total)}`} danger=${discards} start=${{ per_second: '10' }} onClose=${onClose}
    send=${async ({ per_second, reason }) => onBegun(await ask({ per_second: Number(per_second), ...(discards && { reason }) }))}
    ready=${(values) => total > 0 && good(values) && (!discards || values.reason?.trim())}
    fields=${(values) => [discards && ['reason', 'Why are they discarded?', { maxlength: 500, required: true, hint: 'It is kept with each of them.' }],
      ['per_second', 'Dead letters a second, at most', { type: 'number', min: 1, max: FASTEST, required: true, hint: took(values) }]].filter(Boolean)}>${() => html`
      <${Problem} error=${error} again=${look} />${!preview && !error && html`<${Loading} label="Counting" />`}
      ${preview && html`<p class="lead"><b class="total" data-total=${total}>${count(total)}</b> dead ${total === 1 ? 'letter' : 'letters'} would be ${discards ? 'discarded' : 'retried'}.</p>
        <p>${discards ? 'Nothing more is done for them. What they were about stays on record.'
          : 'Messages are sent again, behind all that is not a part of this job; events are delivered, commands done and files fetched again. What fails again becomes a dead letter again.'}</p>
        <div class="three">${counts('By reason', preview.by_reason, link('reason'), reasonOf)}${counts('By kind', preview.by_kind, link('kind'), (kind) => KINDS[kind] ?? kind)}${counts('By channel', preview.by_channel, link('channel'))}</div>`}`}</${Ask}>`;
}
