// Makes a template, or changes one, beside a picture of what it will look like.
import { html, useMemo, useRef, useState, Button, Dialog, Field, Problem, toast, useAct } from '../../ui.js';
import { patch, post } from '../../api.js';
import { Card } from '../inbox/card.js';
import { BUTTONS, LIMITS, body, components, draftOf, empty, faults, used } from './draft.js';
import { variables, view } from './parts.js';

const CATEGORIES = [['UTILITY', 'Utility: about something the user has done'], ['MARKETING', 'Marketing: offers and news']];
const LANGUAGES = ['en_US', 'en_GB', 'de', 'es', 'es_MX', 'fr', 'hi', 'id', 'it', 'nl', 'pt_BR', 'pt_PT', 'tr', 'ar', 'zh_CN'];

function ButtonRow({ button, at, error, onChange, onRemove }) {
  const set = (field) => (value) => onChange({ ...button, [field]: value });
  return html`<fieldset class="button-row" aria-label=${`Button ${at + 1}`}>
    <${Field} label="Button" as="select" options=${BUTTONS} value=${button.type} onValue=${set('type')} />
    ${button.type !== 'COPY_CODE' && html`<${Field} label="Text" value=${button.text ?? ''} maxlength=${LIMITS.button} onValue=${set('text')} />`}
    ${button.type === 'URL' && html`<${Field} label="Link" value=${button.url ?? ''} placeholder="https://example.com/{{1}}" onValue=${set('url')} />`}
    ${button.type === 'URL' && variables(button.url).length > 0 && html`<${Field} label="Example of the whole link" value=${button.example ?? ''} onValue=${set('example')} />`}
    ${button.type === 'PHONE_NUMBER' && html`<${Field} label="Number" value=${button.phone_number ?? ''} placeholder="+15550783881" onValue=${set('phone_number')} />`}
    ${button.type === 'COPY_CODE' && html`<${Field} label="Example of the code" value=${button.example ?? ''} maxlength="15" onValue=${set('example')} />`}
    <${Button} kind="quiet" icon="trash" aria-label=${`Remove button ${at + 1}`} onClick=${onRemove} />
    ${error && html`<p class="wrong">${error}</p>`}</fieldset>`;
}

export function Editor({ template, channels, channel, onClose, onDone }) {
  const [draft, setDraft] = useState(() => (template ? draftOf(template) : empty));
  const senders = channels.filter((one) => one.state !== 'receive_only');
  const [from, setFrom] = useState(channel);
  const of = from || senders[0]?.id || '';
  const [tried, setTried] = useState(false);
  const words = useRef();
  const wrong = useMemo(() => faults(draft), [draft]);
  const seen = tried ? wrong : {};
  const set = (field) => (value) => setDraft((was) => ({ ...was, [field]: value }));
  const [save, saving] = useAct(async () => {
    const made = template
      ? await patch(`/api/v1/templates/${encodeURIComponent(template.id)}`, { components: components(draft), ...(template.status !== 'APPROVED' && draft.category !== template.category && { category: draft.category }) })
      : await post('/api/v1/templates', { channel: of, ...body(draft) });
    toast('With Meta for review');
    onDone(made);
  });
  const submit = (event) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) save();
    else requestAnimationFrame(() => document.querySelector('.editor [aria-invalid=true]')?.focus());
  };
  const insert = () => {
    const names = variables(draft.body);
    const one = `{{${names.length + 1}}}`;
    const { selectionStart: start, selectionEnd: end } = words.current.querySelector('textarea');
    set('body')(draft.body.slice(0, start) + one + draft.body.slice(end));
    words.current.querySelector('textarea').focus();
  };
  const change = (at, button) => set('buttons')(draft.buttons.map((one, index) => (index === at ? button : one)));
  const foot = html`<span class="hint">Meta reviews it before it can be sent.</span><${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" type="submit" form="template-form" busy=${saving.busy}>${template ? 'Save and send for review' : 'Send for review'}<//>`;
  return html`<${Dialog} kind="wide" title=${template ? `Edit ${template.name}` : 'New template'} onClose=${onClose} foot=${foot}>
    <div class="editor"><form id="template-form" class="form" onSubmit=${submit} novalidate>
      <${Problem} error=${saving.error} />
      ${!template && html`<div class="pair">
        <${Field} label="Name" value=${draft.name} error=${seen.name} maxlength=${LIMITS.name} placeholder="order_sent" autocomplete="off" spellcheck="false"
          onValue=${(value) => set('name')(value.toLowerCase().replace(/[\s-]+/g, '_'))} />
        <${Field} label="Language" value=${draft.language} error=${seen.language} list="languages" onValue=${set('language')} />
        <datalist id="languages">${LANGUAGES.map((one) => html`<option value=${one} />`)}</datalist></div>`}
      <${Field} label="Category" as="select" options=${CATEGORIES} value=${draft.category} disabled=${template?.status === 'APPROVED'} onValue=${set('category')} />
      ${!template && senders.length > 1 && html`<${Field} label="Of the account of channel" as="select" options=${senders.map((one) => [one.id, one.name ?? one.id])} value=${of} onValue=${setFrom} />`}
      <${Field} label="Header" value=${draft.header} error=${seen.header} hint="Optional" onValue=${set('header')} />
      <div ref=${words}><${Field} label="Body" as="textarea" rows="5" value=${draft.body} error=${seen.body} onValue=${set('body')}
        hint=${`${[...draft.body].length} / ${LIMITS.body} · *bold*, _italic_, ~struck~`} /></div>
      <div class="row"><${Button} icon="plus" onClick=${insert}>Variable<//></div>
      ${used(draft).map((key) => html`<${Field} key=${key} label=${`Example for ${key.startsWith('header') ? 'the header’s ' : ''}{{${key.split(' ')[1]}}}`}
        value=${draft.examples[key] ?? ''} error=${seen[key]} onValue=${(value) => set('examples')({ ...draft.examples, [key]: value })} />`)}
      <${Field} label="Footer" value=${draft.footer} error=${seen.footer} hint="Optional" onValue=${set('footer')} />
      ${draft.buttons.map((button, at) => html`<${ButtonRow} key=${at} button=${button} at=${at} error=${seen[`button ${at}`]} onChange=${(one) => change(at, one)}
        onRemove=${() => set('buttons')(draft.buttons.filter((_, index) => index !== at))} />`)}
      ${draft.buttons.length < 10 && html`<div class="row"><${Button} icon="plus" onClick=${() => set('buttons')([...draft.buttons, { type: 'QUICK_REPLY', text: '' }])}>Button<//></div>`}
    </form>
    <div class="preview" role="group" aria-label="Preview"><div class="bubble is-mine"><${Card} seen=${view(draft.body ? components(draft) : [{ type: 'BODY', text: 'The text appears here.' }])} /></div></div></div><//>`;
}
