// What a channel's figures look like.
import { Badge, html, words } from '../../ui.js';

const QUALITY = { green: ['good', 'high'], yellow: ['wait', 'medium'], red: ['bad', 'low'] };

export function Quality({ of }) {
  if (!of) return html`<span class="muted">not told</span>`;
  const [tone, word] = QUALITY[of.toLowerCase()] ?? ['plain', words(of.toLowerCase())];
  return html`<${Badge} tone=${tone}>${word}</${Badge}>`;
}

/** `TIER_10K` → `10K users a day` */
export const tierOf = (tier) => (tier ? words(String(tier).replace(/^TIER_(?=\d)(.*)/, '$1 a day').replace(/^TIER_/, '').replace(/^[A-Z_]+$/, (word) => word.toLowerCase()))
  : html`<span class="muted">not told</span>`);

const decimal = (n) => (n >= 10 || Number.isInteger(n) ? Math.round(n) : n.toFixed(1));

/** Used against allowed, as a bar with both numbers. */
export function Throughput({ of }) {
  if (!of) return '–';
  const { used_per_second: used = 0, allowed_per_second: allowed } = of;
  return html`<span class="rate"><meter max=${allowed || 1} value=${used} aria-hidden="true" /> ${decimal(used)} of ${decimal(allowed)}/s</span>`;
}
