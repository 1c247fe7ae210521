// How a channel is doing, in small.
import { get } from '../../api.js';
import { Badge, html, useEffect, useState, words } from '../../ui.js';

/** Meta's words for the quality of a number, as tones. */
const QUALITY = { green: ['good', 'high'], yellow: ['wait', 'medium'], red: ['bad', 'low'] };

export function Quality({ of }) {
  if (!of) return html`<span class="muted">not told</span>`;
  const [tone, word] = QUALITY[String(of).toLowerCase()] ?? ['plain', words(String(of).toLowerCase())];
  return html`<${Badge} tone=${tone}>${word}</${Badge}>`;
}

/** `TIER_10K` → `10K users a day` */
export function tierOf(tier) {
  if (!tier) return html`<span class="muted">not told</span>`;
  const size = /^TIER_(.+)$/.exec(tier)?.[1];
  if (size === 'UNLIMITED') return 'unlimited';
  return size && size !== 'NOT_SET' ? `${size} a day` : words(String(tier).toLowerCase());
}

const decimal = (n) => (n >= 10 || Number.isInteger(n) ? Math.round(n) : n.toFixed(1));

/** Used against allowed, as a bar with both numbers. */
export function Throughput({ of }) {
  if (!of) return html`<span class="muted">–</span>`;
  const { used_per_second: used = 0, allowed_per_second: allowed } = of;
  return html`<span class="rate through"><meter min="0" max=${allowed || 1} value=${Math.min(used, allowed)} aria-hidden="true" />
    <span class="number">${decimal(used)} of ${decimal(allowed)}/s</span></span>`;
}

const AT_ONCE = 6;
const EVERY = 3000;

/** What these channels carry, by id, as it comes in. */
export function useLoads(rows) {
  const [loads, setLoads] = useState({});
  const ids = rows.map((row) => row.id).join(' ');
  useEffect(() => {
    let over = false;
    let busy = false;
    const load = async () => {
      if (busy) return;
      busy = true;
      const left = ids.split(' ').filter(Boolean);
      const one = async () => {
        while (left.length && !over) {
          const id = left.shift();
          const found = await get(`/api/v1/channels/${encodeURIComponent(id)}/load`).catch(() => null);
          if (found && !over) setLoads((was) => ({ ...was, [id]: found }));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
      busy = false;
    };
    load();
    const timer = setInterval(() => document.hidden || load(), EVERY);
    return () => { over = true; clearInterval(timer); };
  }, [ids]);
  return loads;
}
