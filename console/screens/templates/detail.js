// One template: how it looks with sample values, how it stands, and its end.
import { html, useState, Badge, Button, Check, Confirm, Dialog, Facts, Id, JsonView, Time, toast, words } from '../../ui.js';
import { del } from '../../api.js';
import { Card } from '../inbox/card.js';
import { blocked, componentsOf, isNumber, slots, view } from './parts.js';
import { mayEdit } from './draft.js';

const REASONS = {
  ABUSIVE_CONTENT: 'Meta found content that breaks its rules.', INCORRECT_CATEGORY: 'The content does not fit the category.',
  INVALID_FORMAT: 'The format is not valid, e.g. variables side by side, or without words around them.', SCAM: 'Meta takes it for a fraud.',
  TAG_CONTENT_MISMATCH: 'The content does not fit the category or the language.', PROMOTIONAL: 'It advertises, and its category may not.',
};

/** Meta's code as words; sometimes it gives a sentence. */
export const reasonOf = ({ rejected_reason: reason }) => (/^[A-Z_]+$/.test(reason) ? words(reason.toLowerCase()) : reason.replace(/\.$/, ''));

const STANDING = {
  PENDING: 'Meta reviews it, mostly within minutes, at most within a day.', PAUSED: 'Users took it badly: it rests for a while.',
  DISABLED: 'Meta has ended it for good. Make another one.', IN_APPEAL: 'An appeal is under way.', PENDING_DELETION: 'It is being deleted.',
};

const SAMPLES = ['Ada', 'A-1042', 'Friday', '18:30', '25 €'];

/** Something for each variable of which Meta has no example. */
const samples = (components) => Object.fromEntries(slots(components).filter((slot) => !slot.example && slot.name !== 'file').map(({ key, kind, name }) => [key,
  kind === 'time' ? new Date(Date.now() + 172_800_000) : isNumber(name) ? SAMPLES[(name - 1) % SAMPLES.length] : words(name)]));

export function Detail({ template, mayChange, onClose, onEdit, onGone }) {
  const [deleting, setDeleting] = useState(false);
  const [everywhere, setEverywhere] = useState(false);
  const { status, rejected_reason: reason } = template;
  const rejected = reason && reason !== 'NONE';
  const told = template.definition?.rejection_info ?? template.definition?.rejected_info;
  const remove = async () => {
    await del(`/api/v1/templates/${encodeURIComponent(template.id)}${everywhere ? '?all_languages=true' : ''}`);
    toast('Deleted');
    onGone();
  };
  const acts = mayChange && status !== 'DELETED' && html`
    <${Button} icon="trash" kind="danger" onClick=${() => setDeleting(true)}>Delete<//>
    <${Button} icon="edit" onClick=${onEdit} disabled=${!mayEdit(template)} title=${mayEdit(template) ? '' : 'Its parts are changed through the API'}>Edit<//>`;
  return html`<${Dialog} kind="side" title=${template.name} onClose=${onClose} foot=${acts || undefined}>
    <div class="stack">
      <div class="row"><${Badge} state=${status} /><code>${template.language}</code>${template.category && html`<span>${words(template.category.toLowerCase())}</span>`}</div>
      ${(rejected || STANDING[status]) && html`<div class=${`note ${rejected ? 'is-bad' : 'is-wait'}`}><div>
        ${rejected ? html`<b>Rejected: ${reasonOf(template)}.</b> ${REASONS[reason] ?? ''} ${told?.reason ?? ''} ${told?.recommendation ?? ''}` : STANDING[status]}
        ${template.paused_until && html` Until <${Time} at=${template.paused_until} exact />.`}</div></div>`}
      <section><h3>With sample values</h3><div class="preview"><div class="bubble is-mine"><${Card} seen=${view(componentsOf(template), samples(componentsOf(template)))} /></div></div></section>
      ${blocked(template) && html`<p class="hint">${blocked(template)}</p>`}
      <${Facts} of=${[
        ['Quality', !template.quality || template.quality === 'UNKNOWN' ? null : html`<${Badge} state=${template.quality} />`],
        ['State since', html`<${Time} at=${template.status_at} />`], ['Fetched', html`<${Time} at=${template.fetched_at} />`],
        ['Parameters', template.parameter_format && words(template.parameter_format.toLowerCase())],
        ['Id', html`<${Id} id=${template.id} />`], ['WABA', html`<${Id} id=${template.waba_id} />`],
      ]} />
      <details><summary>As Meta has it</summary><${JsonView} value=${template.definition} label="Definition" /></details>
    </div><//>
    ${deleting && html`<${Confirm} title=${`Delete ${template.name}?`} word="Delete" danger onYes=${remove} onClose=${() => setDeleting(false)}>
      <p>Nobody can send it any more, and its name cannot be used again for 30 days.</p>
      <${Check} label="In all languages" checked=${everywhere} onValue=${setEverywhere} /><//>`}`;
}
