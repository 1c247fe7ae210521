// Events as they come: filtered, paused, each with its JSON beside the list.
import { Badge, Button, Empty, Field, Head, Id, JsonView, VirtualList, count, go, href, html, preciseOf, relative, timeOfId, useEffect, useMemo, useRef, useState } from '../ui.js';
import { get, recentEvents, useEvents, useGet, useStreamState } from '../api.js';
import { NAMES, faceOf } from './event-faces.js';

const KEPT = 1000;
const BEFORE = 200;
const HEIGHT = 34;

/** Whether an event fits the filters. The text is looked for in what the event says, as it is written. */
function fits(event, { types, channel, text }) {
  if (types.length && !types.includes(event.event)) return false;
  if (channel && event.session_id !== channel) return false;
  return !text || JSON.stringify(event).toLowerCase().includes(text.toLowerCase());
}

export default function Tail({ params }) {
  const types = useMemo(() => (params.types ?? '').split(',').filter(Boolean), [params.types]);
  const channel = params.channel ?? '';
  const [text, setText] = useState('');
  const [lines, setLines] = useState(recentEvents);
  const [paused, setPaused] = useState(false);
  const [chosen, setChosen] = useState(null);
  const waiting = useRef([]);
  const [waits, setWaits] = useState(0);
  const soon = useRef(0);
  const list = useRef();
  const state = useStreamState();
  const channels = useGet('/api/v1/channels', { limit: 500 });
  const held = useRef();
  held.current = { paused };

  /** Many events in one moment are drawn once. */
  const flush = () => {
    soon.current = 0;
    const { paused: now } = held.current;
    setWaits(waiting.current.length);
    if (now || !waiting.current.length) return;
    const come = waiting.current;
    waiting.current = [];
    setWaits(0);
    setLines((was) => [...was, ...come].slice(-KEPT));
  };
  const plan = () => { soon.current ||= setTimeout(flush, 60); };
  // What happened before the page was opened, or while the line was broken; ids are in the order of time.
  const look = () => {
    get('/api/v1/events', { newest: BEFORE, limit: BEFORE }).then(({ data }) => setLines((was) => {
      const known = new Set(was.map((one) => one.id));
      return [...was, ...data.filter((one) => !known.has(one.id))].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(-KEPT);
    }), () => {});
  };
  useEffect(look, []);
  useEvents(null, (event) => {
    if (event.event === 'resync') { look(); return; }
    waiting.current.push(event);
    if (waiting.current.length > KEPT) waiting.current.shift();
    plan();
  });
  useEffect(() => () => clearTimeout(soon.current), []);
  useEffect(() => { if (!paused) plan(); }, [paused]);


  const shown = useMemo(() => lines.filter((event) => fits(event, { types, channel, text })), [lines, types, channel, text]);
  const at = chosen ? shown.findIndex((one) => one.id === chosen.id) : -1;
  const choose = (index) => {
    const to = Math.max(0, Math.min(shown.length - 1, index));
    if (!shown[to]) return;
    setChosen(shown[to]);
    list.current?.scrollTo(to);
  };
  const filter = (change) => go(href('tail', { types: types.join(','), channel, ...change }), { replace: true });
  const toggle = (name) => filter({ types: (types.includes(name) ? types.filter((one) => one !== name) : [...types, name]).join(',') });
  useEffect(() => {
    const heard = (event) => {
      if (event.target.closest?.('input, textarea, select, summary, a, pre, dialog') || event.ctrlKey || event.metaKey || event.altKey) return;
      const onButton = event.target.closest?.('button');
      const acts = {
        ' ': () => setPaused((was) => !was), ArrowDown: () => choose(at < 0 ? shown.length - 1 : at + 1), j: () => choose(at + 1),
        ArrowUp: () => choose(at < 0 ? shown.length - 1 : at - 1), k: () => choose(at - 1),
        End: () => choose(shown.length - 1), Home: () => choose(0), Escape: () => setChosen(null),
      };
      if (!acts[event.key] || (onButton && event.key === ' ')) return;
      event.preventDefault();
      acts[event.key]();
    };
    document.addEventListener('keydown', heard);
    return () => document.removeEventListener('keydown', heard);
  }, [at, shown]);

  const row = (index) => {
    const event = shown[index];
    const face = faceOf(event);
    return html`<div role="option" key=${event.id} id=${`line-${event.id}`} class=${`tail-line ${chosen?.id === event.id ? 'is-chosen' : ''}`}
        aria-selected=${chosen?.id === event.id} aria-posinset=${index + 1} aria-setsize=${shown.length} onClick=${() => setChosen(event)}>
      <time datetime=${new Date(timeOfId(event.id)).toISOString()} title=${relative(event.timestamp * 1000)}>${preciseOf(timeOfId(event.id))}</time>
      <span class=${`tail-name is-${face.tone}`}>${event.event}</span><span class="tail-channel cut">${event.session_id}</span>
      <span class="tail-say cut">${face.say}</span></div>`;
  };
  return html`<div class="fill tail"><div class="tail-head"><${Head} title="Live tail"
      note=${html`<${Badge} tone=${paused ? 'wait' : state === 'live' ? 'good' : 'plain'}>${paused ? 'paused' : state === 'live' ? 'live' : state}</${Badge}>
        <span class="number" aria-live="off">${count(shown.length)} ${shown.length === 1 ? 'line' : 'lines'}</span>`}>
      <${Button} kind=${paused ? 'primary' : undefined} icon=${paused ? 'play' : 'pause'} onClick=${() => setPaused(!paused)} class="tail-pause">
        ${paused ? (waits ? `Go on · ${waits >= KEPT ? `${KEPT}+` : waits} waiting` : 'Go on') : 'Pause'}</${Button}>
      <${Button} icon="close" onClick=${() => { setLines([]); setChosen(null); }} disabled=${!lines.length}>Clear</${Button}></${Head}>
    <div class="filters"><${Field} label="Text in the event" class="tail-text" value=${text} onValue=${setText} placeholder="an id, a word…" />
      <${Field} label="Channel" as="select" value=${channel} onValue=${(value) => filter({ channel: value })}
        options=${[['', 'All channels'], ...(channels.data?.data ?? []).map((one) => [one.id, one.name || one.id])]} />
      <div class="chips" role="group" aria-label="Event names">${NAMES.map((name) => html`<button type="button" class="chip"
        aria-pressed=${types.includes(name)} onClick=${() => toggle(name)}>${name}</button>`)}</div></div></div>
    <div class=${`tail-body ${chosen ? 'has-chosen' : ''}`}>
      ${shown.length ? html`<${VirtualList} class="tail-list" count=${shown.length} height=${HEIGHT} row=${row} role="listbox" label="Events" stick=${!paused && !chosen}
          apiRef=${list} aria-activedescendant=${chosen ? `line-${chosen.id}` : undefined} />`
        : html`<${Empty} icon="tail" title=${lines.length ? 'No line fits the filters' : 'Nothing has happened yet'}>
          ${lines.length ? `${count(lines.length)} lines are hidden by them.` : 'Events appear here the moment they are on disk.'}</${Empty}>`}
      ${chosen && html`<aside class="tail-chosen" aria-label="Chosen event"><header><div><h2>${chosen.event}</h2><${Id} id=${chosen.id} /></div>
        <div class="row">${chosen.data?.id?.startsWith?.('msg_') && html`<${Button} to=${href('messages', chosen.data.id)}>Timeline</${Button}>`}
        <${Button} kind="quiet" icon="close" aria-label="Close" onClick=${() => setChosen(null)} /></div></header>
        <${JsonView} value=${chosen} label="Event as JSON" /></aside>`}</div>
    <p class="tail-keys muted wide-only"><kbd>Space</kbd> pauses <kbd>↑</kbd> <kbd>↓</kbd> move <kbd>Esc</kbd> closes</p></div>`;
}
