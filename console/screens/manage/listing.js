// A paged list with all that it may say instead of rows.
import { Empty, Loading, Problem, Table, html, href, useEffect, useMemo } from '../../ui.js';

/** `list` from `usePages`; `none` of `[title, icon, words]` for when there is nothing; the rest is the table's. */
export const Listing = ({ list, none, ...table }) => html`<${Problem} error=${list.error} again=${list.reload} />
  ${list.rows.length ? html`<${Table} rows=${list.rows} hasMore=${list.hasMore} more=${list.more} loading=${list.loading} ...${table} />`
    : list.loading ? html`<${Loading} />` : !list.error && html`<${Empty} title=${none[0]} icon=${none[1]}>${none[2]}</${Empty}>`}`;

/** Links that choose a list: `tabs` of `[value, label]`, put into the address `at` as `name`. */
export const Tabs = ({ label, tabs, current, at, name, params }) => html`<nav class="tabs" aria-label=${label}>${tabs.map(([value, text]) => html`
  <a href=${href(...at, { ...params, [name]: value })} aria-current=${current === value ? 'true' : undefined}>${text}</a>`)}</nav>`;

/** The list with only the rows that `fits` takes, for which all its pages are looked through; as it is without `fits`. */
export function useOnly(list, fits) {
  const { hasMore, loading, error, more } = list;
  const goesOn = !!fits && hasMore && !loading && !error;
  useEffect(() => { if (goesOn) more(); }, [goesOn]);
  return fits ? { ...list, rows: list.rows.filter(fits) } : list;
}

/** When the last `hours` began, as the API takes it; undefined without them. */
export const useSince = (hours) => useMemo(() => (hours > 0 ? new Date(Date.now() - Math.min(hours, 1e6) * 3_600_000).toISOString() : undefined), [hours]);

/** Says what a list is limited to; `all` is the address of the whole. */
export const Limited = ({ all, children }) => html`<p class="filter-note">Only ${children}. <a href=${all}>Show all</a></p>`;

export const Lately = ({ hours, all }) => hours > 0 && html`<${Limited} all=${all}>of the last <strong>${hours > 1 ? `${hours} hours` : 'hour'}</strong><//>`;
