// A day at a glance: figures that link to the lists behind them, and how they came about.
import { Button, Empty, Head, Loading, Problem, compact, count, duration, href, html, useEffect, useMemo, useState } from '../ui.js';
import { useGet } from '../api.js';
import { placesOf } from '../shell/side.js';
import { Chart } from './chart.js';

const SPANS = [[1, '1 h'], [6, '6 h'], [24, '24 h']];

/** The shortest span that holds all that the gateway has counted: what is null it has not. */
function spanOf({ now, minutes }) {
  const first = minutes.find((one) => one.in !== null || one.dead_letters);
  const since = first ? (new Date(now) - new Date(first.at)) / 3_600_000 : 0;
  return SPANS.find(([n]) => since <= n)?.[0] ?? 24;
}

const rateOf = (n, seconds) => (n === null ? null : n / seconds);

/** The columns of the charts out of the buckets. */
function columnsOf({ minutes, bucket_seconds: seconds }) {
  const of = (pick) => minutes.map((one) => pick(one) ?? null);
  const codes = {};
  for (const one of minutes) for (const [code, n] of Object.entries(one.errors ?? {})) codes[code] = (codes[code] ?? 0) + n;
  const worst = Object.entries(codes).sort((a, b) => b[1] - a[1]);
  const shown = worst.slice(0, 5).map(([code]) => code);
  const rest = worst.length > shown.length;
  const other = (one) => Object.entries(one.errors ?? {}).reduce((sum, [code, n]) => (shown.includes(code) ? sum : sum + n), 0);
  return {
    times: minutes.map((one) => new Date(one.at) / 1000),
    in: of((one) => rateOf(one.in, seconds)), out: of((one) => rateOf(one.out, seconds)),
    p50: of((one) => one.ack_p50_ms), p99: of((one) => one.ack_p99_ms), lag: of((one) => one.delivery_lag_ms),
    letters: of((one) => one.dead_letters),
    errors: [...shown.map((code) => ({ name: code, values: of((one) => one.errors?.[code] ?? 0) })),
      ...(rest ? [{ name: 'other', code: worst.slice(5).map(([code]) => code).join(','), values: of(other) }] : [])],
    codes: worst,
  };
}

function Figure({ name, value, to, bad, note }) {
  const inside = html`<span class="figure-name">${name}</span><span class="figure-value" title=${count(value)}>${compact(value)}</span>
    <span class="figure-note">${note}</span>`;
  const style = `figure ${bad && value ? 'is-bad' : ''}`;
  return to ? html`<a class=${style} href=${to}>${inside}</a>` : html`<div class=${style}>${inside}</div>`;
}

const rate = (value) => (value === null ? '–' : value === 0 ? '0' : value < 0.1 ? value.toFixed(3) : value < 10 ? value.toFixed(2) : count(Math.round(value)));
const plain = (value) => (value === null ? '–' : count(value));

export default function Overview({ session }) {
  const [hours, setHours] = useState(null);
  const { data, error, reload } = useGet(session.channels ? null : '/api/v1/overview', { hours: hours ?? 24 }, { live: true });
  useEffect(() => { if (data && !hours) setHours(spanOf(data)); }, [data, hours]);
  const columns = useMemo(() => data && columnsOf(data), [data]);
  const reach = (path, params) => (placesOf(session).some((place) => place.path === path) ? href(path, params ?? {}) : null);
  const spans = html`<div class="row" role="group" aria-label="Time span">${SPANS.map(([n, name]) => html`
    <${Button} aria-pressed=${hours === n} onClick=${() => setHours(n)}>${name}</${Button}>`)}</div>`;
  if (session.channels) {
    return html`<div class="page"><${Head} title="Overview" />
      <${Empty} icon="overview" title="The overview is of the whole gateway">Your key is limited to some channels. Their figures are with each channel.</${Empty}></div>`;
  }
  if (error && !data) return html`<div class="page"><${Head} title="Overview" /><${Problem} error=${error} again=${reload} /></div>`;
  if (!data || !hours) return html`<div class="page"><${Head} title="Overview">${spans}</${Head}><${Loading} /></div>`;
  const { totals } = data;
  const x = columns.times;
  return html`<div class="page overview"><${Head} title="Overview">${spans}</${Head}>
    ${error && html`<${Problem} error=${error} again=${reload} />`}
    <section class="figures" aria-label="Figures">
      <${Figure} name="In" value=${totals.in} note="messages received" to=${href('messages', { direction: 'inbound', hours })} />
      <${Figure} name="Out" value=${totals.out} note="messages taken by WhatsApp" to=${href('messages', { direction: 'outbound', accepted: true, hours })} />
      <${Figure} name="In the queue" value=${totals.queue} note="wait for their turn" to=${href('messages', { state: 'queued,scheduled' })} />
      <${Figure} name="Unknown" bad value=${totals.unknown} note="perhaps sent" to=${href('messages', { state: 'unknown' })} />
      <${Figure} name="Dead letters" bad value=${totals.dead_letters} note="wait for a person" to=${reach('dead-letters')} />
      <${Figure} name="Paused channels" bad value=${totals.paused_channels} note="send nothing" to=${reach('channels', { state: 'paused' })} />
      <${Figure} name="Failing endpoints" bad value=${totals.failing_endpoints} note="are tried again" to=${reach('endpoints', { state: 'failing' })} />
      <${Figure} name="Disabled endpoints" bad value=${totals.disabled_endpoints} note="get nothing" to=${reach('endpoints', { state: 'disabled' })} />
    </section>
    <section class="charts" aria-label="Charts">
      <${Chart} title="Messages per second" x=${x} format=${rate} to=${href('messages', { hours })} word="Messages"
        series=${[{ name: 'in', values: columns.in, colour: 1, fill: true, to: href('messages', { direction: 'inbound', hours }) },
          { name: 'out', values: columns.out, colour: 2, fill: true, to: href('messages', { direction: 'outbound', accepted: true, hours }) }]} />
      <${Chart} title="Acknowledged within" x=${x} format=${duration} to=${href('messages', { direction: 'inbound', hours })} word="Messages"
        series=${[{ name: 'p50', values: columns.p50, colour: 1 }, { name: 'p99', values: columns.p99, colour: 3 }]}
        empty="No notification came in this time." />
      <${Chart} title="Delivery lag" x=${x} format=${duration} to=${reach('endpoints')} word="Endpoints"
        series=${[{ name: 'lag', values: columns.lag, colour: 5, fill: true }]} empty="Nothing was delivered in this time." />
      <${Chart} title="Errors by code" x=${x} format=${plain} to=${href('errors', { hours })} word="Errors" bars
        series=${columns.errors.map((one, at) => ({ ...one, colour: [4, 3, 5, 2, 6, 1][at], to: href('errors', { code: one.code ?? one.name, hours }) }))}
        empty="WhatsApp refused nothing in this time." />
      <${Chart} title="Dead letters" x=${x} format=${plain} to=${reach('dead-letters', { state: 'any', hours })} word="Dead letters" bars
        series=${[{ name: 'made', values: columns.letters, colour: 4 }]} empty="None was made in this time." />
    </section></div>`;
}
