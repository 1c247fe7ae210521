// Which line of a JSON text a pointer means, and where a text stops being JSON.

/** The lines (from 0) of all pointers of a text; what makes it no JSON is thrown as `{line, detail}`. */
export function linesOf(text) {
  const lines = new Map();
  let at = 0;
  let line = 0;
  const fail = (detail, where = line) => { throw { line: where, detail }; };
  const blank = () => {
    for (; at < text.length && ' \t\r\n'.includes(text[at]); at += 1) if (text[at] === '\n') line += 1;
  };
  const parsed = (began, detail) => {
    try { return JSON.parse(text.slice(began, at)); } catch { return fail(detail(text.slice(began, at))); }
  };
  const quoted = () => {
    const began = at;
    for (at += 1; at < text.length && text[at] !== '"' && text[at] !== '\n'; at += 1) if (text[at] === '\\') at += 1;
    if (text[at] !== '"') fail('A text does not end: its second quote is missing.');
    at += 1;
    return parsed(began, () => 'A backslash or a control character in this text means nothing.');
  };
  const bare = (where) => {
    const began = at;
    while (at < text.length && !'{}[],:" \t\r\n'.includes(text[at])) at += 1;
    if (at === began) fail('A value is missing.', where);
    parsed(began, (word) => `“${word}” is no value: a text stands in quotes.`);
  };
  const value = (pointer) => {
    const asked = line;
    blank();
    if (!lines.has(pointer)) lines.set(pointer, line);
    const open = text[at];
    if (open === '"') { quoted(); return; }
    if (open !== '{' && open !== '[') { bare(asked); return; }
    const close = open === '{' ? '}' : ']';
    at += 1;
    blank();
    if (text[at] === close) { at += 1; return; }
    for (let index = 0; ; index += 1) {
      let name = index;
      if (open === '{') {
        if (text[at] !== '"') fail('A name in quotes is missing.');
        const began = line;
        name = quoted().replaceAll('~', '~0').replaceAll('/', '~1');
        lines.set(`${pointer}/${name}`, began);
        blank();
        if (text[at] !== ':') fail('A colon is missing behind the name.', began);
        at += 1;
      }
      value(`${pointer}/${name}`);
      const ended = line;
      blank();
      if (text[at] === close) { at += 1; return; }
      if (text[at] !== ',') fail(at < text.length ? 'A comma is missing behind this.' : `The ${close} of a ${open} is missing.`, ended);
      const comma = line;
      at += 1;
      blank();
      if (text[at] === close) fail('Nothing follows this comma: it is one too many.', comma);
    }
  };
  value('');
  blank();
  if (at < text.length) fail('Here is more than one message.');
  return lines;
}

/** The line of a pointer, or of what it would stand in if it is not there. */
export function lineOf(text, pointer) {
  let lines;
  try { lines = linesOf(text); } catch { return 0; }
  for (let look = pointer; ; look = look.slice(0, look.lastIndexOf('/'))) {
    if (lines.has(look)) return lines.get(look);
    if (!look) return 0;
  }
}

const OBJECT = { line: 0, detail: 'A message is a JSON object: { … }.' };

/** `{value}` of a text that is a JSON object, or `{fault: {line, detail}}`. */
export function read(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? { value } : { fault: OBJECT };
  } catch {
    // The browser's own words name no place of some faults.
    try { linesOf(text); } catch (fault) { if (fault.detail && text.trim()) return { fault: { line: fault.line, detail: `This is not JSON. ${fault.detail}` } }; }
    return { fault: OBJECT };
  }
}
