// The console: who is signed in, where they are, and the screen that is shown there.
import { render } from './vendor/preact.js';
import { Icon, Loading, Problem, Empty, Toasts, html, href, useEffect, useRef, useState } from './ui.js';
import { get, whenSignedOut } from './api.js';
import { allowStream, closeStream } from './stream.js';
import { parse, useRoute } from './router.js';
import { Guard } from './shell/guard.js';
import { forgetDrafts } from './screens/inbox/drafts.js';
import { Side, homeOf, may } from './shell/side.js';
import { SearchBox } from './shell/search-box.js';
import { Shortcuts, useShortcuts } from './shell/shortcuts.js';
import { SignIn } from './shell/sign-in.js';

const loaded = new Map();

/** The screen's module; a failed load is tried again next time. */
function useScreen(name) {
  const [state, setState] = useState({});
  useEffect(() => {
    if (!name || loaded.has(name)) return;
    import(`./screens/${name}.js`).then((module) => {
      loaded.set(name, module.default);
      setState({ name });
    }, (error) => setState({ name, error }));
  }, [name]);
  return { Screen: loaded.get(name), error: state.name === name ? state.error : null };
}

function Frame({ session, onSignOut }) {
  const place = parse(useRoute());
  const [navOpen, setNavOpen] = useState(false);
  const [help, setHelp] = useState(false);
  const main = useRef();
  const { Screen, error } = useScreen(place?.screen);
  useShortcuts({ session, onHelp: () => setHelp(true) });
  useEffect(() => {
    if (!location.hash || location.hash === '#/') location.replace(href(homeOf(session)));
  }, [place?.path]);
  useEffect(() => {
    document.title = `${place?.name ?? 'Not found'} · Wharf`;
    setNavOpen(false);
    main.current.scrollTop = 0;
    const active = document.activeElement;
    if (active && active.closest('.side')) main.current.focus();
  }, [place?.path]);
  useEffect(() => {
    if (!navOpen) return undefined;
    const close = (event) => event.key === 'Escape' && setNavOpen(false);
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [navOpen]);
  const screen = Screen ? html`<${Guard} key=${place.screen} place=${place.path}><${Screen} params=${place.params} session=${session} /></${Guard}>`
    : error ? html`<div class="page"><${Problem} error=${{ title: 'The screen cannot be loaded', detail: 'Load the page again.' }} /></div>`
      : place ? html`<${Loading} />`
        : html`<${Empty} title="There is nothing here">Choose a screen, or search for what you are looking for.</${Empty}>`;
  return html`<div class=${`frame ${navOpen ? 'nav-open' : ''}`}>
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>Skip to the screen</a>
    <${Side} session=${session} place=${place} onSignOut=${onSignOut} onHelp=${() => setHelp(true)} />
    <div class="shade" onClick=${() => setNavOpen(false)} />
    <header class="top">
      <button type="button" class="button is-quiet is-round open-nav" aria-label="Navigation" aria-expanded=${navOpen}
        onClick=${() => setNavOpen(!navOpen)}><${Icon} name="menu" /></button>
      <${SearchBox} session=${session} /></header>
    <main class="screen" id="main" tabindex="-1" ref=${main}>${screen}</main>
    ${help && html`<${Shortcuts} session=${session} onClose=${() => setHelp(false)} />`}</div>`;
}

function App() {
  const [session, setSession] = useState(undefined);
  const [why, setWhy] = useState(null);
  const [error, setError] = useState(null);
  const look = () => get('/console/session').then(
    (found) => { allowStream(may(found, 'read')); setSession(found); setError(null); setWhy(null); },
    (failed) => (failed.status === 401 ? setSession(null) : setError(failed)),
  );
  const leave = (reason) => { closeStream(true); forgetDrafts(); setWhy(reason); setSession(null); };
  useEffect(() => {
    whenSignedOut(() => leave('Your session has ended. Sign in to go on.'));
    look();
  }, []);
  useEffect(() => { document.body.dataset.ready = session === undefined ? '' : session ? 'in' : 'out'; }, [session]);
  if (error && session === undefined) return html`<div class="sign-in"><${Problem} error=${error} again=${look} /></div>`;
  if (session === undefined) return html`<${Loading} />`;
  return html`${session ? html`<${Frame} session=${session} onSignOut=${() => leave(null)} />` : html`<${SignIn} why=${why} onSignedIn=${look} />`}<${Toasts} />`;
}

render(html`<${App} />`, document.getElementById('app'));
