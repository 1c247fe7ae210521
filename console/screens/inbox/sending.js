// Sends a message once and shows it at once.
import { post } from '../../api.js';

/** Keys of messages that are sent from here begin so. */
export const OURS = 'console-';

/** A key of its own for each message; works on pages without TLS too. */
export const newKey = () => `${OURS}${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

/** Stores a file to be sent; gives its id. Its name is in the form: in an address it would be in logs. */
export async function upload(channel, file) {
  const form = new FormData();
  form.append('channel', channel);
  form.append('filename', file.name);
  form.append('file', file, file.name);
  return (await post('/api/v1/media', form)).id;
}

/** Whom to write to, by whatever is known of the contact. */
export function recipientOf(contact) {
  if (contact?.group_id) return { recipient_type: 'group', to: contact.group_id };
  if (contact?.wa_id) return { to: contact.wa_id };
  return contact?.bsuid ? { recipient: contact.bsuid } : null;
}

/** Shows the message as a draft, sends it, and shows it as the gateway has it; throws what was wrong. */
export async function sendOnce({ conversation, contact, content, key, add, drop }) {
  const to = recipientOf(contact);
  if (!to) throw new Error('The contact has neither a number nor an id to write to.');
  const at = new Date().toISOString();
  const id = `draft-${key}`;
  add({
    id, request_id: key, channel: conversation.channel, conversation_id: conversation.id, direction: 'outbound', type: content.type,
    state: 'queued', content, created_at: at, updated_at: at, draft: true,
  });
  try {
    const sent = await post('/api/v1/messages', { channel: conversation.channel, ...to, ...content }, { headers: { 'idempotency-key': key } });
    add(sent);
    return sent;
  } catch (error) {
    drop(id);
    throw error;
  }
}
