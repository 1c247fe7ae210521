// One endpoint: how it is doing, its deliveries, and what can be done about them.
import { del, patch, post, useGet } from '../api.js';
import { Badge, Button, Confirm, Facts, Head, Id, Loading, Menu, Problem, Time, absolute, compact, count, go, html, href, percent, toast, useAct, useState } from '../ui.js';
import { may } from '../shell/side.js';
import { Ask, Rotate } from './manage/ask.js';
import { Deliveries } from './endpoints/deliveries.js';
import { Delivery } from './endpoints/delivery.js';
import { Form } from './endpoints/form.js';

const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export default function Endpoint({ params, session }) {
  const { id, delivery, state, event, failures, tried } = params;
  const path = `/api/v1/endpoints/${encodeURIComponent(id)}`;
  const endpoint = useGet(path, {}, { live: true });
  const stats = useGet(`${path}/stats`, {}, { live: true });
  const [asks, setAsks] = useState(null);
  const [turn, setTurn] = useState(0);
  const operates = may(session, 'operate');
  const done = () => setAsks(null);
  const anew = () => { stats.reload(); setTurn((was) => was + 1); };
  const open = (one) => go(href('endpoints', id, { state, event, failures, tried, delivery: one }), { replace: true });
  const [test, testing] = useAct(async () => { open((await post(`${path}/test`)).id); anew(); });
  const [enable, enabling] = useAct(async () => { endpoint.set(await post(`${path}/enable`)); anew(); toast('Enabled: what waited is delivered now.'); });
  const it = endpoint.data;
  const back = { to: href('endpoints'), label: 'Endpoints' };
  if (!it) return html`<div class="page"><${Head} title="Endpoint" back=${back} /><${Problem} error=${endpoint.error} again=${endpoint.reload} />${endpoint.loading && html`<${Loading} />`}</div>`;
  const off = it.disabled_at;
  const now = stats.data ?? {};
  const to = (of, value) => html`<a href=${href('endpoints', id, of)}>${value}</a>`;
  const figure = (name, value) => html`<div class="card figure-card"><span>${name}</span><b>${value}</b></div>`;
  const act = (label, icon, name, danger) => ({ label, icon, danger, onClick: () => setAsks(name) });
  const recover = async ({ since }) => {
    const { deliveries: n } = await post(`${path}/recover`, { since: new Date(since).toISOString() });
    toast(n ? `${count(n)} ${n === 1 ? 'delivery goes' : 'deliveries go'} out again.` : 'Nothing that was made since then has failed.');
    anew();
  };
  const rotate = async (overlap_seconds) => {
    const { secret } = await post(`${path}/rotate-secret`, { overlap_seconds });
    return { secret, word: 'Signing secret', says: overlap_seconds ? 'Until the old secret ends each delivery is signed with both: a program that knows either accepts it.' : 'Deliveries are signed with this one alone.' };
  };
  return html`<div class="page">
    <${Head} title=${it.description || new URL(it.url).host} back=${back} note=${html`<${Badge} state=${off ? 'disabled' : 'enabled'} />${now.failing > 0 && html`<${Badge} tone="bad">failing</${Badge}>`}<code class="breaks">${it.url}</code>`}>
      ${operates && html`<${Button} icon="clock" onClick=${() => setAsks('recover')}>Recover…</${Button}>
        <${Button} icon="send" busy=${testing.busy} disabled=${!!off} onClick=${test}>Send test</${Button}>`}
      ${may(session, 'administer') && html`<${Menu} label="More" items=${[act('Edit', 'edit', 'edit'), act('Rotate secret…', 'key', 'rotate'), !off && act('Disable…', 'pause', 'disable'),
        act('Delete…', 'trash', 'delete', true)]} />`}</${Head}>
    <${Problem} error=${testing.error ?? enabling.error} />
    ${off && html`<div class="note is-bad" role="status"><div class="grow"><strong>Disabled <${Time} at=${off} />: ${it.disabled_reason}</strong>
      <p>Nothing is delivered. What it misses waits, and is delivered once it is enabled.</p></div>
      ${operates && html`<${Button} kind="primary" icon="play" busy=${enabling.busy} onClick=${enable}>Enable</${Button}>`}</div>`}
    <div class="numbers">
      ${figure('Succeeded tries, 24 h', html`${to({ state: 'delivered', tried: 24 }, html`${percent(now.success_rate_24h)} <small>${compact(now.succeeded_24h)}</small>`)} <small>of ${to({ tried: 24 }, compact(stats.data && now.succeeded_24h + now.failed_24h))}</small>`)}
      ${figure('Failed tries, 24 h', to({ failures: true, tried: 24 }, compact(now.failed_24h)))}
      ${figure('Waiting', html`${to({ state: 'pending' }, compact(now.waiting))} ${now.failing > 0 && html`<small class="is-bad">${to({ state: 'failing' }, html`${compact(now.failing)} failing`)}</small>`}`)}
      ${figure('Next try', to({ state: 'pending' }, html`<${Time} at=${off ? null : now.next_try_at} />`))}</div>
    <${Deliveries} endpoint=${it} params=${params} turn=${turn} onOpen=${(row) => open(row.id)} />
    <section class="card" aria-label="About it"><${Facts} of=${[
      ['Events', it.event_types.join(', ') || 'all'], ['Channels', it.channels.join(', ') || 'all'],
      ['Id', html`<${Id} id=${it.id} />`], ['Created', absolute(it.created_at)], ['Changed', html`<${Time} at=${it.updated_at} />`],
    ]} /></section>
    ${delivery && html`<${Delivery} key=${delivery} id=${delivery} endpoint=${it} operates=${operates} onClose=${() => open()} onChange=${anew} />`}
    ${asks === 'edit' && html`<${Form} endpoint=${it} onClose=${done} onDone=${(changed) => { endpoint.set(changed); toast('Saved.'); }} />`}
    ${asks === 'rotate' && html`<${Rotate} title="Rotate the secret" onClose=${done} send=${rotate}
      says="A new secret signs the deliveries from now on. For the time of the overlap each carries both signatures, so that nothing is refused until your program has the new one." />`}
    ${asks === 'recover' && html`<${Ask} title="Recover deliveries" word="Recover" start=${{ since: local(Date.now() - 86_400_000) }} ready=${({ since }) => since && !off} onClose=${done} send=${recover}
      fields=${[['since', 'Made since', { type: 'datetime-local', max: local(Date.now()), required: true }]]}>${() => html`<p>Deliveries made since then that failed for good, or wait for another try, go out at once, with all their tries
        before them. Your program may have seen some of them: each has the <code>id</code> of its event.</p>${off && html`<p class="note is-wait">The endpoint is disabled: enable it first.</p>`}`}</${Ask}>`}
    ${asks === 'disable' && html`<${Confirm} title="Disable this endpoint?" word="Disable" danger onClose=${done}
      onYes=${async () => { endpoint.set(await patch(path, { disabled: true })); anew(); }}><p>Nothing is delivered to it from now on. Events for it are kept, and delivered once it is enabled again.</p></${Confirm}>`}
    ${asks === 'delete' && html`<${Confirm} title="Delete this endpoint?" word="Delete" danger onClose=${done} onYes=${async () => { await del(path); toast('Deleted.'); go(href('endpoints')); }}>
      <p>${now.waiting > 0 && html`<strong>What waits for it is canceled.</strong> `}It gets no more events. Deliveries that were made stay as history. This cannot be undone.</p></${Confirm}>`}</div>`;
}
