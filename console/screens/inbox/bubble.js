// One message of a thread.
import { html, useEffect, useState, href, clockOf, Icon } from '../../ui.js';
import { get, post } from '../../api.js';
import { componentsOf, valuesOf, view } from '../templates/parts.js';
import { Card } from './card.js';
import { Frame, ReceivedFile, SentFile } from './file.js';
import { FILES, answers, choice, hiddenWord, interactiveView, isHidden, nameOf, summary } from './read.js';
import { rich } from './rich.js';
import { Ticks, Trouble } from './ticks.js';

const definitions = new Map();

/** The definition of a template that was sent, as far as the gateway still knows it. */
function useDefinition(message) {
  const { name, language } = message.content?.template ?? {};
  const key = name && `${message.channel} ${name} ${language?.code}`;
  const [, draw] = useState(0);
  useEffect(() => {
    if (!key || definitions.has(key)) return;
    definitions.set(key, null);
    const wanted = { channel: message.channel, name, language: language?.code, limit: 1 };
    get('/api/v1/templates', wanted).then((page) => definitions.set(key, page.data[0]), () => definitions.delete(key))
      .then(() => draw((n) => n + 1));
  }, [key]);
  return key && definitions.get(key);
}

function Sent({ message }) {
  const definition = useDefinition(message);
  const { template } = message.content;
  if (!definition) {
    const texts = (template?.components ?? []).flatMap((one) => one.parameters ?? []).map((one) => one.text).filter(Boolean);
    return html`<div class="said" dir="auto"><b>${template?.name}</b>${texts.length > 0 && html`<br />${texts.join(' · ')}`}</div>`;
  }
  const all = componentsOf(definition);
  return html`<${Card} seen=${view(all, valuesOf(all, template.components))} />`;
}

const Place = ({ place }) => html`<a class="place" target="_blank" rel="noopener noreferrer"
  href=${`https://www.openstreetmap.org/?mlat=${Number(place.latitude)}&mlon=${Number(place.longitude)}#map=16/${Number(place.latitude)}/${Number(place.longitude)}`}>
  <${Frame} kind="location"><b>${place.name || 'Location'}</b>${place.address && html`<small>${place.address}</small>`}
  <small>${Number(place.latitude).toFixed(5)}, ${Number(place.longitude).toFixed(5)}</small><//></a>`;

const Person = ({ person }) => html`<div class="file-frame"><${Icon} name="person" /><span><b dir="auto">${person.name?.formatted_name ?? 'Contact'}</b>
  ${person.org?.company && html`<small>${person.org.company}</small>`}
  ${(person.phones ?? []).map((one) => html`<small>${one.phone ?? one.wa_id}</small>`)}
  ${(person.emails ?? []).map((one) => html`<small>${one.email}</small>`)}</span></div>`;

const Order = ({ order }) => html`<div class="file-frame"><${Icon} name="file" /><span><b>Order</b>
  ${(order.product_items ?? []).map((one) => html`<small>${one.quantity} × ${one.product_retailer_id} · ${one.item_price} ${one.currency}</small>`)}</span></div>
  ${order.text && html`<div class="said" dir="auto">${rich(order.text)}</div>`}`;

/** What a message says, by its type; what is not known is said to be so. */
function Content({ message, mayFetch }) {
  const { type, content } = message;
  if (isHidden(message)) return html`<div class="said is-hidden"><${Icon} name="key" /> ${nameOf(type)} ${hiddenWord(message)}</div>`;
  if (message.marks?.revoked) return html`<div class="said is-hidden">The user deleted this message</div>`;
  const said = message.marks?.edited ? { ...content, ...message.marks.edited } : content;
  const chosen = choice(said);
  if (type === 'text') return html`<div class="said" dir="auto">${rich(said.text?.body)}</div>`;
  if (chosen) {
    return html`<div class="said" dir="auto">${rich(chosen.text)}${chosen.detail && html`<small>${chosen.detail}</small>`}
      ${chosen.fields && html`<dl class="answers">${Object.entries(chosen.fields).map(([name, value]) => html`<dt>${name.replaceAll('_', ' ')}</dt>
        <dd>${typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>`)}</dl>`}</div>`;
  }
  if (FILES.includes(type)) {
    const file = said[type] ?? {};
    return html`${message.direction === 'inbound'
      ? html`<${ReceivedFile} message=${message} file=${file} mayFetch=${mayFetch} />`
      : html`<${SentFile} kind=${type} file=${file} />`}
      ${file.caption && html`<div class="said" dir="auto">${rich(file.caption)}</div>`}`;
  }
  if (type === 'template') return html`<${Sent} message=${message} />`;
  if (type === 'interactive' && said.interactive) return html`<${Card} seen=${interactiveView(said.interactive)} />`;
  if (type === 'location' && said.location) return html`<${Place} place=${said.location} />`;
  if (type === 'contacts') return (said.contacts ?? []).map((person) => html`<${Person} person=${person} />`);
  if (type === 'order' && said.order) return html`<${Order} order=${said.order} />`;
  if (type === 'reaction') return html`<div class="said" dir="auto">${summary(message)}</div>`;
  if (type === 'edit' || type === 'revoke') return html`<div class="said is-hidden">${type === 'edit' ? `Edited an earlier message: ${summary(message)}` : 'Deleted an earlier message'}</div>`;
  if (type === 'system' && said.system?.body) return html`<div class="said is-hidden" dir="auto">${said.system.body}</div>`;
  if (type === 'request_welcome') return html`<div class="said is-hidden">Opened the chat for the first time</div>`;
  const error = said.errors?.[0];
  return html`<div class="said is-hidden"><b>${type === 'unsupported' ? 'WhatsApp does not pass this message on' : nameOf(type)}</b>
    <small>${error ? `${error.error_data?.details ?? error.title} (${error.code})` : 'The console does not draw this type; the timeline has all of it.'}</small></div>`;
}

/** A message by the carrier's id, which has a phone number in it and must not stand in a URL. */
async function byWamid(wamid) {
  const { data } = await post('/api/v1/search', { q: wamid });
  const one = data.find((hit) => hit.kind === 'message');
  return one ? get(`/api/v1/messages/${encodeURIComponent(one.id)}`) : null;
}

/** The message that is answered, in one line. */
function Quote({ wamid, of, name }) {
  const [found, setFound] = useState(null);
  const message = of ?? found;
  useEffect(() => {
    if (!of) byWamid(wamid).then(setFound, () => {});
  }, [wamid, !of]);
  const jump = () => document.getElementById(message?.id)?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  return html`<button type="button" class="quote" onClick=${jump}>
    <b dir="auto">${message ? (message.direction === 'outbound' ? 'You' : name) : 'An earlier message'}</b>
    <span dir="auto">${message ? summary(message) : 'It is not kept here.'}</span></button>`;
}

export function Bubble({ message, name, quoted, grouped, onAnswer, onTryAgain }) {
  const { direction, marks, content } = message;
  const mine = direction === 'outbound';
  const wamid = answers(content);
  const emojis = [marks?.inbound, marks?.outbound].filter(Boolean);
  const referral = content?.referral;
  return html`<li id=${message.id} class=${`bubble-row ${mine ? 'is-mine' : 'is-theirs'} ${grouped ? 'is-grouped' : ''}`} data-wamid=${message.wamid} data-state=${message.state}>
    <div class=${`bubble type-${message.type} ${message.draft ? 'is-draft' : ''}`}>
      ${referral && html`<a class="quote" href=${referral.source_url} target="_blank" rel="noopener noreferrer"><b>Came from an advertisement</b><span>${referral.headline ?? referral.body}</span></a>`}
      ${wamid && html`<${Quote} wamid=${wamid} of=${quoted} name=${name} />`}
      ${content?.context?.forwarded && html`<small class="is-hidden">Forwarded</small>`}
      <${Content} message=${message} mayFetch=${!!onTryAgain} />
      <span class="bubble-foot">${marks?.edited && 'edited '}${message.draft ? html`<span>${clockOf(message.created_at)}</span>`
        : html`<a href=${href('messages', message.id)} title="Timeline of this message">${clockOf(message.created_at)}</a>`}
        ${mine && html`<${Ticks} state=${message.state} />`}</span>
      ${emojis.length > 0 && html`<span class="reactions" role="img" aria-label=${`Reactions: ${emojis.join(' ')}`}>${emojis.join('')}</span>`}
      ${onAnswer && message.wamid && html`<button type="button" class="answer" aria-label="Quote this message" title="Quote" onClick=${() => onAnswer(message)}>↩</button>`}
    </div>
    ${mine && html`<${Trouble} message=${message} again=${onTryAgain} />`}
  </li>`;
}
