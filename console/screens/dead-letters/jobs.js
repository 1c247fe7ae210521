// Jobs over dead letters: how far they are, and their end before time.
import { post, useGet } from '../../api.js';
import { Badge, Button, Confirm, Time, count, href, html, toast, useEffect, useRef, useState } from '../../ui.js';
import { may } from '../../shell/side.js';

const PATH = '/api/v1/dead-letters/bulk';
/** Jobs that are shown. */
const SHOWN = 5;

const verb = { retry: 'Retry', discard: 'Discard' };

const told = ({ done, total }) => `${count(done)} of ${count(total)}`;
const refused = ({ failed }) => `${count(failed)} refused`;
const say = (job) => [told(job), job.failed && refused(job)].filter(Boolean).join(', ');

/** The same, each with its list. */
const Told = ({ job }) => html`<a href=${href('dead-letters', { settled_by: job.id })}>${told(job)}</a>${job.failed > 0 && html`,
  <a href=${href('dead-letters', { refused_by: job.id })}>${refused(job)}</a>`}`;

function Running({ job, session, onCancel }) {
  const through = job.done + job.failed;
  return html`<div class="job" data-job=${job.id}>
    <div class="job-line"><strong>${verb[job.action]} at ${job.per_second} a second</strong><span role="status"><${Told} job=${job} /></span>
      ${may(session, 'operate') && html`<${Button} onClick=${onCancel}>Cancel</${Button}>`}</div>
    <progress max=${Math.max(1, job.total)} value=${through} aria-label="Dead letters settled" />
    ${job.last_error && html`<p class="wrong">${job.last_error}</p>`}</div>`;
}

/** `begun`: a job that has just begun. `onChange` is called as they go on, and when one ends. */
export function Jobs({ session, begun, onChange }) {
  const list = useGet(PATH, { limit: SHOWN }, { live: true });
  const jobs = list.data?.data ?? [];
  const [asked, setAsked] = useState(null);
  const before = useRef(new Map());
  useEffect(() => {
    if (!begun) return;
    before.current.set(begun, 'running');
    list.reload();
  }, [begun]);
  useEffect(() => {
    for (const job of jobs) {
      if (before.current.get(job.id) === 'running' && job.state !== 'running') {
        const words = job.state === 'done' ? 'Done' : 'Canceled';
        toast(`${words}: ${say(job)}.`, job.failed ? 'bad' : 'good');
        onChange();
      }
      before.current.set(job.id, job.state);
    }
  }, [list.data]);
  const ended = jobs.filter((job) => job.state !== 'running');
  return html`<div class="jobs">
    ${jobs.filter((job) => job.state === 'running').map((job) => html`<${Running} key=${job.id} job=${job} session=${session} onCancel=${() => setAsked(job)} />`)}
    ${ended.length > 0 && html`<details class="past-jobs"><summary>Jobs before</summary><ul>${ended.map((job) => html`<li key=${job.id}>
      <${Badge} state=${job.state} /> ${verb[job.action]}: <${Told} job=${job} /> <${Time} at=${job.updated_at} />
      ${job.last_error && html`<small class="wrong">${job.last_error}</small>`}</li>`)}</ul></details>`}
    ${asked && html`<${Confirm} title="Cancel this job?" word="Cancel the job" danger onClose=${() => setAsked(null)}
      onYes=${async () => { await post(`${PATH}/${asked.id}/cancel`); await list.reload(); }}>
      <p>What it has settled stays settled; the rest stays open.</p></${Confirm}>`}</div>`;
}
