// All that happened to one message, as one line from its acceptance to its last delivery.
import {
  Badge, Button, Empty, Facts, Head, Id, JsonView, Loading, Problem, Time, href, html, preciseOf, dayOf, duration,
  textOf, useEffect, useState, whoOf, words,
} from '../ui.js';
import { get, useGet } from '../api.js';
import { placesOf } from '../shell/side.js';
import { tell } from './timeline-words.js';

/** The message's id: that of a message, or of what belongs to one: an event, a delivery, a file. */
async function messageOf(id) {
  const kind = id.split('_')[0];
  if (kind === 'evt') {
    const event = await get(`/api/v1/events/${encodeURIComponent(id)}`);
    return { message: event.message, thing: event, name: `Event ${event.event}` };
  }
  if (kind === 'dlv') {
    const delivery = await get(`/api/v1/deliveries/${encodeURIComponent(id)}`);
    const event = await get(`/api/v1/events/${encodeURIComponent(delivery.event_id)}`).catch(() => null);
    return { message: event?.message, thing: { delivery, event }, name: 'Delivery' };
  }
  if (kind === 'med') {
    const file = await get(`/api/v1/media/${encodeURIComponent(id)}`);
    return { message: file.message_id, thing: file, name: 'File' };
  }
  return { message: id };
}

export default function Message({ params, session }) {
  const [found, setFound] = useState({});
  useEffect(() => {
    let gone = false;
    setFound({});
    messageOf(params.id).then((one) => gone || setFound({ id: params.id, ...one }), (error) => gone || setFound({ id: params.id, error }));
    return () => { gone = true; };
  }, [params.id]);
  if (found.id !== params.id) return html`<${Loading} />`;
  if (found.error) return html`<${Missing} error=${found.error} id=${params.id} />`;
  if (!found.message) return html`<div class="page"><${Head} title=${found.name} note=${html`<${Id} id=${params.id} />`} />
    <p class="muted">It belongs to no message.</p><${JsonView} value=${found.thing} /></div>`;
  return html`<${Timeline} id=${found.message} asked=${params.id} session=${session} />`;
}

const Missing = ({ error, id }) => html`<div class="page"><${Head} title="Message" note=${html`<${Id} id=${id} />`} />
  ${error.status === 404 ? html`<${Empty} title="There is no such message">Perhaps its time was over and it was removed, or your key does not reach its channel.</${Empty}>`
    : html`<${Problem} error=${error} />`}</div>`;

function Timeline({ id, asked, session }) {
  const path = `/api/v1/messages/${encodeURIComponent(id)}`;
  const timeline = useGet(`${path}/timeline`, {}, { live: true });
  const message = useGet(path, {}, { live: true });
  const line = timeline.data;
  const look = () => { timeline.reload(); message.reload(); };
  if (timeline.error && !line) return html`<${Missing} error=${timeline.error} id=${asked} />`;
  if (!line) return html`<${Loading} />`;
  const whole = message.data;
  const entries = line.entries;
  const took = entries.length > 1 ? new Date(entries.at(-1).at) - new Date(entries[0].at) : null;
  const preview = whole && textOf(whole.content);
  return html`<div class="page message"><${Head} title=${`${line.direction === 'inbound' ? 'Received' : 'Sent'} ${words(line.type)}`}
      note=${html`<${Badge} state=${line.state} />`}>
      ${whole?.conversation_id && placesOf(session).some((place) => place.path === 'inbox')
        && html`<${Button} icon="inbox" to=${href('inbox', whole.conversation_id)}>Conversation</${Button}>`}
      <${Button} kind="quiet" icon="retry" onClick=${look} aria-label="Load again" /></${Head}>
    <div class="message-parts"><section class="card" aria-label="Message">
      ${preview ? html`<div class="message-preview bubbles"><p class=${`bubble ${line.direction === 'outbound' ? 'is-mine' : ''}`}>${preview}</p></div>` : null}
      <${Facts} of=${[
        ['Message', html`<${Id} id=${line.id} />`],
        line.wamid && ['Carrier’s id', html`<${Id} id=${line.wamid} />`],
        whole?.request_id && ['Request', html`<${Id} id=${whole.request_id} />`],
        whole && whoOf(whole.content) && [whole.direction === 'inbound' ? 'From' : 'To', html`<a href=${href('inbox', whole.conversation_id)}>${whoOf(whole.content)}</a>`],
        ['Channel', html`<a href=${href('channels', line.channel)}>${line.channel}</a>`],
        ['Began', html`<${Time} at=${entries[0]?.at} />`], ['Until the last entry', duration(took)],
        whole?.attempts ? ['Attempts', whole.attempts] : null,
        whole?.pricing?.category && ['Price category', words(whole.pricing.category)],
      ]} />
      ${whole?.error && html`<div class="note is-bad"><div><strong>${whole.error.title}${whole.error.code ? ` (${whole.error.code})` : ''}</strong>
        <p>${whole.error.detail}</p></div></div>`}
      <${Raw} label="Message as JSON" value=${whole ?? line} /></section>
      <section class="card" aria-label="Timeline"><h2>What happened</h2>
        <ol class="line">${entries.map((entry, at) => html`<${Entry} key=${`${entry.what} ${entry.at} ${at}`} entry=${entry} before=${entries[at - 1]} asked=${asked} />`)}</ol>
        ${line.truncated && html`<p class="hint">There is more than is shown here: hundreds of events or deliveries.</p>`}
        <${Raw} label="Timeline as JSON" value=${line} /></section></div></div>`;
}

/** JSON when it is asked for. */
function Raw({ label, value }) {
  const [open, setOpen] = useState(false);
  return html`<details class="raw" open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${label}</summary>
    ${open && html`<${JsonView} value=${value} label=${label} />`}</details>`;
}

function Entry({ entry, before, asked }) {
  const { title, tone, badge, detail, facts, link } = tell(entry);
  const newDay = !before || dayOf(before.at) !== dayOf(entry.at);
  const after = before && new Date(entry.at) - new Date(before.at);
  const named = [entry.id, entry.event_id].includes(asked);
  return html`<li class=${`line-entry is-${tone} ${named ? 'is-asked' : ''}`} data-what=${entry.what}>
    ${newDay && html`<div class="line-day">${dayOf(entry.at)}</div>`}
    <div class="line-time"><time datetime=${entry.at} title=${entry.at}>${preciseOf(entry.at)}</time>
      <small>${after > 0 ? `+${duration(after)}` : ''}</small></div>
    <div class="line-what"><div class="row"><b>${title}</b>${badge && html`<${Badge} state=${badge} />`}
      ${link && html`<a class="line-link" href=${link.to}>${link.label}</a>`}</div>
      ${detail && html`<p>${detail}</p>`}
      ${!!facts?.length && html`<p class="line-facts">${facts.map((fact) => html`<span>${fact}</span>`)}</p>`}
      <${Raw} label="JSON" value=${entry} /></div></li>`;
}
