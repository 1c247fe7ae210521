// What a message says, read from its content in Meta's shape.
import { view } from '../templates/parts.js';

export const FILES = ['image', 'video', 'audio', 'document', 'sticker'];

const NAMES = {
  text: 'Text', button: 'Answer',  image: 'Photo', video: 'Video', audio: 'Audio', document: 'Document', sticker: 'Sticker', location: 'Location',
  contacts: 'Contact', reaction: 'Reaction', template: 'Template', interactive: 'Interactive message', order: 'Order',
  unsupported: 'Unsupported message', system: 'Notice', revoke: 'Deleted message', edit: 'Edited message',
  request_welcome: 'Opened the chat',
};
export const nameOf = (type) => NAMES[type] ?? `Message of type “${type}”`;

/** Why there is no content: this key may not see it, or it is kept no longer. */
export const isHidden = (message) => !message.content && (message.content_hidden || message.content === null);
export const hiddenWord = (message) => (message.content_hidden ? 'hidden: this key does not show texts' : 'removed: its time was over, or its person was erased');

/** The id of the message that this one answers. */
export const answers = (content) => content?.context?.message_id ?? content?.context?.id;

/** What a user chose or filled in. */
export function choice(content) {
  const { interactive, button } = content;
  if (button) return { text: button.text };
  const kind = interactive?.type;
  if (kind === 'button_reply') return { text: interactive.button_reply?.title };
  if (kind === 'list_reply') return { text: interactive.list_reply?.title, detail: interactive.list_reply?.description };
  if (kind === 'nfm_reply') {
    let said = null;
    try { said = JSON.parse(interactive.nfm_reply.response_json); } catch { /* shown without */ }
    const { flow_token, ...fields } = said !== null && typeof said === 'object' ? said : {};
    return { text: interactive.nfm_reply?.body || 'Form sent', fields };
  }
  if (kind === 'call_permission_reply') {
    return { text: interactive.call_permission_reply?.response === 'accept' ? 'Allows calls' : 'Does not allow calls' };
  }
  return null;
}

const headerOf = (header) => header && (header.type === 'text'
  ? { kind: 'text', text: header.text }
  : { kind: header.type, file: header[header.type] });

/** An interactive message of ours, as it is drawn. */
export function interactiveView(interactive) {
  const { type, action = {} } = interactive;
  const seen = { header: headerOf(interactive.header), body: interactive.body?.text, footer: interactive.footer?.text, buttons: [], cards: [] };
  const parameters = action.parameters ?? {};
  const one = (kind, text) => { seen.buttons = [{ kind, text }]; };
  if (type === 'button' || action.buttons) {
    seen.buttons = (action.buttons ?? []).map((button) => ({ kind: 'quick_reply', text: button.reply?.title ?? button.quick_reply?.title }));
  } else if (type === 'list') {
    one('list', action.button);
    seen.sections = action.sections;
  } else if (type === 'cta_url') one('url', parameters.display_text);
  else if (type === 'flow') one('flow', parameters.flow_cta);
  else if (type === 'location_request_message') one('location', 'Send location');
  else if (type === 'catalog_message') one('catalog', 'View catalogue');
  else if (type === 'product' || type === 'product_list') one('catalog', type === 'product' ? 'View product' : 'View items');
  else if (type === 'voice_call') one('voice_call', parameters.display_text ?? 'Call');
  else if (type === 'carousel') seen.cards = (action.cards ?? []).map((card) => interactiveView(card));
  else if (type) one('other', type.replaceAll('_', ' '));
  return seen;
}

/** The words without the signs that draw them. */
export const plain = (text) => String(text ?? '').replace(/[\uE000\uE001]/g, '').replace(/[*_~`]{1,3}(\S(?:.*?\S)?)[*_~`]{1,3}/g, '$1');

/** One line about a message, for lists and quotes. `template` is its definition, where it is known. */
export function summary(message, template) {
  const { type, content } = message;
  if (isHidden(message)) return `${nameOf(type)} ${hiddenWord(message).split(':')[0]}`;
  const said = content ?? {};
  const chosen = choice(said);
  if (type === 'text') return plain(said.text?.body);
  if (chosen) return chosen.text;
  if (type === 'reaction') return said.reaction?.emoji ? `Reacted ${said.reaction.emoji}` : 'Took a reaction back';
  if (type === 'interactive') return plain(said.interactive?.body?.text) || nameOf(type);
  if (type === 'template') return template ? plain(view(template).body) : `Template ${said.template?.name ?? ''}`;
  if (type === 'system') return said.system?.body ?? nameOf(type);
  if (type === 'location') return said.location?.name || nameOf(type);
  if (type === 'contacts') return said.contacts?.[0]?.name?.formatted_name ?? nameOf(type);
  if (type === 'edit') return plain(said.edit?.message?.text?.body) || nameOf(type);
  const file = said[type];
  if (type === 'audio') return file?.voice ? 'Voice message' : 'Audio';
  return plain(file?.caption) || file?.filename || nameOf(type);
}

/** An inbound message as the live stream tells of it. */
export function fromEvent(event) {
  const { data } = event;
  const update = data.update ?? {};
  const at = new Date(event.timestamp * 1000).toISOString();
  return {
    id: data.id, wamid: data.message_id, channel: event.session_id, conversation_id: data.conversation_id,
    contact_id: data.contact_id, direction: 'inbound', type: data.type ?? update.type, state: 'received',
    content: data.update ?? null, content_hidden: !data.update,
    media: data.media && { ...data.media, state: 'pending' }, created_at: at, updated_at: at, live: true,
  };
}

const RANK = ['scheduled', 'queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'played'];

/** The further of two states: one that comes late takes nothing back. */
export const further = (was, next) => (RANK.includes(next) && RANK.indexOf(next) < RANK.indexOf(was) ? was : next ?? was);
