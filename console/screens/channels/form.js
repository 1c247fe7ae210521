// A new channel, or a change to one. Secrets are never typed here: only where the gateway finds them.
import { patch, post } from '../../api.js';
import { Button, Dialog, Field, Problem, html, useAct, useState } from '../../ui.js';

const REFERENCE = '(env|file):.+';
const FIELDS = ['id', 'name', 'phone_number_id', 'waba_id', 'access_token', 'app_secret', 'verify_token', 'throughput'];

export function Form({ channel, onClose, onDone }) {
  const start = Object.fromEntries(FIELDS.map((name) => [name, channel?.[name] ?? '']));
  if (channel && channel.throughput_source !== 'set') start.throughput = '';
  const [values, setValues] = useState({ ...start, throughput: String(start.throughput) });
  const [save, { busy, error }] = useAct(async () => {
    const body = {};
    for (const name of FIELDS) {
      const value = name === 'throughput' ? Number(values[name]) || '' : values[name].trim();
      if (channel && name !== 'id' && String(value) !== String(start[name])) body[name] = value === '' ? null : value;
      if (!channel && value !== '') body[name] = value;
    }
    onDone(channel ? await patch(`/api/v1/channels/${encodeURIComponent(channel.id)}`, body) : await post('/api/v1/channels', body));
  });
  const field = (name, label, more) => html`<${Field} label=${label} name=${name} value=${values[name]} autocomplete="off" spellcheck="false"
    onValue=${(value) => setValues((was) => ({ ...was, [name]: value }))} error=${error?.errors.find((one) => one.pointer === `/${name}`)?.detail} ...${more} />`;
  return html`<${Dialog} kind="wide" title=${channel ? 'Edit channel' : 'New channel'} onClose=${onClose}>
    <form class="form" onSubmit=${(event) => { event.preventDefault(); save(); }}>
      <div class="two">
        ${field('name', 'Name', { required: true, maxlength: 100, hint: 'For people.' })}
        ${!channel && field('id', 'Id', { maxlength: 64, pattern: '[A-Za-z0-9_\\-]+', hint: 'A–Z, a–z, 0–9, _ and -; made if left out. It cannot be changed later.' })}
        ${field('phone_number_id', 'Phone number id', { required: true, inputmode: 'numeric', pattern: '[0-9]{1,32}', hint: 'Meta’s id of the number: digits, not the number itself.' })}
        ${field('waba_id', 'WABA id', { inputmode: 'numeric', pattern: '[0-9]{1,32}', hint: 'Meta’s id of the account; templates need it.' })}
        ${field('throughput', 'Messages a second, at most', { type: 'number', min: 1, max: 1000, hint: 'Left out: what WhatsApp permits the number.' })}</div>
      <fieldset class="stack"><legend>Where its secrets are</legend>
        <p class="note">Not the secrets: where the gateway finds them. <span><code>env:NAME</code> is a variable of its environment, <code>file:PATH</code> a file
          that it can read. They are read there, and are never shown or stored by it.</span></p>
        <div class="two">
          ${field('access_token', 'Access token', { pattern: REFERENCE, placeholder: 'env:WHATSAPP_TOKEN', hint: 'Without it the channel only receives.' })}
          ${field('app_secret', 'App secret', { pattern: REFERENCE, placeholder: 'file:/run/secrets/app-secret', hint: 'Only if the number belongs to another app than the gateway’s.' })}
          ${field('verify_token', 'Verify token', { pattern: REFERENCE, placeholder: 'env:VERIFY_TOKEN', hint: 'As the app secret.' })}</div></fieldset>
      ${!error?.errors.length && html`<${Problem} error=${error} />`}
      <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" busy=${busy}>${channel ? 'Save' : 'Create'}</${Button}></div></form></${Dialog}>`;
}
