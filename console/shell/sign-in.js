// The page that asks for an API key and turns it into a session.
import { Button, Field, html, useEffect, useState } from '../ui.js';
import { post } from '../api.js';

const REASONS = {
  401: 'This is not a key of this gateway, or it was revoked.',
  429: 'Too many tries. Wait a minute, then try again.',
};

export function SignIn({ why, onSignedIn }) {
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  useEffect(() => { document.title = 'Sign in · Wharf'; }, []);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await post('/console/session', { key: key.trim() });
      await onSignedIn();
    } catch (failed) {
      setError(REASONS[failed.status] ?? failed.detail);
    }
    setBusy(false);
  };
  return html`<main class="sign-in"><form onSubmit=${enter}>
    <div class="brand"><img src="icon.svg" alt="" />Wharf</div>
    <div><h1>Sign in</h1><p class="muted">${why ?? 'With an API key of this gateway. What you may see and do is what the key may.'}</p></div>
    <${Field} label="API key" type="password" name="key" autocomplete="current-password" autofocus required spellcheck="false"
      placeholder="wharf_…" value=${key} onValue=${setKey} error=${error} />
    <${Button} type="submit" kind="primary" busy=${busy} disabled=${!key.trim()}>Sign in</${Button}>
    <p class="hint">The first key is in the file <code>api-key</code> of the gateway’s data folder; the demo prints its own. More are made with <code>wharf keys create</code>, or here.</p></form></main>`;
}
