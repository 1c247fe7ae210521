// A secret that is shown once, with a button that copies it.
import { Button, Dialog, html, toast, useState } from '../../ui.js';

export function Secret({ title, word, secret, onClose, children }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch { toast('The browser does not let it be copied: select it instead.', 'bad'); }
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <div class="form"><p>${children}</p>
      <div class="secret"><span class="secret-word">${word}</span><code tabindex="0" aria-label=${word}>${secret}</code>
        <${Button} icon=${copied ? 'check' : 'copy'} onClick=${copy}>${copied ? 'Copied' : 'Copy'}</${Button}></div>
      <p class="note is-wait">It is shown only now. Keep it where secrets are kept.</p>
      <div class="acts"><${Button} kind="primary" onClick=${onClose}>I have it</${Button}></div></div></${Dialog}>`;
}
