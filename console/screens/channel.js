// One channel: what it carries, and what holds it up.
import { del, post, useEvents, useGet } from '../api.js';
import { Badge, Button, Confirm, Facts, Head, Id, Loading, Menu, Problem, Time, compact, duration, go, html, href, toast, useAct, useState, words } from '../ui.js';
import { may } from '../shell/side.js';
import { Form } from './channels/form.js';
import { Quality, Throughput, tierOf } from './channels/figures.js';
import { Ask } from './manage/ask.js';

const SOURCES = { set: 'set by a person', learned: 'as WhatsApp permits the number', usual: 'as usual numbers have' };

/** Who stopped it, why, and what lets it go on. */
function Paused({ of, children }) {
  const carrier = of.by === 'carrier';
  return html`<div class=${`note ${carrier ? 'is-bad' : 'is-wait'}`} role="status"><div class="grow"><strong>${carrier ? 'Refused by WhatsApp' : 'Paused by a person'}, <${Time} at=${of.since} /></strong>
    <p>${carrier ? html`${words(of.reason)}${of.code && html`, code <code>${of.code}</code>`}. ${of.advice}` : of.reason || 'No reason was given.'}</p>
    <p class="hint">${carrier ? html`It resumes by itself when a probe passes; the next is <${Time} at=${of.next_probe_at} />.` : 'It goes on receiving, and taking messages to send. Only a person resumes it.'}</p></div>${children}</div>`;
}

/** What waits in each lane, as bars of one scale. */
function Queue({ of, link }) {
  const lanes = of?.by_priority ?? {};
  const names = [...new Set(['high', 'normal', 'low', ...Object.keys(lanes)])];
  const most = Math.max(1, ...Object.values(lanes));
  return html`<section class="card stack" aria-labelledby="queue"><h2 id="queue">Queue</h2>
    <ul class="lanes">${names.map((name) => html`<li><span>${name}</span><meter max=${most} value=${lanes[name] ?? 0} aria-hidden="true" />${link(name, lanes[name] ?? 0)}</li>`)}</ul>
    <${Facts} of=${[['Due now', link('due', of?.due)], ['For later', link('later', of?.later)],
      ['The oldest waits for', of?.oldest_age_seconds > 0 ? duration(of.oldest_age_seconds * 1000) : '–']]} /></section>`;
}

export default function Channel({ params, session }) {
  const { id } = params;
  const path = `/api/v1/channels/${encodeURIComponent(id)}`;
  const channel = useGet(path, {}, { live: true });
  const reads = may(session, 'read');
  const load = useGet(reads ? `${path}/load` : null, {}, { live: true });
  const [asks, setAsks] = useState(null);
  const done = () => setAsks(null);
  const operates = may(session, 'operate');
  useEvents({ types: ['channel_paused', 'channel_resumed', 'resync'] }, channel.reload);
  const [resume, resuming] = useAct(async () => { channel.set(await post(`${path}/resume`)); toast('Resumed: what waits is sent.'); });
  const it = channel.data;
  const back = { to: href('channels'), label: 'Channels' };
  if (!it) return html`<div class="page"><${Head} title="Channel" back=${back} /><${Problem} error=${channel.error} again=${channel.reload} />${channel.loading && html`<${Loading} />`}</div>`;
  const now = load.data ?? {};
  const link = (queue, n) => html`<a href=${href('messages', { channel: id, queue })}>${compact(n)}</a>`;
  const lately = (filter, n) => html`<a href=${href('messages', { channel: id, ...filter, hours: 24 })}>${compact(n)}</a>`;
  const code = (text, none) => (text ? html`<code>${text}</code>` : none);
  const figure = (name, value) => html`<div class="card figure-card"><span>${name}</span><b>${value}</b></div>`;
  return html`<div class="page">
    <${Head} title=${it.name} back=${back} note=${html`<${Badge} state=${it.state} /><code>${it.id}</code>`}>
      ${operates && it.state === 'active' && html`<${Button} icon="pause" onClick=${() => setAsks('pause')}>Pause…</${Button}>`}
      ${may(session, 'administer') && html`<${Menu} label="More" items=${[{ label: 'Edit', icon: 'edit', onClick: () => setAsks('edit') },
        { label: 'Delete…', icon: 'trash', danger: true, onClick: () => setAsks('delete') }]} />`}</${Head}>
    <${Problem} error=${resuming.error} />
    ${it.paused && html`<${Paused} of=${it.paused}>${operates && html`<${Button} kind="primary" icon="play" busy=${resuming.busy} onClick=${resume}>Resume</${Button}>`}</${Paused}>`}
    ${it.state === 'receive_only' && html`<p class="note is-wait">It has no access token, so it only receives.</p>`}
    ${reads && html`<div class="numbers">${figure('Throughput now', html`<a href=${href('messages', { channel: id, direction: 'outbound', accepted: true, hours: 1 })}><${Throughput} of=${now.throughput} /></a>`)}${figure('Sent, 24 h', lately({ direction: 'outbound', accepted: true }, now.sent_24h))}
      ${figure('Failed, 24 h', lately({ state: 'failed,requires_template' }, now.failed_24h))}${figure('Quality', html`<${Quality} of=${now.quality} />`)}${figure('Limit of users', tierOf(now.tier))}</div>`}
    <div class=${reads ? 'side-main' : ''}>${reads && html`<${Queue} of=${now.queue} link=${link} />`}
      <section class="card stack" aria-labelledby="set-up"><h2 id="set-up">Set-up</h2><${Facts} of=${[
        ['Number', it.display_phone_number], ['Phone number id', it.phone_number_id && html`<${Id} id=${it.phone_number_id} />`], ['WABA', it.waba_id && html`<${Id} id=${it.waba_id} />`],
        ['Throughput', html`${it.throughput} a second, ${SOURCES[it.throughput_source]}`], ['Access token', code(it.access_token, 'none')],
        ['App secret', code(it.app_secret, 'the gateway’s')], ['Verify token', code(it.verify_token, 'the gateway’s')], ['Changed', html`<${Time} at=${it.updated_at} />`],
      ]} /></section></div>
    ${asks === 'pause' && html`<${Ask} title="Pause this channel?" word="Pause" danger onClose=${done} fields=${[['reason', 'Why?', { maxlength: 500, hint: 'For people; shown with the channel.' }]]}
      send=${async ({ reason = '' }) => { channel.set(await post(`${path}/pause`, { reason: reason.trim() })); toast('Paused.'); }}>${() => html`
      <p>It goes on receiving, and taking messages to send; but nothing is sent until somebody resumes it. What waits then goes out in its order.</p>`}</${Ask}>`}
    ${asks === 'edit' && html`<${Form} channel=${it} onClose=${done} onDone=${(changed) => { channel.set(changed); toast('Saved.'); }} />`}
    ${asks === 'delete' && html`<${Confirm} title="Delete this channel?" word="Delete" danger typed=${id} onClose=${done} onYes=${async () => { await del(path); toast('Deleted.'); go(href('channels')); }}>
      <p>Nothing is sent from it any more, and webhooks of its number make a channel that only receives. Its messages and events stay. This cannot be undone.</p></${Confirm}>`}</div>`;
}
