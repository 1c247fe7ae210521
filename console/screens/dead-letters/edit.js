// The message of a dead letter, edited and sent in its place.
import { post } from '../../api.js';
import { Button, Confirm, Problem, html, useState } from '../../ui.js';
import { Editor } from './editor.js';
import { lineOf, read } from './lines.js';

/** What is wrong with the message, by its lines. A problem without pointers is none of these. */
function faultsOf(error, text) {
  return (error?.errors ?? []).filter((one) => one.pointer !== undefined).map((one) => {
    const pointer = one.pointer.replace(/^\/message/, '');
    return { line: lineOf(text, pointer), pointer, detail: one.detail };
  });
}

export function Edit({ letter, message, onDone, onClose }) {
  const before = JSON.stringify(message, null, 2);
  const [text, setText] = useState(before);
  const [error, setError] = useState(null);
  const [sent, setSent] = useState('');
  const [asks, setAsks] = useState(false);
  const { value, fault } = read(text);
  const refused = error && sent === text ? faultsOf(error, text) : [];
  const faults = fault ? [fault] : refused;
  const changed = text !== before;
  const send = async () => {
    setSent(text);
    try {
      onDone(await post(`/api/v1/dead-letters/${letter.id}/retry`, { message: value }));
    } catch (failed) {
      setError(failed);
      if (!failed.errors.length) throw failed;
    }
  };
  return html`<section class="card stack" aria-labelledby="edit"><h2 id="edit">Edit the message</h2>
    <p class="muted">It takes the place of the old one under the same id and goes out from the same channel. Both are kept in the history.</p>
    <${Editor} label="Message as JSON" value=${text} onValue=${setText} faults=${faults} />
    ${error && sent === text && !refused.length && html`<${Problem} error=${error} />`}
    <div class="acts">${changed && html`<${Button} kind="quiet" onClick=${() => setText(before)}>Undo all</${Button}>`}
      <${Button} onClick=${onClose}>Cancel</${Button}>
      <${Button} kind="primary" icon="send" disabled=${!!fault || !changed} onClick=${() => setAsks(true)}>Send this…</${Button}></div>
    ${asks && html`<${Confirm} title="Send the edited message?" word="Send" onClose=${() => setAsks(false)} onYes=${send}>
      <p>It goes to <code>${value?.to ?? value?.recipient}</code> from <strong>${letter.channel}</strong> as soon as the channel’s pace permits.</p></${Confirm}>`}</section>`;
}
