// Keys that work everywhere: `/` searches, `g` and a letter goes somewhere, `?` tells them all.
import { Dialog, go, href, html, useEffect } from '../ui.js';
import { placesOf } from './side.js';

const isTyping = (event) => event.target.closest?.('input, textarea, select, [contenteditable]');

export function useShortcuts({ session, onHelp }) {
  useEffect(() => {
    let went = 0;
    const heard = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (document.querySelector('dialog[open]')) return;
      const place = Date.now() - went < 1500 && placesOf(session).find((one) => one.key === event.key);
      went = event.key === 'g' ? Date.now() : 0;
      if (place) { event.preventDefault(); go(href(place.path)); return; }
      if (event.key === '/') { event.preventDefault(); document.getElementById('search')?.focus(); }
      if (event.key === '?') { event.preventDefault(); onHelp(); }
    };
    document.addEventListener('keydown', heard);
    return () => document.removeEventListener('keydown', heard);
  }, []);
}

export function Shortcuts({ session, onClose }) {
  const rows = [
    [['/'], 'Search'], [['?'], 'These keys'], [['↑', '↓'], 'Move in a list; also j and k'], [['Enter'], 'Open'], [['Esc'], 'Close'],
    ...placesOf(session).filter((place) => place.key).map((place) => [['g', place.key], place.name]),
  ];
  return html`<${Dialog} title="Keyboard" onClose=${onClose}><dl class="shortcuts">${rows.map(([keys, what]) => html`
    <div><dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl></${Dialog}>`;
}
