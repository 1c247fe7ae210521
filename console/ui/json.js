// JSON as text one can read and copy: keys, texts and numbers in their own colours.
import { h } from '../vendor/preact.js';
import { useMemo, useState } from '../vendor/hooks.js';
import { Icon } from './icons.js';

const PART = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
// Beyond this a reader scrolls for long, and the colours cost more than they give.
const COLOURED = 60_000;

/** `value` is anything that JSON can say. */
export function JsonView({ value, label = 'JSON' }) {
  const [copied, setCopied] = useState(false);
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? 'null', [value]);
  const parts = useMemo(() => {
    if (text.length > COLOURED) return [text];
    const made = [];
    let end = 0;
    for (const found of text.matchAll(PART)) {
      if (found.index > end) made.push(text.slice(end, found.index));
      const kind = found[2] ? 'key' : found[1] ? 'text' : 'number';
      made.push(h('span', { class: `json-${kind}` }, found[1] ?? found[0]), found[2] ?? '');
      end = found.index + found[0].length;
    }
    made.push(text.slice(end));
    return made;
  }, [text]);
  const copy = async () => {
    await navigator.clipboard?.writeText(text).catch(() => {});
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  };
  return h('div', { class: 'json' },
    h('button', { type: 'button', class: 'copy', onClick: copy, 'aria-label': copied ? 'Copied' : `Copy ${label}` },
      h(Icon, { name: copied ? 'check' : 'copy' })),
    h('pre', { tabindex: 0, 'aria-label': label, role: 'region' }, parts));
}
