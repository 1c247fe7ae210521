// A channel stops sending until somebody resumes it.
import { post } from '../../api.js';
import { Button, Dialog, Field, Problem, html, toast, useAct, useState } from '../../ui.js';

export function Pause({ path, onClose, onDone }) {
  const [reason, setReason] = useState('');
  const [run, { busy, error }] = useAct(async () => {
    onDone(await post(`${path}/pause`, { reason: reason.trim() }));
    toast('Paused.');
    onClose();
  });
  return html`<${Dialog} title="Pause this channel?" onClose=${onClose}><form class="form" onSubmit=${(event) => { event.preventDefault(); run(); }}>
    <p>It goes on receiving, and taking messages to send; but nothing is sent until somebody resumes it. What waits then goes out in its order.</p>
    <${Field} label="Why?" name="reason" value=${reason} onValue=${setReason} maxlength="500" hint="For people; shown with the channel." />
    <${Problem} error=${error} />
    <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}><${Button} kind="danger" icon="pause" type="submit" busy=${busy}>Pause</${Button}></div></form></${Dialog}>`;
}
