// A new key: its name, what it may do, and where; shown once.
import { post, usePages } from '../../api.js';
import { Check, html } from '../../ui.js';
import { Ask, Some, isChosen } from '../manage/ask.js';

const ROLES = {
  admin: 'Everything: also set up channels, endpoints and keys.', operator: 'Everything that goes on, but not how the gateway is set up.',
  sender: 'Send messages and files, and see what became of them.', viewer: 'Look, and change nothing.',
};

export function Create({ onClose, onMade }) {
  const known = usePages('/api/v1/channels', {}, { limit: 100 });
  const send = async ({ name, role, channels, shows_texts = role !== 'viewer' }) => {
    const made = await post('/api/v1/api-keys', { name, role, shows_texts, ...(channels && { channels }) });
    onMade();
    return { word: 'API key', secret: made.key, says: `Send it as “Authorization: Bearer …”, or sign in with it here. The gateway keeps only its hash.` };
  };
  return html`<${Ask} title="New key" word="Create" start=${{ name: '', role: 'sender', channels: null }} ready=${({ name, channels }) => name.trim() && isChosen(channels)} send=${send} onClose=${onClose}
    fields=${[['name', 'Name', { required: true, maxlength: 100, hint: 'Whose it is, or what for.' }]]}
    after=${(values, set, fault) => html`<fieldset class="some"><legend>Role</legend>${Object.entries(ROLES).map(([role, says]) => html`<label class="check">
        <input type="radio" name="role" value=${role} checked=${values.role === role} onChange=${() => set('role', role)} /><span>${role}<small>${says}</small></span></label>`)}</fieldset>
      <${Some} legend="Channels" all="All, also those that come later" from=${known.rows.map((one) => one.id)} value=${values.channels} onValue=${(some) => set('channels', some)} error=${fault('channels')} />
      <${Check} label="It shows what people write" hint="Without it texts, captions and names of files are hidden." checked=${values.shows_texts ?? values.role !== 'viewer'} onValue=${(on) => set('shows_texts', on)} />`} />`;
}
