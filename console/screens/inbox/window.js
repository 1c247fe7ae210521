// The customer service window: how long anything may be written, or that only a template may.
import { html, useEffect, useState } from '../../ui.js';

/** The time, told anew as often as `every(now)` says, in milliseconds. */
export function useNow(every) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), every(now));
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}

export const closesAt = (conversation) => Date.parse(conversation?.window_until ?? conversation?.window_closes_at ?? '') || 0;

/** `23 h 5 min`, `12 min`, `4:09` */
export function left(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (seconds < 600) return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60 || ''} ${minutes % 60 ? 'min' : ''}`.trim();
}

export function Window({ until, now }) {
  const rest = until - now;
  if (rest <= 0) return html`<span class="window is-closed" title="WhatsApp takes templates only until the contact writes again">${until ? 'Window closed' : 'No window yet'}</span>`;
  const part = Math.min(1, rest / 86_400_000);
  return html`<span class=${`window ${rest < 7_200_000 ? 'is-ending' : 'is-open'}`} title=${`The window closes at ${new Date(until).toLocaleString()}`}>
    <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" /><circle class="rest" cx="8" cy="8" r="6" pathLength="100" stroke-dasharray=${`${part * 100} 100`} /></svg>
    <span class="window-word">Window closes in </span>${left(rest)}</span>`;
}
