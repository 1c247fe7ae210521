// The navigation, the state of the live stream, and who is signed in.
import { Confirm, Icon, compact, html, href, toast, useCalm, useState } from '../ui.js';
import { del, useEvents, useGet, useStreamState } from '../api.js';

// `need` as in the gateway's table of roles; `whole`: not for a key that is limited to channels.
export const PLACES = [
  { name: 'Overview', path: 'overview', icon: 'overview', key: 'o', need: 'read', whole: true },
  { name: 'Inbox', path: 'inbox', icon: 'inbox', key: 'i', need: 'read' },
  { name: 'Search', path: 'search', icon: 'search', key: 's', need: 'read' },
  { group: 'Operate' },
  { name: 'Messages', path: 'messages', icon: 'letter', key: 'm', need: 'know' },
  { name: 'Dead letters', path: 'dead-letters', icon: 'dead', key: 'd', need: 'read' },
  { name: 'Errors', path: 'errors', icon: 'alert', key: 'r', need: 'read' },
  { name: 'Live tail', path: 'tail', icon: 'tail', key: 'l', need: 'read' },
  { group: 'Set up' },
  { name: 'Channels', path: 'channels', icon: 'channel', key: 'c', need: 'know' },
  { name: 'Endpoints', path: 'endpoints', icon: 'endpoint', key: 'e', need: 'read', whole: true },
  { name: 'Templates', path: 'templates', icon: 'template', key: 't', need: 'know' },
  { name: 'Keys', path: 'keys', icon: 'key', key: 'k', need: 'administer', whole: true },
  { name: 'Audit', path: 'audit', icon: 'audit', key: 'a', need: 'administer', whole: true },
];

const ROLES = {
  know: ['admin', 'operator', 'sender', 'viewer'], read: ['admin', 'operator', 'viewer'],
  send: ['admin', 'operator', 'sender'], operate: ['admin', 'operator'], administer: ['admin'],
};

/** Whether the session's key may do what needs `need`: `know`, `read`, `send`, `operate`, `administer`. */
export const may = (session, need) => ROLES[need].includes(session.role);

/** The places that the session may go to. */
export const placesOf = (session) => PLACES
  .filter((place) => place.group || (may(session, place.need) && !(place.whole && session.channels)))
  .filter((place, at, all) => !place.group || (all[at + 1] && !all[at + 1].group));

/** Where the session begins. */
export const homeOf = (session) => placesOf(session).find((place) => place.path).path;

const LINE = { live: 'Live', connecting: 'Connecting…', off: 'Not following' };

/** How many dead letters are open. */
function useDeadLetters(session) {
  const reads = may(session, 'read');
  const { data, reload } = useGet(reads ? '/api/v1/dead-letters/groups' : null, {}, { live: true });
  useEvents(reads && { types: ['dead_letter', 'unrecognised', 'resync'] }, useCalm(reload, 1000));
  return data ? data.data.reduce((sum, group) => sum + group.count, 0) : 0;
}

export function Side({ session, place, onSignOut, onHelp }) {
  const line = useStreamState();
  const open = useDeadLetters(session);
  const [asks, setAsks] = useState(false);
  const leave = (path) => async () => {
    try { await del(path); } catch (error) { if (error.status !== 401) { toast(error.detail, 'bad'); return; } }
    onSignOut();
  };
  const here = place?.path.split('/')[0];
  return html`<aside class="side" aria-label="Wharf"><a class="brand" href=${href(homeOf(session))}><img src="icon.svg" alt="" />Wharf</a>
    <nav aria-label="Screens">${placesOf(session).map((one) => (one.group ? html`<span class="group">${one.group}</span>` : html`
      <a href=${href(one.path)} aria-current=${here === one.path ? 'page' : undefined}><${Icon} name=${one.icon} />${one.name}
        ${one.path === 'dead-letters' && open ? html`<span class="tally" title="Open dead letters">${compact(open)}</span>` : ''}</a>`))}</nav>
    <div class="side-foot"><div class=${`line-state is-${line}`} role="status">${LINE[line]}</div>
      <div class="who"><b>${session.name || session.key_id}</b><small>${session.role}${session.channels ? ` of ${session.channels.join(', ') || 'no channel'}` : ''}</small></div>
      <button type="button" onClick=${onHelp}><${Icon} name="help" />Keyboard</button>
      <a href="/docs" target="_blank" rel="noopener"><${Icon} name="code" />API</a>
      <button type="button" class="sign-out" onClick=${leave('/console/session')}><${Icon} name="leave" />Sign out</button>
      <button type="button" onClick=${() => setAsks(true)}><${Icon} name="leave" />Sign out everywhere</button></div>
    ${asks && html`<${Confirm} title="Sign out everywhere?" word="Sign out" danger onClose=${() => setAsks(false)} onYes=${leave('/console/sessions')}>
      <p>All sessions of this key end, here and on other machines, also those of other people who share it.</p></${Confirm}>`}</aside>`;
}
