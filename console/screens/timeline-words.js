// How each thing that can happen to a message is told.
import { Time, absolute, duration, href, html, Id, words } from '../ui.js';

const DOORS = { api: 'through the API', graph: 'through the Graph-compatible API', nats: 'through NATS', console: 'from the console' };
const BAD = ['failed', 'expired', 'requires_template', 'undelivered'];
const id = (value, to) => html`<${Id} id=${value} to=${to} />`;

const TELLERS = {
  received: (one) => ({
    title: 'Received', tone: 'good', detail: 'The notification is on disk and was acknowledged.',
    facts: [html`sent <${Time} at=${one.sent_at} exact />`, one.notification && `notification ${one.notification}`],
  }),
  accepted: (one) => ({
    title: 'Accepted', tone: 'good', detail: `On disk; it came ${DOORS[one.door] ?? `through ${one.door}`}.`,
    facts: [one.caller && html`by ${id(one.caller)}`, one.request_id && html`request ${id(one.request_id)}`],
  }),
  scheduled: (one) => ({ title: 'Scheduled', tone: 'wait', detail: `It waits until ${absolute(one.until)}.` }),
  queued: () => ({ title: 'Queued', tone: 'plain', detail: 'The policy lets it pass; it waits for its turn.' }),
  waits: (one) => ({
    title: 'Waits', tone: 'wait',
    detail: one.why === 'channel_paused' ? `The channel is paused: ${one.reason}.`
      : one.why === 'pair_rate' ? `This user got many messages at once; WhatsApp wants a rest of six seconds for each. It goes out after ${absolute(one.until)}.`
      : words(one.why),
  }),
  refused: (one) => ({
    title: 'Refused by policy', tone: 'bad', badge: one.state, detail: one.error, facts: [one.code && `code ${one.code}`],
  }),
  attempt: (one) => ({
    title: `Attempt ${one.attempt}`, badge: one.outcome,
    tone: one.outcome === 'accepted' ? 'good' : !one.outcome ? 'wait' : one.outcome === 'retry' || one.outcome === 'put_back' ? 'wait' : 'bad',
    detail: one.error ? html`<strong>${one.error}</strong>${one.details && one.details !== one.error ? ` ${one.details}` : ''}${one.advice ? html`<br />${one.advice}` : ''}`
      : one.outcome === 'accepted' ? 'The carrier took it.' : one.outcome ? null : 'The call is under way, or its answer was lost.',
    facts: [one.http_status && `HTTP ${one.http_status}`, one.code && `code ${one.code}`, one.duration_ms !== undefined && duration(one.duration_ms)],
  }),
  status: (one) => {
    const [fault] = one.errors ?? [];
    const bad = BAD.includes(one.status);
    // WhatsApp's times are whole seconds.
    const late = new Date(one.received_at) - new Date(one.reported_at);
    return {
      title: 'Status', badge: one.status, tone: bad ? 'bad' : 'good',
      detail: fault && html`<strong>${fault.title ?? fault.message}</strong> ${fault.error_data?.details ?? ''}`,
      facts: [fault?.code && `code ${fault.code}`, one.pricing?.category && `${words(one.pricing.category)} · ${one.pricing.billable ? 'billed' : 'free'}`,
        late >= 2000 && `heard of ${duration(late)} later`],
    };
  },
  canceled: () => ({ title: 'Canceled', tone: 'plain', detail: 'It was taken back before it was sent.' }),
  event: (one) => ({ title: html`Event <code>${one.type}</code>`, tone: 'plain', facts: [id(one.id)] }),
  delivery: (one) => ({
    title: one.attempt ? `Delivery, attempt ${one.attempt}` : 'Delivery', badge: one.state,
    tone: { delivered: 'good', failed: 'bad', pending: 'wait' }[one.state] ?? 'plain', detail: one.error,
    facts: [one.status_code && `HTTP ${one.status_code}`, one.duration_ms !== undefined && duration(one.duration_ms),
      one.next_try_at && html`next try <${Time} at=${one.next_try_at} />`, id(one.id)],
    link: { to: href('endpoints', one.endpoint_id, { delivery: one.id }), label: 'Endpoint' },
  }),
  dead_letter: (one) => ({
    title: 'Dead letter', tone: 'bad', detail: one.reason, facts: [`of a ${one.kind}`],
    link: { to: href('dead-letters', one.id), label: 'Look at it' },
  }),
  resolved: (one) => ({
    title: 'Settled', badge: one.resolution === 'resent' || one.resolution === 'retried' ? 'resolved' : undefined, tone: 'good',
    detail: words(one.resolution), link: { to: href('dead-letters', one.id), label: 'Dead letter' },
  }),
};

/** `{title, tone, badge, detail, facts, link}` of an entry; of one that nobody knew of, its name. */
export function tell(entry) {
  const told = TELLERS[entry.what]?.(entry) ?? { title: words(entry.what), tone: 'plain' };
  return { ...told, facts: told.facts?.filter(Boolean) };
}
