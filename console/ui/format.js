// Times, sizes and counts as people read them.
const LANGUAGE = navigator.language || 'en';
const dates = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short' });
const years = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', year: 'numeric' });
const exact = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const clocks = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const seconds = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });
const counts = new Intl.NumberFormat(LANGUAGE);
const short = new Intl.NumberFormat(LANGUAGE, { notation: 'compact', maximumFractionDigits: 1 });

/** `3 minutes ago` as `3m ago`, `in 5m`; a date after a week. */
export function relative(at, now = Date.now()) {
  const when = new Date(at);
  const away = (when - now) / 1000;
  const size = Math.abs(away);
  if (size < 5) return 'now';
  const text = size < 60 ? `${Math.round(size)}s` : size < 3600 ? `${Math.round(size / 60)}m`
    : size < 86_400 ? `${Math.round(size / 3600)}h` : size < 7 * 86_400 ? `${Math.round(size / 86_400)}d` : null;
  if (!text) return (when.getFullYear() === new Date(now).getFullYear() ? dates : years).format(when);
  return away > 0 ? `in ${text}` : `${text} ago`;
}

export const absolute = (at) => exact.format(new Date(at));
/** `14:05` */
export const clockOf = (at) => clocks.format(new Date(at));
/** `14:05:12.250` */
export const preciseOf = (at) => seconds.format(new Date(at));
/** `Today`, `Yesterday`, or the date. */
export function dayOf(at) {
  const when = new Date(at);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(when).setHours(0, 0, 0, 0)) / 86_400_000);
  return days === 0 ? 'Today' : days === 1 ? 'Yesterday' : years.format(when);
}

/** `850 ms`, `2.4 s`, `5 min`, `3 h` */
export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${+(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

export function bytes(n) {
  if (n === null || n === undefined) return '–';
  if (n < 1000) return `${n} B`;
  const step = n < 1e6 ? [1e3, 'KB'] : n < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${+(n / step[0]).toFixed(n / step[0] < 10 ? 1 : 0)} ${step[1]}`;
}

export const count = (n) => (n === null || n === undefined ? '–' : counts.format(n));
export const compact = (n) => (n === null || n === undefined ? '–' : n < 10_000 ? counts.format(n) : short.format(n));
/** `0.984` → `98.4 %` */
export const percent = (part) => (part === null || part === undefined ? '–' : `${+(part * 100).toFixed(part > 0.99 && part < 1 ? 2 : 1)} %`);

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** When what has this id came to be, in milliseconds: an id of Wharf's begins with its time. */
export const timeOfId = (id) => [...id.slice(id.indexOf('_') + 1).slice(0, 10)].reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
