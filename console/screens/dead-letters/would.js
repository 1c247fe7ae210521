// What a retry would send: from where, to whom, and the very bytes.
import { useGet } from '../../api.js';
import { Badge, JsonView, Loading, Problem, html, href, textOf } from '../../ui.js';

const Line = ({ verb, to }) => html`<p class="wire"><b>${verb}</b> <code>${to}</code></p>`;

function OfDelivery({ letter }) {
  const endpoint = useGet(letter.detail.endpoint_id ? `/api/v1/endpoints/${letter.detail.endpoint_id}` : null);
  const event = useGet(letter.event_id ? `/api/v1/events/${letter.event_id}` : null);
  const disabled = endpoint.data?.disabled_at;
  return html`${endpoint.data && html`<${Line} verb="POST" to=${endpoint.data.url} />
      ${disabled && html`<p class="wrong">This endpoint is disabled: <a href=${href('endpoints', endpoint.data.id)}>enable it</a> first.</p>`}`}
    ${endpoint.error?.status === 404 && html`<p class="wrong">The endpoint is gone.</p>`}
    ${event.error && html`<p class="muted">${event.error.status === 404 ? 'The event is not kept any more.' : event.error.detail}</p>`}
    ${event.data && html`<${JsonView} value=${event.data} label="the event" />`}`;
}

export function Would({ letter, message, editable, session }) {
  const from = useGet(letter.channel && (letter.kind === 'send' || letter.kind === 'command') ? `/api/v1/channels/${encodeURIComponent(letter.channel)}` : null);
  const channel = from.data;
  const said = textOf(editable);
  if (letter.kind === 'ingest') {
    return html`<section class="card stack"><h2>Retry</h2><p>A part of a notification that was not understood is not understood the second time
      either. It is kept below, and as an <code>unrecognised</code> event, for subscribers. Discard it once it is handled.</p></section>`;
  }
  return html`<section class="card stack would" aria-labelledby="would"><h2 id="would">${letter.resolved_at ? 'What it was about' : 'What a retry would send'}</h2>
    ${letter.kind === 'delivery' && html`<${OfDelivery} letter=${letter} />`}
    ${letter.kind === 'media' && html`<p>The file <code>${letter.detail.media_id}</code> of a user’s message is fetched from WhatsApp again, which keeps files for seven days.</p>`}
    ${message.loading && html`<${Loading} />`}<${Problem} error=${message.error} again=${message.reload} />
    ${editable && html`<p class="wire">From ${channel ? html`<a href=${href('channels', channel.id)}>${channel.name}</a> <${Badge} state=${channel.state} />` : letter.channel}${' to '}<code>${editable.to ?? editable.recipient}</code></p>
      ${said && html`<div class="bubbles"><div class="bubble is-mine">${said}</div></div>`}
      <${JsonView} value=${editable} label="the message" />`}
    ${!editable && (letter.kind === 'send' || letter.kind === 'command') && !session.shows_texts && html`<p class="muted">
      This key does not show what people write: the message cannot be seen, nor edited. It can be retried as it is.</p>`}</section>`;
}
