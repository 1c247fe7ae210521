// One dead letter: what happened, what would settle it, what a retry would send; and the deed.
import { post, useEvents, useGet } from '../../api.js';
import { Badge, Button, Confirm, Facts, Head, Id, JsonView, Loading, Problem, Time, html, href, toast, useState, words } from '../../ui.js';
import { may } from '../../shell/side.js';
import { Ask } from '../manage/ask.js';
import { Edit } from './edit.js';
import { Would } from './would.js';
import { FIXES, KINDS, RETRIES, reasonOf } from './words.js';

/** The message that a retry would send, if it is one and may be seen; null otherwise. */
function messageOf(letter, message, session) {
  if (!session.shows_texts) return null;
  if (letter.kind === 'send') return message?.content ?? null;
  if (letter.kind !== 'command') return null;
  try {
    const { session: _, request_id: __, ...rest } = JSON.parse(letter.detail.raw);
    return rest;
  } catch { return { to: '', type: 'text', text: { body: '' } }; }
}

function Happened({ letter }) {
  const { code, title, detail, answer, error, attempts, status, tries, ...rest } = letter.detail;
  delete rest.advice; delete rest.class; delete rest.raw; delete rest.raw_base64;
  const said = typeof error === 'string' ? error : error?.message;
  const raw = answer ?? (letter.kind === 'ingest' ? letter.detail : letter.detail.raw ?? null);
  return html`<section class="card stack" aria-labelledby="happened"><h2 id="happened">What happened</h2>
    <${Facts} of=${[
      ['Reason', html`${reasonOf(letter.reason)} <code>${letter.reason}</code>`],
      ['Code', code ? html`<code>${code}</code> ${title}` : null],
      ['Answer', status === null ? 'none came' : status],
      ['Tries', attempts ?? tries],
      ['Said', detail ?? said],
      ...Object.entries(rest).filter(([, value]) => typeof value !== 'object' && letter.kind !== 'ingest').map(([name, value]) => [words(name), String(value)]),
    ]} />
    ${raw !== null && html`<div class="stack tight"><h3>${letter.kind === 'command' ? 'The command, as it came'
      : letter.kind === 'ingest' ? 'What came' : 'The answer, as it came'}</h3>
      <${JsonView} value=${parsed(raw)} label="the answer" /></div>`}</section>`;
}

function parsed(raw) {
  if (typeof raw !== 'string') return raw;
  try { return JSON.parse(raw); } catch { return raw; }
}

function History({ letter }) {
  const deeds = letter.history ?? [];
  return html`<section class="card stack" aria-labelledby="history"><h2 id="history">History</h2><ol class="history">
    <li><${Time} at=${letter.created_at} /> <span>It became a dead letter.</span></li>
    ${deeds.map((deed) => html`<li><${Time} at=${deed.at} /><div><strong>${words(deed.action.split('.')[1])}</strong> by <${Id} id=${deed.by} />
      ${deed.became?.reason && html`<p>“${deed.became.reason}”</p>`}${deed.became?.job && html`<p>As a part of job <code>${deed.became.job}</code></p>`}
      ${deed.was && html`<details><summary>Before and after</summary><h3>Before</h3><${JsonView} value=${deed.was} label="what was there before" />
        <h3>After</h3><${JsonView} value=${deed.became} label="what came in its place" /></details>`}</div></li>`)}</ol></section>`;
}

export function Letter({ id, session }) {
  const letter = useGet(`/api/v1/dead-letters/${encodeURIComponent(id)}`, {}, { live: true });
  const about = letter.data;
  const ofMessage = about?.message_id && (about.kind === 'send' || about.kind === 'media');
  const message = useGet(ofMessage ? `/api/v1/messages/${about.message_id}` : null);
  const [asks, setAsks] = useState(null);
  useEvents({ types: ['send_result', 'status', 'resync'] }, (event) => { if (event.data?.id === about?.message_id) message.reload(); });
  const settled = (now) => {
    letter.set(now);
    setAsks(null);
    message.reload();
    toast(now.resolution?.startsWith('discarded') ? 'Discarded.' : RETRIES[now.kind]);
  };
  const retry = async () => settled(await post(`/api/v1/dead-letters/${id}/retry`));
  const back = { to: href('dead-letters', { reason: about?.reason, kind: about?.kind }), label: 'Dead letters' };
  if (!about) return html`<div class="page"><${Head} title="Dead letter" back=${back} /><${Problem} error=${letter.error} again=${letter.reload} />${letter.loading && html`<${Loading} />`}</div>`;
  const open = !about.resolved_at;
  const operates = open && may(session, 'operate');
  const editable = messageOf(about, message.data, session);
  const retries = about.kind !== 'ingest';
  const { fix } = about;
  const proposesEdit = (fix.action === 'edit' || fix.action === 'use_template') && editable;
  const twice = about.reason === 'outcome_unknown';
  return html`<div class="page letter">
    <${Head} title=${reasonOf(about.reason)} back=${back}
        note=${html`<${Badge} tone="plain">${KINDS[about.kind] ?? about.kind}</${Badge}>
          <${Badge} tone=${open ? 'bad' : 'good'}>${open ? 'open' : 'settled'}</${Badge}><${Time} at=${about.created_at} />`}>
      ${operates && html`<${Button} icon="trash" onClick=${() => setAsks('discard')}>Discard…</${Button}>
        ${retries && html`<${Button} icon="retry" kind=${proposesEdit || fix.action === 'discard' ? '' : 'primary'} onClick=${() => setAsks('retry')}>Retry as it is…</${Button}>`}
        ${editable && html`<${Button} icon="edit" kind=${proposesEdit ? 'primary' : ''} onClick=${() => setAsks('edit')}>Edit and retry</${Button}>`}`}</${Head}>
    ${open ? html`<div class="note is-wait" role="note"><div><strong>${FIXES[fix.action] ?? words(fix.action)}</strong><p>${fix.advice}
        ${fix.field && html` Look at <code>${fix.field}</code>.`}</p></div></div>`
      : html`<div class="note is-good" role="status"><div><strong>Settled <${Time} at=${about.resolved_at} /></strong><p>${about.resolution}</p></div></div>`}
    <div class="main-side"><div class="stack">
      ${asks === 'edit' && editable ? html`<${Edit} letter=${about} message=${editable} onDone=${settled} onClose=${() => setAsks(null)} />`
        : html`<${Would} letter=${about} message=${message} editable=${editable} session=${session} />`}
      <${Happened} letter=${about} /></div>
    <div class="stack"><section class="card" aria-label="What it is about"><${Facts} of=${[
        ['Dead letter', html`<${Id} id=${about.id} />`],
        ['Channel', about.channel && html`<a href=${href('channels', about.channel)}>${about.channel}</a>`],
        ['Message', about.message_id && html`<${Id} id=${about.message_id} to=${href('messages', about.message_id)} />`],
        ['State of the message', message.data && html`<${Badge} state=${message.data.state} />`],
        ['Delivery', about.delivery_id && html`<${Id} id=${about.delivery_id} to=${about.detail.endpoint_id ? href('endpoints', about.detail.endpoint_id, { delivery: about.delivery_id }) : undefined} />`],
        ['Event', about.event_id && html`<${Id} id=${about.event_id} />`],
        ['Notification', about.notification && html`<code>${about.notification}</code>`],
      ]} /></section><${History} letter=${about} /></div></div>
    ${asks === 'discard' && html`<${Ask} title="Discard this dead letter?" word="Discard" danger ready=${({ reason }) => reason?.trim()} onClose=${() => setAsks(null)}
      fields=${[['reason', 'Why?', { required: true, maxlength: 500, hint: 'For people; kept with the letter.' }]]}
      send=${async ({ reason }) => settled(await post(`/api/v1/dead-letters/${id}/discard`, { reason }))}>${() => html`<p>Nothing more is done for it. What it was about stays on record.</p>`}</${Ask}>`}
    ${asks === 'retry' && html`<${Confirm} title="Retry it as it is?" word="Retry" onYes=${retry} onClose=${() => setAsks(null)}>
      <p>${RETRIES[about.kind]} ${fix.action === 'edit' && 'Unchanged it will most likely fail again.'}</p>
      ${twice && html`<p class="wrong">Nobody knows whether the first one arrived: the user may get it twice.</p>`}</${Confirm}>`}</div>`;
}
