// Which line of a JSON text a pointer means, and where a text stops being JSON.

/** The lines (from 0) of all pointers of a text that is JSON. */
export function linesOf(text) {
  const lines = new Map();
  let at = 0;
  let line = 0;
  const blank = () => {
    for (; at < text.length && ' \t\r\n'.includes(text[at]); at += 1) if (text[at] === '\n') line += 1;
  };
  const word = () => {
    const began = at;
    if (text[at] === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      at += 1;
      return JSON.parse(text.slice(began, at));
    }
    while (at < text.length && !',]} \t\r\n'.includes(text[at])) at += 1;
    return null;
  };
  const value = (pointer) => {
    blank();
    if (!lines.has(pointer)) lines.set(pointer, line);
    const open = text[at];
    if (open !== '{' && open !== '[') { word(); return; }
    const close = open === '{' ? '}' : ']';
    at += 1;
    for (let index = 0; ; index += 1) {
      blank();
      if (at >= text.length || text[at] === close) { at += 1; return; }
      let name = index;
      if (open === '{') {
        const began = line;
        name = String(word()).replaceAll('~', '~0').replaceAll('/', '~1');
        lines.set(`${pointer}/${name}`, began);
        blank();
        at += 1;
      }
      value(`${pointer}/${name}`);
      blank();
      if (text[at] === ',') at += 1;
    }
  };
  value('');
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

/** `{value}` of a text that is a JSON object, or `{fault: {line, detail}}`. */
export function read(text) {
  try {
    const value = JSON.parse(text);
    if (value && typeof value === 'object' && !Array.isArray(value)) return { value };
    return { fault: { line: 0, detail: 'A message is a JSON object: { … }.' } };
  } catch (error) {
    const place = /position (\d+)/.exec(error.message);
    const at = place ? Number(place[1]) : text.length;
    const told = error.message.replace(/ in JSON.*| \(line.*|, ?".*is not valid JSON/s, '').replace(/^./, (c) => c.toUpperCase());
    return { fault: { line: text.slice(0, at).split('\n').length - 1, detail: `This is not JSON: ${told}.` } };
  }
}
