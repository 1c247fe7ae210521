// Templates: how each stands with Meta, how it looks, and what may be done with it.
import { html, useEffect, useMemo, useRef, useState, Badge, Button, Empty, Field, Head, Loading, Problem, Table, Time, go, href, toast, useAct, words } from '../ui.js';
import { post, useEvents, useGet, usePages } from '../api.js';
import { Detail, reasonOf } from './templates/detail.js';
import { Editor } from './templates/editor.js';

const STATES = ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'PENDING_DELETION', 'DELETED'];
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];
const all = (list) => [['', 'All'], ...list.map((one) => [one, words(one.toLowerCase())])];

export default function Templates({ params = {}, session }) {
  const { id, channel = '', status = '', category = '' } = params;
  const [q, setQ] = useState('');
  const pages = usePages('/api/v1/templates', { channel, status, category }, { limit: 200, live: true });
  const channels = useGet('/api/v1/channels', { limit: 500 });
  const [editing, setEditing] = useState(null);
  const mayChange = ['admin', 'operator'].includes(session.role);
  const filter = (change) => go(href('templates', { channel, status, category, ...change }), { replace: true });
  const listed = pages.rows.find((one) => one.id === id);
  const single = useGet(id && !listed && !pages.loading ? `/api/v1/templates/${encodeURIComponent(id)}` : null);
  // One that has left the list by a filter stays open.
  const last = useRef();
  const chosen = last.current = listed ?? single.data ?? (last.current?.id === id ? last.current : null);

  const timer = useRef();
  useEvents({ types: ['template', 'resync'] }, () => { clearTimeout(timer.current); timer.current = setTimeout(pages.reload, 150); });
  useEffect(() => () => clearTimeout(timer.current), []);
  // A search must see all of them.
  useEffect(() => { if (q && pages.hasMore && !pages.loading) pages.more(); }, [q, pages.hasMore, pages.loading]);
  const rows = useMemo(() => pages.rows.filter((one) => one.name.includes(q.trim().toLowerCase().replaceAll(' ', '_')))
    .sort((a, b) => a.name.localeCompare(b.name) || a.language.localeCompare(b.language)), [pages.rows, q]);

  const [refresh, refreshing] = useAct(async () => {
    const { data } = await post('/api/v1/templates/refresh', channel ? { channel } : {});
    const wrong = data.find((one) => one.error);
    const count = data.reduce((sum, one) => sum + (one.templates ?? 0), 0);
    if (wrong) toast(`Meta did not give all templates: ${wrong.error}`, 'bad');
    else toast(`${count} ${count === 1 ? 'template' : 'templates'} from Meta`);
    pages.reload();
  });
  const done = async (template) => {
    setEditing(null);
    await pages.reload();
    if (template?.id) go(href('templates', { channel, status, category, id: template.id }), { replace: true });
  };
  const gone = () => { filter({}); pages.reload(); };
  const columns = [
    { name: 'Name', class: 'template-name', cell: (one) => html`${one.name}<small>${one.language}</small>` },
    { name: 'Category', narrow: false, cell: (one) => words((one.category ?? '').toLowerCase()) },
    { name: 'State', cell: (one) => html`<${Badge} state=${one.status} />${one.rejected_reason && one.rejected_reason !== 'NONE' && html`<small class="reason">${reasonOf(one)}</small>`}` },
    { name: 'Quality', narrow: false, cell: (one) => (one.quality && one.quality !== 'UNKNOWN' ? html`<${Badge} state=${one.quality} />` : html`<span class="muted">–</span>`) },
    { name: 'Since', narrow: false, cell: (one) => html`<${Time} at=${one.status_at} />` },
  ];
  const filtered = channel || status || category || q;
  return html`<div class="page templates">
    <${Head} title="Templates" note=${pages.rows.length > 0 && `${rows.length}${pages.hasMore ? '+' : ''}`}>
      ${mayChange && html`<${Button} icon="retry" busy=${refreshing.busy} onClick=${refresh}>Refresh from Meta<//>
        <${Button} kind="primary" icon="plus" onClick=${() => setEditing({})}>New template<//>`}<//>
    <div class="filters">
      <${Field} label="Name" type="search" value=${q} onValue=${setQ} placeholder="Any part of it" />
      <${Field} label="State" as="select" options=${all(STATES)} value=${status} onValue=${(value) => filter({ status: value })} />
      <${Field} label="Category" as="select" options=${all(CATEGORIES)} value=${category} onValue=${(value) => filter({ category: value })} />
      ${(channels.data?.data.length ?? 0) > 1 && html`<${Field} label="Channel" as="select" value=${channel} onValue=${(value) => filter({ channel: value })}
        options=${[['', 'All'], ...channels.data.data.map((one) => [one.id, one.name ?? one.id])]} />`}
    </div>
    <${Problem} error=${pages.error ?? refreshing.error} again=${pages.error ? pages.reload : refresh} />
    ${rows.length > 0
      ? html`<${Table} label="Templates" columns=${columns} rows=${rows} current=${id} to=${(one) => href('templates', { channel, status, category, id: one.id })}
          hasMore=${pages.hasMore} more=${pages.more} loading=${pages.loading} />`
      : pages.loading ? html`<${Loading} label="Templates" />`
        : !pages.error && html`<${Empty} icon="template" title=${filtered ? 'No template is like that' : 'No template yet'}>
          ${filtered ? 'Take a filter off to see more.' : 'Templates are messages that Meta has approved: with them you may write first.'}<//>`}
    ${chosen && !editing && html`<${Detail} key=${chosen.id} template=${chosen} mayChange=${mayChange} onClose=${() => filter({})} onEdit=${() => setEditing(chosen)} onGone=${gone} />`}
    ${single.error && html`<${Problem} error=${single.error} />`}
    ${editing && html`<${Editor} template=${editing.id ? editing : null} channels=${channels.data?.data ?? []} channel=${channel} onClose=${() => setEditing(null)} onDone=${done} />`}
  </div>`;
}
