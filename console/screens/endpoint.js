// One endpoint: how it is doing, its deliveries, and what can be done about them.
import { del, patch, post, useEvents, useGet } from '../api.js';
import { Badge, Button, Confirm, Facts, Head, Id, Loading, Menu, Problem, Time, absolute, compact, count, go, html, href, percent, toast, useAct, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Deliveries } from './endpoints/deliveries.js';
import { Delivery } from './endpoints/delivery.js';
import { Form } from './endpoints/form.js';
import { Recover } from './endpoints/recover.js';
import { Rotate } from './endpoints/rotate.js';

const BACK = { to: href('endpoints'), label: 'Endpoints' };

const Figure = ({ name, to, children }) => html`<a class="card figure-card" href=${to}><span>${name}</span><b>${children}</b></a>`;

export default function Endpoint({ params, session }) {
  const { id, delivery } = params;
  const path = `/api/v1/endpoints/${encodeURIComponent(id)}`;
  const endpoint = useGet(path);
  const stats = useGet(`${path}/stats`, {}, { every: 3000 });
  const [asks, setAsks] = useState(null);
  const [turn, setTurn] = useState(0);
  const operates = may(session, 'operate');
  const administers = may(session, 'administer');
  const done = () => setAsks(null);
  const anew = () => { stats.reload(); setTurn((was) => was + 1); };
  const view = (more) => go(href('endpoints', id, { state: params.state, ...more }), { replace: true });
  useEvents({ types: ['endpoint_disabled', 'resync'] }, endpoint.reload);
  const [test, testing] = useAct(async () => {
    const made = await post(`${path}/test`);
    anew();
    view({ delivery: made.id });
  });
  const enable = async () => { endpoint.set(await post(`${path}/enable`)); anew(); toast('Enabled: what waited is delivered now.'); };
  const [enabling, enabled] = useAct(enable);
  if (endpoint.error && !endpoint.data) return html`<div class="page"><${Head} title="Endpoint" back=${BACK} /><${Problem} error=${endpoint.error} again=${endpoint.reload} /></div>`;
  if (!endpoint.data) return html`<${Loading} />`;
  const it = endpoint.data;
  const figures = stats.data ?? {};
  const off = it.disabled_at;
  const items = administers ? [
    { label: 'Edit', icon: 'edit', onClick: () => setAsks('edit') },
    { label: 'Rotate secret…', icon: 'key', onClick: () => setAsks('rotate') },
    !off && { label: 'Disable…', icon: 'pause', onClick: () => setAsks('disable') },
    { label: 'Delete…', icon: 'trash', danger: true, onClick: () => setAsks('delete') },
  ] : [];
  return html`<div class="page">
    <${Head} title=${it.description || new URL(it.url).host} back=${BACK}
        note=${html`<${Badge} state=${off ? 'disabled' : 'enabled'} /><code class="breaks">${it.url}</code>`}>
      ${operates && html`<${Button} icon="clock" onClick=${() => setAsks('recover')}>Recover…</${Button}>
        <${Button} icon="send" busy=${testing.busy} disabled=${!!off} onClick=${test}>Send test</${Button}>`}
      ${items.length > 0 && html`<${Menu} label="More" items=${items} />`}</${Head}>
    <${Problem} error=${testing.error ?? enabled.error} />
    ${off && html`<div class="note is-bad" role="status"><div class="grow"><strong>Disabled <${Time} at=${off} />: ${it.disabled_reason}</strong>
      <p>Nothing is delivered. What it misses waits, and is delivered once it is enabled.</p></div>
      ${operates && html`<${Button} kind="primary" icon="play" busy=${enabled.busy} onClick=${enabling}>Enable</${Button}>`}</div>`}
    <div class="figures">
      <${Figure} name="Succeeded, 24 h" to=${href('endpoints', id, { state: 'delivered' })}>${figures.success_rate_24h === null ? '–' : percent(figures.success_rate_24h)} <small>${compact(figures.succeeded_24h)}</small></${Figure}>
      <${Figure} name="Failed, 24 h" to=${href('endpoints', id, { state: 'failed' })}>${compact(figures.failed_24h)}</${Figure}>
      <${Figure} name="Waiting" to=${href('endpoints', id, { state: 'pending' })}>${compact(figures.waiting)}</${Figure}>
      <${Figure} name="Next try" to=${href('endpoints', id, { state: 'pending' })}><${Time} at=${off ? null : figures.next_try_at} /></${Figure}></div>
    <${Deliveries} endpoint=${it} state=${params.state} event=${params.event} turn=${turn} current=${delivery} onOpen=${(row) => view({ event: params.event, delivery: row.id })} />
    <section class="card" aria-label="About it"><${Facts} of=${[
      ['Events', it.event_types.length ? it.event_types.join(', ') : 'all'],
      ['Channels', it.channels.length ? it.channels.map((one, at) => html`${at > 0 && ', '}<a href=${href('channels', one)}>${one}</a>`) : 'all'],
      ['Id', html`<${Id} id=${it.id} />`], ['Created', absolute(it.created_at)], ['Changed', html`<${Time} at=${it.updated_at} />`],
    ]} /></section>
    ${delivery && html`<${Delivery} key=${delivery} id=${delivery} endpoint=${it} operates=${operates} onClose=${() => view({ event: params.event })} onChange=${anew} />`}
    ${asks === 'edit' && html`<${Form} endpoint=${it} onClose=${done} onDone=${(now) => { endpoint.set(now); done(); toast('Saved.'); }} />`}
    ${asks === 'rotate' && html`<${Rotate} path=${path} onClose=${done} />`}
    ${asks === 'recover' && html`<${Recover} path=${path} disabled=${!!off} onClose=${done} onDone=${anew} />`}
    ${asks === 'disable' && html`<${Confirm} title="Disable this endpoint?" word="Disable" danger onClose=${done}
      onYes=${async () => { endpoint.set(await patch(path, { disabled: true })); anew(); }}>
      <p>Nothing is delivered to it from now on. Events for it are kept and delivered once it is enabled again.</p></${Confirm}>`}
    ${asks === 'delete' && html`<${Confirm} title="Delete this endpoint?" word="Delete" danger onClose=${done}
      onYes=${async () => { await del(path); toast('Deleted.'); go(href('endpoints')); }}>
      <p>${figures.waiting ? html`<strong>${count(figures.waiting)} ${figures.waiting === 1 ? 'delivery that waits is' : 'deliveries that wait are'} canceled</strong>, and it` : 'It'}
        gets no more events. Deliveries that were made stay as history. This cannot be undone.</p></${Confirm}>`}</div>`;
}
