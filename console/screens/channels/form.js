// A new channel, or a change to one. Secrets are never typed here: only where the gateway finds them.
import { patch, post } from '../../api.js';
import { html } from '../../ui.js';
import { Ask } from '../manage/ask.js';

const digits = { inputmode: 'numeric', pattern: '[0-9]{1,32}' };
const reference = (hint, placeholder) => ({ hint, placeholder, pattern: '(env|file):.+', spellcheck: false });
const FIELDS = [
  ['name', 'Name', { required: true, maxlength: 100 }],
  ['id', 'Id', { maxlength: 64, pattern: '[A-Za-z0-9_\\-]+', hint: 'A–Z, a–z, 0–9, _ and -; made if left out. It stays for ever.' }],
  ['phone_number_id', 'Phone number id', { ...digits, required: true, hint: 'Meta’s id of the number: digits, not the number itself.' }],
  ['waba_id', 'WABA id', { ...digits, hint: 'Meta’s id of the account; templates need it.' }],
  ['throughput', 'Messages a second, at most', { type: 'number', min: 1, max: 1000, hint: 'Left out: what WhatsApp permits the number.' }],
  ['access_token', 'Access token', reference('Where it is. Without it the channel only receives.', 'env:WHATSAPP_TOKEN')],
  ['app_secret', 'App secret', reference('Where it is, if the number belongs to another app than the gateway’s.', 'file:/run/secrets/app-secret')],
  ['verify_token', 'Verify token', reference('Where it is, as the app secret.', 'env:VERIFY_TOKEN')],
];

export function Form({ channel, onClose, onDone }) {
  const fields = channel ? FIELDS.filter(([name]) => name !== 'id') : FIELDS;
  const start = Object.fromEntries(fields.map(([name]) => [name, String(channel?.[name] ?? '')]));
  if (channel?.throughput_source !== 'set') start.throughput = '';
  const send = async (values) => {
    const changed = fields.map(([name]) => [name, values[name].trim()]).filter(([name, value]) => value !== start[name])
      .map(([name, value]) => [name, value === '' ? null : name === 'throughput' ? Number(value) : value]);
    const body = Object.fromEntries(changed);
    onDone(await (channel ? patch(`/api/v1/channels/${encodeURIComponent(channel.id)}`, body) : post('/api/v1/channels', body)));
  };
  return html`<${Ask} kind="wide" title=${channel ? 'Edit channel' : 'New channel'} word=${channel ? 'Save' : 'Create'} start=${start} fields=${fields} send=${send} onClose=${onClose}
    after=${() => html`<p class="note"><span>Secrets are not typed here, only where the gateway finds them: <code>env:NAME</code> is a variable of its environment,${' '}
      <code>file:PATH</code> a file that it can read. They are read there when they are needed, and never shown or stored.</span></p>`} />`;
}
