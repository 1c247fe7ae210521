// One chart: uPlot in the page's colours, as wide as its card; arrow keys tell its figures to who has no mouse or cannot see it.
import uPlot from '../vendor/uplot.js';
import { clockOf, html, useEffect, useRef, useState } from '../ui.js';

const HEIGHT = 168;
const dark = matchMedia('(prefers-color-scheme: dark)');
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/** The cursor is at the same time on all charts. */
const together = uPlot.sync('overview');

/** Bars that stand on each other are drawn from the sum down. */
function stacked(values) {
  const sums = values[0]?.map(() => 0) ?? [];
  return values.map((one) => one.map((value, at) => (sums[at] += value ?? 0)));
}

/** Values between gaps, which no line would show. */
function alone(plot, series) {
  const values = plot.data[series];
  const has = (at) => values[at] !== null && values[at] !== undefined;
  return values.map((_, at) => at).filter((at) => has(at) && !has(at - 1) && !has(at + 1));
}

function optionsOf({ series, format, bars, width, onCursor }) {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour('--ink-2'), font, ticks: { show: false }, grid: { stroke: colour('--line'), width: 1 } };
  const paths = bars ? uPlot.paths.bars({ size: [0.8, 18], align: 1 }) : uPlot.paths.linear();
  const lines = series.map((one) => {
    const stroke = colour(`--chart-${one.colour}`);
    return {
      label: one.name, stroke, width: bars ? 0 : 1.6, paths, spanGaps: false,
      points: bars ? { show: false } : { show: true, size: 5, fill: stroke, filter: alone },
      fill: bars ? stroke : one.fill ? `${stroke}24` : undefined,
    };
  });
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, 4, 0, 0],
    cursor: { sync: { key: together.key }, points: { size: 6 }, drag: { x: false, y: false }, y: false },
    scales: { y: { range: (_, low, high) => [0, high > 0 ? high * 1.12 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, space: 70, size: 26, values: (_, times) => times.map((at) => clockOf(at * 1000)) },
      { ...axis, size: 52, space: 34, values: (_, values) => values.map((value) => format(value)) },
    ],
    series: [{}, ...(bars ? lines.toReversed() : lines)],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx)] },
  };
}

export function Chart({ title, x, series, format, bars, empty, to, word }) {
  const box = useRef();
  const plot = useRef();
  const [at, setAt] = useState(null);
  const [theme, setTheme] = useState(dark.matches);
  const hasValues = series.some((one) => one.values.some((value) => value !== null && (value > 0 || !empty)));
  const shape = JSON.stringify([series.map((one) => [one.name, one.colour]), theme, hasValues]);
  const data = () => {
    const values = series.map((one) => one.values);
    return [x, ...(bars ? stacked(values).toReversed() : values)];
  };
  useEffect(() => {
    const changed = () => setTheme(dark.matches);
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);
  useEffect(() => {
    if (!hasValues) return undefined;
    const { current: room } = box;
    const options = optionsOf({ series, format, bars, width: room.clientWidth, onCursor: setAt });
    plot.current = new uPlot(options, data(), room);
    const sized = new ResizeObserver(() => plot.current?.setSize({ width: room.clientWidth, height: HEIGHT }));
    sized.observe(room);
    return () => { sized.disconnect(); plot.current.destroy(); plot.current = null; };
  }, [shape]);
  useEffect(() => { plot.current?.setData(data()); }, [x, series]);
  const shown = at ?? x.length - 1;
  const valueOf = (one) => format(one.values[shown] ?? null);
  const time = x[shown] ? clockOf(x[shown] * 1000) : '';
  const move = (event) => {
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, PageUp: shown - 12, PageDown: shown + 12, Home: 0, End: x.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    plot.current?.setCursor({ left: plot.current.valToPos(x[Math.max(0, Math.min(x.length - 1, to))], 'x'), top: 0 });
  };
  return html`<figure class="card chart"><figcaption><h2>${title}</h2>
      ${to && html`<a href=${to} aria-label=${`${word}: ${title}`}>${word}</a>`}</figcaption>
    ${hasValues ? html`<p class="chart-legend">${series.map((one) => html`<span><i class=${`mark-${one.colour}`} />${one.to ? html`<a href=${one.to}>${one.name}</a>` : one.name}
        <b>${valueOf(one)}</b></span>`)}<time class="muted">${time}</time></p>
      <div class="chart-box" ref=${box} role="slider" tabindex="0" onKeyDown=${move} onBlur=${() => plot.current?.setCursor({ left: -10, top: -10 })}
        aria-valuemin="0" aria-valuemax=${x.length - 1} aria-valuenow=${shown} aria-valuetext=${`${time}: ${series.map((one) => `${one.name} ${valueOf(one)}`).join(', ')}`} aria-label=${`${title}: ${series.map((one) => `${one.name} at most ${format(Math.max(...one.values.map((value) => value ?? 0)))}`).join(', ')}`} />`
      : html`<p class="chart-none muted">${empty ?? 'Nothing in this time.'}</p>`}</figure>`;
}
