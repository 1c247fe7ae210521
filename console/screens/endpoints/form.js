// A new endpoint, or a change to one.
import { patch, post, usePages } from '../../api.js';
import { Button, Check, Dialog, Field, Problem, html, useAct, useState } from '../../ui.js';
import { Secret } from './secret.js';

/** What subscribers ask for most, then the rest, as docs/events.md has them. */
export const EVENTS = ('message status send_result media template account phone_number call group flow user user_preferences echo history '
  + 'handover payment security channel_paused channel_resumed connected disconnected dead_letter endpoint_disabled unrecognised').split(' ');

/** All, or some of `from`. */
function Some({ legend, all, from, value, onValue, error }) {
  const [chosen, setChosen] = useState(value.length > 0);
  const set = (name, on) => onValue(on ? [...value, name] : value.filter((one) => one !== name));
  const names = [...new Set([...from, ...value])];
  const decide = (some) => { setChosen(some); if (!some) onValue([]); };
  return html`<fieldset class="some"><legend>${legend}</legend>
    <label class="check"><input type="radio" checked=${!chosen} onChange=${() => decide(false)} /><span>${all}</span></label>
    <label class="check"><input type="radio" checked=${chosen} onChange=${() => decide(true)} /><span>Only these</span></label>
    ${chosen && html`<div class="choices">${names.map((name) => html`<${Check} key=${name} label=${html`<code>${name}</code>`} checked=${value.includes(name)} onValue=${(on) => set(name, on)} />`)}</div>`}
    ${error && html`<p class="wrong">${error}</p>`}</fieldset>`;
}

/** `endpoint` is changed; without one a new one is made, and its secret shown. */
export function Form({ endpoint, onClose, onDone }) {
  const [url, setUrl] = useState(endpoint?.url ?? '');
  const [description, setDescription] = useState(endpoint?.description ?? '');
  const [types, setTypes] = useState(endpoint?.event_types ?? []);
  const [channels, setChannels] = useState(endpoint?.channels ?? []);
  const [made, setMade] = useState(null);
  const known = usePages('/api/v1/channels', {}, { limit: 100 });
  const [save, { busy, error }] = useAct(async () => {
    const body = { url: url.trim(), description, event_types: types, channels };
    if (endpoint) onDone(await patch(`/api/v1/endpoints/${endpoint.id}`, body));
    else setMade(await post('/api/v1/endpoints', body));
  });
  const fault = (pointer) => error?.errors.filter((one) => one.pointer?.startsWith(pointer)).map((one) => one.detail).join('; ') || undefined;
  const placed = error && ['/url', '/description', '/event_types', '/channels'].some(fault);
  if (made) return html`<${Secret} title="The endpoint is there" secret=${made.secret} word="Its signing secret" onClose=${() => onDone(made)}>
    Your program checks with it that a delivery comes from this gateway.</${Secret}>`;
  return html`<${Dialog} kind="wide" title=${endpoint ? 'Edit endpoint' : 'New endpoint'} onClose=${onClose}>
    <form class="form" onSubmit=${(event) => { event.preventDefault(); save(); }}>
      <${Field} label="URL" name="url" type="url" inputmode="url" value=${url} onValue=${setUrl} required maxlength="2048" placeholder="https://example.com/hooks/whatsapp" error=${fault('/url')}
        hint="https or http, on a public address, or on a network that the gateway’s setting deliver.allow_networks lists." />
      <${Field} label="Description" name="description" value=${description} onValue=${setDescription} maxlength="500" error=${fault('/description')} hint="For people." />
      <${Some} legend="Events" all="All, and those of later versions" from=${EVENTS} value=${types} onValue=${setTypes} error=${fault('/event_types')} />
      <${Some} legend="Channels" all="All, and those that come later" from=${known.rows.map((one) => one.id)} value=${channels} onValue=${setChannels} error=${fault('/channels')} />
      <details><summary>How events are delivered</summary><ul class="plain-list">
        <li>Each at least once, signed (Standard Webhooks); the same <code>id</code> comes with each try.</li>
        <li>An answer of 200–299 within 15 seconds is a success; 410 disables the endpoint.</li>
        <li>Tries: at once, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h. Then it is a dead letter.</li></ul></details>
      ${!placed && html`<${Problem} error=${error} />`}
      <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" busy=${busy} disabled=${!url.trim()}>${endpoint ? 'Save' : 'Create'}</${Button}></div></form></${Dialog}>`;
}
