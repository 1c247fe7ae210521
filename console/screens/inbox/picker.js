// Chooses a template, fills it in beside a picture of what the user will see, and sends it.
import { html, useEffect, useMemo, useRef, useState, Badge, Button, Empty, Field, Icon, Loading, Problem, toast, useAct, useMove } from '../../ui.js';
import { usePages } from '../../api.js';
import { blocked, componentsOf, message, missing, slots, view } from '../templates/parts.js';
import { Card } from './card.js';
import { newKey, sendOnce, upload } from './sending.js';

const ACCEPT = { image: 'image/jpeg,image/png', video: 'video/mp4,video/3gpp', document: '*/*' };

function FileSlot({ slot, value, channel, onValue }) {
  const [take, { busy, error }] = useAct(async ({ target: { files: [file] } }) => file && onValue({ id: await upload(channel, file), filename: file.name }));
  return html`<${Field} label=${slot.label} error=${error?.detail} hint=${busy ? 'Uploading…' : value?.filename}>
    ${(id) => html`<input id=${id} type="file" accept=${ACCEPT[slot.kind]} onChange=${take} disabled=${busy} />`}<//>`;
}

function Slot({ slot, value, channel, first, onValue }) {
  if (slot.name === 'file') return html`<${FileSlot} slot=${slot} value=${value} channel=${channel} onValue=${onValue} />`;
  return html`<${Field} label=${slot.label} value=${value ?? ''} maxlength=${slot.max} onValue=${onValue} autocomplete="off" data-first=${first}
    type=${slot.kind === 'time' ? 'datetime-local' : 'text'} placeholder=${slot.example ? `e.g. ${slot.example}` : ''} required />`;
}

function Choices({ pages, chosen, onChoose }) {
  const [q, setQ] = useState('');
  const { rows, hasMore, more, loading } = pages;
  // Few accounts have more than a page; a search must see all of them.
  useEffect(() => { if (q && hasMore && !loading) more(); }, [q, hasMore, loading]);
  const shown = rows.filter((one) => one.name.includes(q.trim().toLowerCase().replaceAll(' ', '_')) || (view(componentsOf(one)).body ?? '').toLowerCase().includes(q.toLowerCase()))
    .sort((a, b) => a.name.localeCompare(b.name));
  const box = useRef();
  return html`<div class="choices" ref=${box} onKeyDown=${useMove('button')}>
    <label class="find"><span class="unseen">Search templates</span><${Icon} name="search" />
      <input type="search" data-first placeholder="Search templates" value=${q} onInput=${(event) => setQ(event.target.value)}
        onKeyDown=${(event) => {
          if (event.key === 'Enter') { event.preventDefault(); if (shown[0]) onChoose(shown[0]); }
          if (event.key === 'ArrowDown') { event.preventDefault(); event.stopPropagation(); box.current.querySelector('button')?.focus(); }
        }} /></label>
    <ul aria-label="Approved templates">${shown.map((one) => html`<li key=${one.id}><button type="button" aria-pressed=${chosen?.id === one.id} data-name=${one.name} onClick=${() => onChoose(one)}>
      <span class="cut"><b>${one.name}</b> <small>${one.language}</small></span><span class="cut" dir="auto">${view(componentsOf(one)).body.replace(/[\uE000\uE001]/g, '')}</span></button></li>`)}</ul>
    ${hasMore && html`<${Button} kind="quiet" onClick=${more} busy=${loading}>More<//>`}
    ${!shown.length && !loading && html`<p class="hint">No approved template ${q ? 'is called so' : 'for this channel'}.</p>`}</div>`;
}

/** `onSent` is called when it is on its way. */
export function Picker({ conversation, contact, add, drop, onSent }) {
  const pages = usePages('/api/v1/templates', { channel: conversation.channel, status: 'APPROVED' }, { limit: 200 });
  const [chosen, setChosen] = useState(null);
  const [values, setValues] = useState({});
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const pending = useRef(null);
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  const all = useMemo(() => (chosen ? componentsOf(chosen) : []), [chosen]);
  const wanted = useMemo(() => slots(all), [all]);
  const lacking = missing(all, values);
  const why = chosen && blocked(chosen);
  const form = useRef();
  const choose = (one) => { setChosen(one); setValues({}); setError(null); pending.current = null; };
  useEffect(() => { if (chosen) (form.current?.querySelector('[data-first]') ?? form.current?.querySelector('[type=submit]'))?.focus(); }, [chosen]);
  const send = async (event) => {
    event.preventDefault();
    if (busy || why || lacking.length > 0) return;
    const template = message(chosen, values);
    const said = JSON.stringify(template);
    if (pending.current?.said !== said) pending.current = { said, key: newKey() };
    setBusy(true);
    setError(null);
    try {
      await sendOnce({ conversation, contact, content: { type: 'template', template }, key: pending.current.key, add, drop });
      pending.current = null;
      choose(null);
      onSent?.();
    } catch (failed) {
      setError(failed);
      if (!here.current) toast(`The template was not sent: ${failed.detail ?? failed.message}`, 'bad');
      if (failed.status && failed.status < 500) pending.current = null;
    }
    setBusy(false);
  };
  if (pages.error) return html`<${Problem} error=${pages.error} again=${pages.reload} />`;
  if (!pages.rows.length) {
    return pages.loading ? html`<${Loading} label="Templates" />`
      : html`<${Empty} icon="template" title="No approved template">Make one under <a href="#/templates">Templates</a>; WhatsApp reviews it.<//>`;
  }
  return html`<div class=${`picker ${chosen ? 'has-chosen' : ''}`}>
    <${Choices} pages=${pages} chosen=${chosen} onChoose=${choose} />
    ${chosen ? html`<form ref=${form} class="picker-fill" onSubmit=${send}>
        <header class="row"><${Button} kind="quiet" icon="back" class="picker-back" aria-label="Choose another template" title="Another template" onClick=${() => choose(null)} /><b>${chosen.name}</b><small>${chosen.language}</small>${chosen.category && html`<${Badge} tone="plain">${chosen.category.toLowerCase()}<//>`}</header>
        <div class="picker-sides"><div class="form">
          ${why && html`<p class="note is-wait">${why}</p>`}
          ${!why && wanted.map((slot, at) => html`<${Slot} key=${chosen.id + slot.key} slot=${slot} value=${values[slot.key]} channel=${conversation.channel} first=${at === 0}
            onValue=${(value) => setValues((was) => ({ ...was, [slot.key]: value }))} />`)}
          ${!why && !wanted.length && html`<p class="hint">Nothing to fill in.</p>`}
          ${error && html`<${Problem} error=${error} />`}</div>
        <div class="preview" aria-label="What the contact will see" role="group"><div class="bubble is-mine"><${Card} seen=${view(all, values)} /></div></div></div>
        <footer class="acts"><span class="hint">${lacking.length > 0 && !why ? `${lacking.length} to fill in` : ''}</span>
          <${Button} kind="primary" icon="send" type="submit" busy=${busy} disabled=${!!why || lacking.length > 0}>Send template<//></footer></form>`
      : html`<p class="picker-none hint">Choose a template: its text appears here as the contact will see it.</p>`}
  </div>`;
}
