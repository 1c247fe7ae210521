// Another signing secret, while the one before it still signs for a time.
import { post } from '../../api.js';
import { Button, Dialog, Field, Problem, html, useAct, useState } from '../../ui.js';
import { Secret } from './secret.js';

export const OVERLAPS = [['0', 'None: the old one ends now'], ['3600', 'An hour'], ['86400', 'A day'], ['604800', 'A week']];

export function Rotate({ path, onClose }) {
  const [overlap, setOverlap] = useState('86400');
  const [made, setMade] = useState(null);
  const [rotate, { busy, error }] = useAct(async () => setMade(await post(`${path}/rotate-secret`, { overlap_seconds: Number(overlap) })));
  if (made) return html`<${Secret} title="The new secret" word="Signing secret" secret=${made.secret} onClose=${onClose}>
    ${Number(overlap) ? 'Each delivery is signed with both secrets until the old one ends: a program that knows either accepts it.' : 'Deliveries are signed with this one alone.'}</${Secret}>`;
  return html`<${Dialog} title="Rotate the secret" onClose=${onClose}><form class="form" onSubmit=${(event) => { event.preventDefault(); rotate(); }}>
    <p>A new secret signs the deliveries from now on. For the time of the overlap each carries both signatures, so that nothing is refused until your program has the new one.</p>
    <${Field} label="Overlap" as="select" name="overlap" options=${OVERLAPS} value=${overlap} onValue=${setOverlap} />
    <${Problem} error=${error} />
    <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}><${Button} kind="primary" type="submit" busy=${busy}>Rotate</${Button}></div></form></${Dialog}>`;
}
