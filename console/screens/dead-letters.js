// Dead letters: what could not be processed and waits for somebody's decision.
import { html } from '../ui.js';
import { Letter } from './dead-letters/letter.js';
import { Letters } from './dead-letters/list.js';

export default function DeadLetters({ params, session }) {
  return params.id
    ? html`<${Letter} key=${params.id} id=${params.id} session=${session} />`
    : html`<${Letters} params=${params} session=${session} />`;
}
