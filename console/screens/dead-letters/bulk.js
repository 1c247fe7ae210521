// Retry or discard of many dead letters: what it would come to, how fast, and only then the deed.
import { post } from '../../api.js';
import { Button, Dialog, Field, Loading, Problem, Time, count, duration, html, useAct, useEffect, useState } from '../../ui.js';
import { KINDS, reasonOf } from './words.js';

const PATH = '/api/v1/dead-letters/bulk';
const FASTEST = 1000;

const Counts = ({ title, of, word = (value) => value }) => of.length > 0 && html`<div><h3>${title}</h3><ul class="counts">
  ${of.slice(0, 6).map(({ value, count: n }) => html`<li><span>${value === null ? 'none' : word(value)}</span><b>${count(n)}</b></li>`)}
  ${of.length > 6 && html`<li class="muted"><span>and ${of.length - 6} more</span></li>`}</ul></div>`;

/** `filter` as the API takes it. `onBegun(job)` is called with the job. */
export function Bulk({ action, filter, onClose, onBegun }) {
  const discards = action === 'discard';
  const [pace, setPace] = useState('10');
  const [reason, setReason] = useState('');
  const ask = (more) => post(PATH, { action, filter, ...more });
  const [look, looked] = useAct(() => ask({ dry_run: true, ...(discards && { reason: 'preview' }) }).then(setPreview));
  const [preview, setPreview] = useState(null);
  useEffect(() => { look(); }, []);
  const [begin, begun] = useAct(async () => onBegun(await ask({ per_second: Number(pace), ...(discards && { reason }) })));
  const fault = (pointer) => begun.error?.errors.find((one) => one.pointer === pointer)?.detail;
  const known = fault('/per_second') || fault('/reason');
  const speed = Number(pace);
  const paced = Number.isInteger(speed) && speed >= 1 && speed <= FASTEST;
  const total = preview?.total ?? 0;
  const verb = discards ? 'Discard' : 'Retry';
  const submit = (event) => { event.preventDefault(); begin(); };
  return html`<${Dialog} title=${`${verb} dead letters`} onClose=${onClose} kind="wide">
    <${Problem} error=${looked.error} again=${look} />
    ${!preview ? !looked.error && html`<${Loading} label="Counting" />` : html`<form onSubmit=${submit}>
      <p class="lead"><b class="figure" data-total=${total}>${count(total)}</b>
        ${total === 1 ? ' dead letter' : ' dead letters'} would be ${discards ? 'discarded' : 'retried'}.</p>
      <p>${discards ? 'Nothing more is done for them. What they were about stays on record, and the audit keeps who discarded them, and why.'
        : 'Messages are sent again, behind those that are not a part of this job; events are delivered, commands done and files fetched again. What fails again becomes a dead letter again.'}</p>
      <div class="three">
        <${Counts} title="By reason" of=${preview.by_reason} word=${reasonOf} />
        <${Counts} title="By kind" of=${preview.by_kind} word=${(kind) => KINDS[kind] ?? kind} />
        <${Counts} title="By channel" of=${preview.by_channel} /></div>
      ${preview.sample.length > 0 && html`<details><summary>The newest of them</summary><ul class="sample">
        ${preview.sample.slice(0, 10).map((one) => html`<li><code>${one.id}</code> ${reasonOf(one.reason)} <${Time} at=${one.created_at} /></li>`)}
      </ul></details>`}
      ${discards && html`<${Field} label="Why are they discarded?" name="reason" value=${reason} onValue=${setReason} required maxlength="500"
        error=${fault('/reason')} hint="It is kept with each of them." />`}
      <${Field} label="Dead letters a second, at most" name="pace" type="number" inputmode="numeric" min="1" max=${FASTEST} value=${pace} onValue=${setPace} required
        error=${fault('/per_second')} hint=${paced && total ? `Takes about ${duration(Math.ceil(total / speed) * 1000)}. It goes on over a restart, and can be canceled.` : `1 to ${FASTEST}.`} />
      ${!known && html`<${Problem} error=${begun.error} />`}
      <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} type="submit" kind=${discards ? 'danger' : 'primary'} busy=${begun.busy} disabled=${!total || !paced || (discards && !reason.trim())}>
          ${verb} ${count(total)}</${Button}></div></form>`}</${Dialog}>`;
}
