// Jobs over dead letters: how far they are, and their end before time.
import { get, post } from '../../api.js';
import { Badge, Button, Confirm, Time, count, html, toast, useEffect, useRef, useState } from '../../ui.js';
import { may } from '../../shell/side.js';

const PATH = '/api/v1/dead-letters/bulk';
/** Jobs that are shown. */
const SHOWN = 5;

const verb = { retry: 'Retry', discard: 'Discard' };

function told(job) {
  const parts = [`${count(job.done)} of ${count(job.total)}`];
  if (job.failed) parts.push(`${count(job.failed)} refused and still open`);
  return parts.join(', ');
}

function Running({ job, session, onCancel }) {
  const through = job.done + job.failed;
  return html`<div class="job" data-job=${job.id}>
    <div class="job-line"><strong>${verb[job.action]} at ${job.per_second} a second</strong><span role="status">${told(job)}</span>
      ${may(session, 'operate') && html`<${Button} onClick=${onCancel}>Cancel</${Button}>`}</div>
    <progress max=${Math.max(1, job.total)} value=${through} aria-label="Dead letters settled" />
    ${job.last_error && html`<p class="wrong">${job.last_error}</p>`}</div>`;
}

/** `begun`: a job that has just begun. `onChange` is called as they go on, and when one ends. */
export function Jobs({ session, begun, onChange }) {
  const [jobs, setJobs] = useState([]);
  const [asked, setAsked] = useState(null);
  const before = useRef(new Map());
  const look = async () => {
    const { data } = await get(PATH, { limit: SHOWN }).catch(() => ({ data: null }));
    if (!data) return;
    for (const job of data) {
      if (before.current.get(job.id) === 'running' && job.state !== 'running') {
        const words = job.state === 'done' ? 'Done' : 'Canceled';
        toast(`${words}: ${told(job)}.`, job.failed ? 'bad' : 'good');
        onChange();
      }
      before.current.set(job.id, job.state);
    }
    setJobs(data);
  };
  useEffect(() => { if (begun) before.current.set(begun, 'running'); look(); }, [begun]);
  const runs = jobs.some((job) => job.state === 'running');
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(look, 500);
    // The list behind the bar grows shorter as well.
    const lists = setInterval(onChange, 2000);
    return () => { clearInterval(timer); clearInterval(lists); };
  }, [runs]);
  const ended = jobs.filter((job) => job.state !== 'running');
  return html`<div class="jobs">
    ${jobs.filter((job) => job.state === 'running').map((job) => html`<${Running} key=${job.id} job=${job} session=${session} onCancel=${() => setAsked(job)} />`)}
    ${ended.length > 0 && html`<details class="past-jobs"><summary>Jobs before</summary><ul>${ended.map((job) => html`<li key=${job.id}>
      <${Badge} state=${job.state} /> ${verb[job.action]}: ${told(job)} <${Time} at=${job.updated_at} />
      ${job.last_error && html`<small class="wrong">${job.last_error}</small>`}</li>`)}</ul></details>`}
    ${asked && html`<${Confirm} title="Cancel this job?" word="Cancel the job" danger onClose=${() => setAsked(null)}
      onYes=${async () => { await post(`${PATH}/${asked.id}/cancel`); await look(); }}>
      <p>What it has settled stays settled; the rest stays open.</p></${Confirm}>`}</div>`;
}
