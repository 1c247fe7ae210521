// How far a message of ours came, and why it did not.
import { html } from '../../ui.js';

const STATES = {
  scheduled: ['clock', 'Scheduled'], queued: ['clock', 'Queued'], sending: ['clock', 'Sending'],
  accepted: ['clock', 'Accepted by WhatsApp'], sent: ['one', 'Sent'], delivered: ['two', 'Delivered'],
  read: ['two', 'Read'], played: ['two', 'Played'], failed: ['cross', 'Failed'], unknown: ['ask', 'Unknown: it may have arrived'],
  requires_template: ['cross', 'Needs a template: the window is closed'], expired: ['cross', 'Expired'], canceled: ['cross', 'Taken back'],
};
const PATHS = {
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3.2l2 1.3', one: 'M3.5 8.5l3 3 6-6.5', two: 'M1 8.5l3 3 5.5-6.5M8 11.5l5.5-6.5M7.2 10.6l.8.9',
  cross: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3.5M8 10.8v.2', ask: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M6.5 6.5a1.5 1.5 0 1 1 2.2 1.4c-.5.3-.7.6-.7 1.1M8 10.9v.2',
};

export const stateName = (state) => STATES[state]?.[1] ?? state;

export function Ticks({ state }) {
  const [shape, name] = STATES[state] ?? ['ask', state];
  return html`<span class=${`ticks is-${state}`} role="img" aria-label=${name} title=${name} data-state=${state}>
    <svg viewBox="0 0 16 16"><path d=${PATHS[shape]} /></svg></span>`;
}

/** What went wrong, in a line under the bubble. */
export function Trouble({ message, again }) {
  const { state, error } = message;
  if (!['failed', 'unknown', 'requires_template', 'expired', 'canceled'].includes(state)) return null;
  const { title, detail } = error ?? {};
  const bare = (text) => String(text ?? '').toLowerCase().replace(/\W+$/, '');
  const why = detail && bare(detail) !== bare(title) ? `${title}: ${detail}` : title;
  return html`<p class=${`trouble is-${state}`}><b>${stateName(state)}</b>${why && ` · ${why}`}
    ${error?.code != null && html` <code>${error.code}</code>`}
    ${again && !['canceled', 'expired'].includes(state) && html` <button type="button" class="link" onClick=${() => again(message)}>Send again</button>`}</p>`;
}
