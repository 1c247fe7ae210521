// One delivery: each try with what was sent and what came back; tried again by hand.
import { post, useGet } from '../../api.js';
import { Badge, Button, Dialog, Facts, Id, JsonView, Loading, Problem, Time, duration, html, preciseOf, toast, useAct } from '../../ui.js';
import { stateOf } from './deliveries.js';

/** Headers, given as an object or as pairs. */
function Headers({ of, label }) {
  const pairs = Array.isArray(of) ? of.map((one) => (Array.isArray(one) ? one : [one.name, one.value])) : Object.entries(of ?? {});
  if (!pairs.length) return null;
  return html`<table class="headers" aria-label=${label}><tbody>${pairs.map(([name, value]) => html`<tr><th scope="row">${name}</th><td><code>${value}</code></td></tr>`)}</tbody></table>`;
}

function Attempt({ attempt, newest, body }) {
  const good = attempt.error === null || attempt.error === undefined;
  return html`<details class="attempt" open=${newest} data-attempt=${attempt.number}><summary>
      <b>${attempt.number}</b><${Badge} tone=${good ? 'good' : 'bad'}>${attempt.status ?? 'no answer'}</${Badge}>
      <span class="grow cut">${attempt.error ?? 'delivered'}</span><small title=${attempt.at}>${preciseOf(attempt.at)}</small><small>${duration(attempt.duration_ms)}</small></summary>
    <div class="stack tight"><h4>Request</h4><${Headers} of=${attempt.request_headers} label="Headers of the request" />
      ${body && html`<details><summary>Body</summary><${JsonView} value=${body} label="the body" /></details>`}
      <h4>Response</h4>
      ${attempt.status ? html`<p>Status <code>${attempt.status}</code></p><${Headers} of=${attempt.response_headers} label="Headers of the response" />
        ${attempt.response ? html`<pre class="body" tabindex="0" role="region" aria-label="Body of the response">${attempt.response}</pre>` : html`<p class="muted">No body.</p>`}`
        : html`<p class="muted">None came.</p>`}</div></details>`;
}

export function Delivery({ id, endpoint, operates, onClose, onChange }) {
  const delivery = useGet(`/api/v1/deliveries/${encodeURIComponent(id)}`, {}, { live: true });
  const it = delivery.data;
  const event = useGet(it ? `/api/v1/events/${it.event_id}` : null);
  // What is sent is the envelope; the list of events says more.
  const { id: eventId, session_id, event: name, timestamp, data } = event.data ?? {};
  const body = event.data && { id: eventId, session_id, event: name, timestamp, data };
  const made = it?.state === 'delivered';
  const [again, { busy, error }] = useAct(async () => {
    if (made) {
      await post(`/api/v1/events/${it.event_id}/replay`, { endpoint: endpoint.id });
      toast('The event is delivered once more.');
    } else {
      delivery.set({ ...it, ...await post(`/api/v1/deliveries/${id}/retry`) });
      toast('It is tried now.');
    }
    onChange();
  });
  const attempts = [...it?.attempts ?? []].reverse();
  const foot = operates && it && it.state !== 'canceled' && html`${endpoint.disabled_at && html`<p class="muted grow">Enable the endpoint first.</p>`}
    <${Button} kind=${made ? '' : 'primary'} icon="retry" busy=${busy} disabled=${!!endpoint.disabled_at} onClick=${again}>${made ? 'Deliver once more' : 'Try now'}</${Button}>`;
  return html`<${Dialog} kind="side" title="Delivery" onClose=${onClose} foot=${foot}>
    <${Problem} error=${error ?? (it ? null : delivery.error)} again=${it ? undefined : delivery.reload} />
    ${!it && !delivery.error && html`<${Loading} />`}
    ${it && html`<div class="stack delivery" data-state=${it.state}><${Facts} of=${[
      ['State', stateOf(it)], ['Event', html`<code>${name ?? '…'}</code>`], ['Event’s id', html`<${Id} id=${it.event_id} />`],
      ['Delivery', html`<${Id} id=${it.id} />`], ['Tries', it.attempt_count],
      ['Next try', it.next_attempt_at && !endpoint.disabled_at && html`<${Time} at=${it.next_attempt_at} />`], ['Since', html`<${Time} at=${it.created_at} />`],
    ]} />
    <h3>Tries, the newest first</h3>
    ${attempts.length ? attempts.map((one, at) => html`<${Attempt} key=${`${one.number} ${one.at}`} attempt=${one} newest=${at === 0} body=${body} />`)
      : html`<p class="muted">${it.state === 'pending' ? 'The first is about to be made.' : 'None is on record.'}</p>`}</div>`}</${Dialog}>`;
}
