// Where the console is: the part of the address behind `#`.
import { useEffect, useState } from './vendor/hooks.js';

/** Pattern, the screen's file, its name in titles. */
export const ROUTES = [
  ['overview', 'overview', 'Overview'],
  ['inbox', 'inbox', 'Inbox'],
  ['inbox/{conversation}', 'inbox', 'Inbox'],
  ['search', 'search', 'Search'],
  ['messages', 'messages', 'Messages'],
  ['messages/{id}', 'message', 'Message'],
  ['dead-letters', 'dead-letters', 'Dead letters'],
  ['dead-letters/{id}', 'dead-letters', 'Dead letters'],
  ['errors', 'errors', 'Errors'],
  ['tail', 'tail', 'Live tail'],
  ['channels', 'channels', 'Channels'],
  ['channels/{id}', 'channel', 'Channel'],
  ['endpoints', 'endpoints', 'Endpoints'],
  ['endpoints/{id}', 'endpoint', 'Endpoint'],
  ['templates', 'templates', 'Templates'],
  ['keys', 'keys', 'Keys'],
  ['audit', 'audit', 'Audit'],
];

/** An address inside the console: `href('inbox', id)`, `href('tail', {types: 'message'})`. */
export function href(...parts) {
  const params = typeof parts.at(-1) === 'object' ? parts.pop() : {};
  const set = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(set).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}

/** Goes to an address made by `href`; `replace` leaves no step back. */
export function go(to, { replace } = {}) {
  if (replace) {
    history.replaceState(null, '', to);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = to;
  }
}

/** `{screen, name, params, path}` of an address, or null if there is no such place. */
export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter(Boolean);
  for (const [pattern, screen, name] of ROUTES) {
    const wanted = pattern.split('/');
    if (wanted.length !== parts.length) continue;
    const params = Object.fromEntries(new URLSearchParams(search));
    const fits = wanted.every((want, at) => {
      if (!want.startsWith('{')) return want === parts[at];
      try { params[want.slice(1, -1)] = decodeURIComponent(parts[at]); } catch { return false; }
      return true;
    });
    if (fits) return { screen, name, params, path };
  }
  return null;
}

export function useRoute() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const heard = () => setHash(location.hash);
    window.addEventListener('hashchange', heard);
    return () => window.removeEventListener('hashchange', heard);
  }, []);
  return hash;
}
