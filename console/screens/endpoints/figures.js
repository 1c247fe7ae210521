// How an endpoint is doing, in small.
import { get } from '../../api.js';
import { Badge, html, percent, useEffect, useState } from '../../ui.js';

/** Enabled, failing or disabled, and why. */
export const StateOf = ({ endpoint }) => (endpoint.disabled_at
  ? html`<${Badge} state="disabled" /><small class="under">${endpoint.disabled_reason}</small>`
  : html`<${Badge} state="enabled" />`);

/** A share as a bar and a number. */
export function Rate({ stats }) {
  if (!stats) return html`<span class="muted">–</span>`;
  const rate = stats.success_rate_24h;
  if (rate === null || rate === undefined) return html`<span class="muted">nothing sent</span>`;
  const tone = rate >= 0.99 ? 'good' : rate >= 0.9 ? 'wait' : 'bad';
  return html`<span class="rate tone-of-${tone}"><meter min="0" max="1" value=${rate} aria-hidden="true" /><span class="number">${percent(rate)}</span></span>`;
}

const AT_ONCE = 6;
const EVERY = 10_000;

/** The figures of these endpoints by id, as they come in. */
export function useStats(rows) {
  const [stats, setStats] = useState({});
  const ids = rows.map((row) => row.id).join(' ');
  useEffect(() => {
    let over = false;
    const load = async () => {
      const left = ids.split(' ').filter(Boolean);
      const one = async () => {
        while (left.length && !over) {
          const id = left.shift();
          const found = await get(`/api/v1/endpoints/${id}/stats`).catch(() => null);
          if (found && !over) setStats((was) => ({ ...was, [id]: found }));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    };
    load();
    const timer = setInterval(() => document.hidden || load(), EVERY);
    return () => { over = true; clearInterval(timer); };
  }, [ids]);
  return stats;
}
