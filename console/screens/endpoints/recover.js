// What failed since a time goes out again.
import { post } from '../../api.js';
import { Button, Dialog, Field, Problem, count, html, toast, useAct, useState } from '../../ui.js';

const local = (date) => new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export function Recover({ path, disabled, onClose, onDone }) {
  const [since, setSince] = useState(local(new Date(Date.now() - 86_400_000)));
  const [run, { busy, error }] = useAct(async () => {
    const { deliveries } = await post(`${path}/recover`, { since: new Date(since).toISOString() });
    toast(deliveries ? `${count(deliveries)} ${deliveries === 1 ? 'delivery goes' : 'deliveries go'} out again.` : 'Nothing has failed since then.');
    onDone();
    onClose();
  });
  return html`<${Dialog} title="Recover deliveries" onClose=${onClose}><form class="form" onSubmit=${(event) => { event.preventDefault(); run(); }}>
    <p>Deliveries to this endpoint that failed for good since then go out again, with all their tries before them. Your program may have seen some of them: each has the <code>id</code> of its event.</p>
    <${Field} label="Failed since" name="since" type="datetime-local" value=${since} max=${local(new Date())} onValue=${setSince} required />
    ${disabled && html`<p class="note is-wait">The endpoint is disabled: enable it first.</p>`}
    <${Problem} error=${error} />
    <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}><${Button} kind="primary" type="submit" busy=${busy} disabled=${!since || disabled}>Recover</${Button}></div></form></${Dialog}>`;
}
