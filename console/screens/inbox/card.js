// What a template or an interactive message shows: header, body, footer, buttons, offer, cards.
import { html, Icon } from '../../ui.js';
import { Glyph, SentFile } from './file.js';
import { rich } from './rich.js';

const SIGNS = {
  url: 'out', phone_number: 'channel', voice_call: 'channel', copy_code: 'copy', list: 'menu', flow: 'template', catalog: 'image', mpm: 'image', spm: 'image', location: 'place',
};

function Header({ header }) {
  const { kind, text, file, name, address } = header;
  if (kind === 'text') return html`<div class="card-title" dir="auto">${rich(text)}</div>`;
  if (kind === 'location') return html`<div class="card-media"><${Glyph} kind="location" /><span>${name || 'Location'}</span>${address && html`<small>${address}</small>`}</div>`;
  if (file) return html`<${SentFile} kind=${kind === 'gif' ? 'video' : kind} file=${file} />`;
  return html`<div class="card-media"><${Glyph} kind=${kind} /><span>${kind === 'gif' ? 'GIF' : kind[0].toUpperCase() + kind.slice(1)}</span></div>`;
}

function Offer({ offer }) {
  const until = offer.until && new Date(offer.until);
  return html`<div class="card-offer"><b dir="auto">${offer.text}</b>
    ${until && !Number.isNaN(+until) && html`<span>Ends ${until.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}</span>`}
    ${offer.code && html`<span>Code <code>${offer.code}</code></span>`}</div>`;
}

const Sections = ({ sections }) => html`<details class="card-list"><summary>Choices</summary>
  ${sections.map((section) => html`${section.title && html`<b>${section.title}</b>`}<ul>
    ${(section.rows ?? []).map((row) => html`<li dir="auto">${row.title}${row.description && html`<small dir="auto">${row.description}</small>`}</li>`)}</ul>`)}</details>`;

/** `seen` is what `view` or `interactiveView` give. */
export function Card({ seen }) {
  const { header, body, footer, buttons = [], cards = [], offer, sections } = seen;
  return html`<div class="card-body">
    ${header && html`<${Header} header=${header} />`}
    ${offer && html`<${Offer} offer=${offer} />`}
    ${body && html`<div class="said" dir="auto">${rich(body)}</div>`}
    ${footer && html`<div class="card-foot" dir="auto">${footer}</div>`}
    ${sections && html`<${Sections} sections=${sections} />`}
    ${buttons.length > 0 && html`<ul class="card-buttons">${buttons.map((button) => html`
      <li dir="auto">${SIGNS[button.kind] ? html`<${Icon} name=${SIGNS[button.kind]} />` : html`<span aria-hidden="true">↩</span>`} ${button.text}</li>`)}</ul>`}
    ${cards.length > 0 && html`<div class="card-cards" tabindex="0" role="group" aria-label=${`${cards.length} cards`}>
      ${cards.map((card) => html`<div class="card-card"><${Card} seen=${card} /></div>`)}</div>`}
  </div>`;
}
