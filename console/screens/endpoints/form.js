// A new endpoint, or a change to one.
import { patch, post, usePages } from '../../api.js';
import { html } from '../../ui.js';
import { Ask, Some, isChosen } from '../manage/ask.js';

/** What subscribers ask for most, then the rest, as docs/events.md has them. */
const EVENTS = ('message status send_result media template account phone_number call group flow user user_preferences echo history handover '
  + 'payment security channel_paused channel_resumed connected disconnected dead_letter endpoint_disabled unrecognised').split(' ');

/** `endpoint` is changed; without one a new one is made, and its secret shown. */
export function Form({ endpoint, onClose, onDone }) {
  const known = usePages('/api/v1/channels', {}, { limit: 100 });
  const { url = '', description = '', event_types = [], channels = [] } = endpoint ?? {};
  const some = (list) => (list.length ? list : null);
  const send = async (typed) => {
    const values = { ...typed, event_types: typed.event_types ?? [], channels: typed.channels ?? [] };
    const made = await (endpoint ? patch(`/api/v1/endpoints/${endpoint.id}`, values) : post('/api/v1/endpoints', values));
    onDone(made);
    return { ...made, word: 'Signing secret', says: 'Your program checks with it that a delivery comes from this gateway.' };
  };
  return html`<${Ask} kind="wide" title=${endpoint ? 'Edit endpoint' : 'New endpoint'} word=${endpoint ? 'Save' : 'Create'} onClose=${onClose} send=${send}
    start=${{ url, description, event_types: some(event_types), channels: some(channels) }}
    ready=${(values) => values.url.trim() && isChosen(values.event_types, values.channels)}
    fields=${[
      ['url', 'URL', { type: 'url', required: true, maxlength: 2048, placeholder: 'https://example.com/hooks/whatsapp', hint: 'On a public address, or on a network that the gateway’s setting deliver.allow_networks lists.' }],
      ['description', 'Description', { maxlength: 500 }]]}
    after=${(values, set, fault) => html`
      <${Some} legend="Events" all="All, also those of later versions" from=${EVENTS} value=${values.event_types} onValue=${(some) => set('event_types', some)} error=${fault('event_types')} />
      <${Some} legend="Channels" all="All, also those that come later" from=${known.rows.map((one) => one.id)} value=${values.channels} onValue=${(some) => set('channels', some)} error=${fault('channels')} />
      <details><summary>How events are delivered</summary><p class="hint">At least once, signed, each time with the same <code>id</code>. An answer of 200–299 within 15 seconds is a
        success; 410 disables the endpoint. Tries: at once, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; then it is a dead letter.</p></details>`} />`;
}
