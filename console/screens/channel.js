// One channel: what it carries, what holds it up, and its messages that wait or failed.
import { del, post, useEvents, useGet } from '../api.js';
import { Badge, Button, Confirm, Facts, Head, Id, Loading, Menu, Problem, Time, absolute, compact, duration, go, html, href, toast, useAct, useState, words } from '../ui.js';
import { may } from '../shell/side.js';
import { Form } from './channels/form.js';
import { Messages } from './channels/messages.js';
import { Pause } from './channels/pause.js';
import { Quality, Throughput, tierOf } from './channels/figures.js';

const BACK = { to: href('channels'), label: 'Channels' };
const LANES = ['high', 'normal', 'low'];
const SOURCES = { set: 'set by a person', learned: 'as WhatsApp permits the number', usual: 'what a usual number has' };

/** Who stopped it, why, and what lets it go on. */
function Paused({ of, children }) {
  const carrier = of.by === 'carrier';
  return html`<div class=${`note ${carrier ? 'is-bad' : 'is-wait'}`} role="status"><div class="grow">
    <strong>${carrier ? 'WhatsApp refuses this channel' : 'Paused by a person'} since <${Time} at=${of.since} /></strong>
    <p>${carrier ? html`${words(of.reason)}${of.code && html`, code <code>${of.code}</code>`}. ${of.advice}` : of.reason || 'No reason was given.'}</p>
    <p>${carrier ? html`It resumes by itself once a probe passes; the next is <${Time} at=${of.next_probe_at} />. Resume it yourself once it is put right.`
      : 'It goes on receiving, and taking messages to send. Only a person resumes it.'}</p></div>${children}</div>`;
}

/** What waits in each lane, as bars of one scale. */
function Lanes({ queue, id }) {
  const lanes = queue?.by_priority ?? {};
  const names = [...new Set([...LANES, ...Object.keys(lanes)])];
  const most = Math.max(1, ...names.map((name) => lanes[name] ?? 0));
  return html`<section class="card stack tight" aria-labelledby="queue"><h2 id="queue">Queue</h2>
    <ul class="lanes">${names.map((name) => html`<li><span>${name}</span><meter min="0" max=${most} value=${lanes[name] ?? 0} aria-hidden="true" />
      <a href=${href('channels', id, { list: 'queued' })}>${compact(lanes[name] ?? 0)}</a></li>`)}</ul>
    <${Facts} of=${[
      ['Due', html`<a href=${href('channels', id, { list: 'queued' })}>${compact(queue?.due)}</a>`],
      ['For later', html`<a href=${href('channels', id, { list: 'scheduled' })}>${compact(queue?.later)}</a>`],
      ['The oldest waits for', queue?.oldest_age_seconds > 0 ? duration(queue.oldest_age_seconds * 1000) : '–'],
    ]} /></section>`;
}

export default function Channel({ params, session }) {
  const path = `/api/v1/channels/${encodeURIComponent(params.id)}`;
  const channel = useGet(path, {}, { every: 5000 });
  const load = useGet(`${path}/load`, {}, { every: 1000 });
  const [asks, setAsks] = useState(null);
  const operates = may(session, 'operate');
  const administers = may(session, 'administer');
  useEvents({ types: ['channel_paused', 'channel_resumed', 'resync'] }, channel.reload);
  const [resume, resuming] = useAct(async () => {
    channel.set(await post(`${path}/resume`));
    toast('Resumed: what waits is sent.');
  });
  const back = may(session, 'read') ? BACK : undefined;
  if (channel.error && !channel.data) return html`<div class="page"><${Head} title="Channel" back=${BACK} /><${Problem} error=${channel.error} again=${channel.reload} /></div>`;
  if (!channel.data) return html`<${Loading} />`;
  const it = channel.data;
  const now = load.data ?? {};
  const list = (name) => href('channels', it.id, { list: name });
  const items = administers ? [{ label: 'Edit', icon: 'edit', onClick: () => setAsks('edit') },
    { label: 'Delete…', icon: 'trash', danger: true, onClick: () => setAsks('delete') }] : [];
  return html`<div class="page">
    <${Head} title=${it.name} back=${back ?? BACK} note=${html`<${Badge} state=${it.state} /><code>${it.id}</code>`}>
      ${operates && it.state === 'active' && html`<${Button} icon="pause" onClick=${() => setAsks('pause')}>Pause…</${Button}>`}
      ${items.length > 0 && html`<${Menu} label="More" items=${items} />`}</${Head}>
    <${Problem} error=${resuming.error} />
    ${it.paused && html`<${Paused} of=${it.paused}>${operates && html`<${Button} kind="primary" icon="play" busy=${resuming.busy} onClick=${resume}>Resume</${Button}>`}</${Paused}>`}
    ${it.state === 'receive_only' && html`<div class="note is-wait" role="note"><p>It has no access token, so it only receives. ${administers && 'Edit it to say where the token is.'}</p></div>`}
    <div class="figures">
      <div class="card figure-card"><span>Throughput now</span><b><${Throughput} of=${now.throughput} /></b></div>
      <a class="card figure-card" href=${list('sent')}><span>Sent, 24 h</span><b>${compact(now.sent_24h)}</b></a>
      <a class="card figure-card" href=${list('failed')}><span>Failed, 24 h</span><b>${compact(now.failed_24h)}</b></a>
      <div class="card figure-card"><span>Quality</span><b><${Quality} of=${now.quality} /></b></div>
      <div class="card figure-card"><span>Limit of users</span><b>${tierOf(now.tier)}</b></div></div>
    <div class="main-side"><div class="stack"><${Messages} channel=${it.id} list=${params.list} /></div>
      <div class="stack"><${Lanes} queue=${now.queue} id=${it.id} />
        <section class="card" aria-label="How it is set up"><${Facts} of=${[
          ['Number', it.display_phone_number], ['Phone number id', it.phone_number_id && html`<${Id} id=${it.phone_number_id} />`], ['WABA', it.waba_id && html`<${Id} id=${it.waba_id} />`],
          ['Throughput', html`${it.throughput} a second <small class="under">${SOURCES[it.throughput_source] ?? it.throughput_source}</small>`],
          ['Access token', it.access_token ? html`<code>${it.access_token}</code>` : 'none'], ['App secret', it.app_secret ? html`<code>${it.app_secret}</code>` : 'the gateway’s'],
          ['Verify token', it.verify_token ? html`<code>${it.verify_token}</code>` : 'the gateway’s'], ['Created', absolute(it.created_at)], ['Changed', html`<${Time} at=${it.updated_at} />`],
        ]} /></section></div></div>
    ${asks === 'pause' && html`<${Pause} path=${path} onClose=${() => setAsks(null)} onDone=${channel.set} />`}
    ${asks === 'edit' && html`<${Form} channel=${it} onClose=${() => setAsks(null)} onDone=${(changed) => { channel.set(changed); setAsks(null); toast('Saved.'); }} />`}
    ${asks === 'delete' && html`<${Confirm} title="Delete this channel?" word="Delete" danger typed=${it.id} onClose=${() => setAsks(null)}
      onYes=${async () => { await del(path); toast('Deleted.'); go(href('channels')); }}>
      <p>Nothing is sent from it any more, and webhooks of its number make a channel that only receives. Its messages and events stay. This cannot be undone.</p></${Confirm}>`}</div>`;
}
