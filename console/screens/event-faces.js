// One line about each event: what it says, and how it feels.
import { words } from '../ui.js';

export const NAMES = ['message', 'status', 'send_result', 'media', 'dead_letter', 'template', 'channel_paused', 'channel_resumed',
  'endpoint_disabled', 'unrecognised', 'account', 'phone_number', 'call', 'group', 'flow', 'user_preferences', 'user', 'echo',
  'history', 'handover', 'payment', 'security', 'connected', 'disconnected'];

const TELLERS = {
  message: ({ from, type, update }) => {
    const of = update?.[type] ?? {};
    return ['info', from, type === 'text' ? of.body : [words(type), of.caption ?? of.title ?? of.emoji ?? of.filename].filter(Boolean).join(': ')];
  },
  status: ({ status, recipient, update }) => [status === 'failed' ? 'bad' : 'good', status, recipient, update?.errors?.[0]?.title],
  send_result: ({ success, state, error, code, request_id }) => [success ? 'good' : state === 'unknown' ? 'odd' : 'bad', state, error, code, request_id],
  media: ({ state, mime_type, filename, error }) => [state === 'failed' ? 'bad' : 'plain', state, mime_type, filename, error],
  template: ({ update }) => ['plain', update?.event, update?.message_template_name, update?.reason],
  dead_letter: ({ kind, reason, detail }) => ['bad', kind, reason, detail?.title],
  channel_paused: ({ reason, error }) => ['bad', reason, error],
  channel_resumed: ({ by }) => ['good', by && `by ${by}`],
  endpoint_disabled: ({ endpoint, reason }) => ['bad', endpoint, reason],
  unrecognised: ({ reason, path }) => ['odd', reason, path],
  call: ({ update }) => ['info', update?.event, update?.from, update?.direction],
};

/** `{tone, say}` of an event. */
export function faceOf(event) {
  const told = TELLERS[event.event]?.(event.data ?? {});
  if (told) return { tone: told[0], say: told.slice(1).filter((part) => part !== null && part !== undefined && part !== '').join(' · ') };
  const { field, update } = event.data ?? {};
  return { tone: 'plain', say: [field && words(field), update?.event].filter(Boolean).join(' · ') };
}
