// A text as WhatsApp draws it: *bold*, _italic_, ~struck~, `code`, links; values of templates apart.
import { html } from '../../ui.js';
import { VALUE } from '../templates/parts.js';

const [OPEN, CLOSE] = VALUE;
const around = (sign) => `(?<![\\w${sign}])\\${sign}(?=\\S)([^\\n${sign}]+?)(?<=\\S)\\${sign}(?![\\w${sign}])`;
const RULES = new RegExp([
  '```([\\s\\S]+?)```', '`([^`\\n]+)`', around('*'), around('_'), around('~'),
  '(https?:\\/\\/[^\\s<>"]+[^\\s<>".,;:!?)\\]])', `${OPEN}([^${CLOSE}]*)${CLOSE}`,
].join('|'), 'g');

/** The text as nodes. */
export function rich(text) {
  const nodes = [];
  let end = 0;
  for (const found of String(text ?? '').matchAll(RULES)) {
    const [whole, block, code, bold, italic, struck, link, value] = found;
    nodes.push(text.slice(end, found.index));
    end = found.index + whole.length;
    if (block ?? code) nodes.push(html`<code>${block ?? code}</code>`);
    else if (bold) nodes.push(html`<strong>${rich(bold)}</strong>`);
    else if (italic) nodes.push(html`<em>${rich(italic)}</em>`);
    else if (struck) nodes.push(html`<s>${rich(struck)}</s>`);
    else if (link) nodes.push(html`<a href=${link} target="_blank" rel="noopener noreferrer">${link}</a>`);
    else nodes.push(html`<mark class="value">${rich(value)}</mark>`);
  }
  nodes.push(String(text ?? '').slice(end));
  return nodes;
}
