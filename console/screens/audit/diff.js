// What changed between two values, by pointer.

const isOpen = (value) => value !== null && typeof value === 'object';

function flatten(value, pointer, into) {
  const names = isOpen(value) ? Object.keys(value) : [];
  if (!names.length) { if (value !== undefined && value !== null) into.set(pointer || '/', value); return into; }
  for (const name of names) flatten(value[name], `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, into);
  return into;
}

/** Rows, without what was null and is, of `{pointer, was, became, kind}`, of which `kind` is `same`, `added`, `removed` or `changed`. */
export function diff(was, became) {
  const before = flatten(was, '', new Map());
  const after = flatten(became, '', new Map());
  const pointers = [...new Set([...before.keys(), ...after.keys()])].sort();
  return pointers.map((pointer) => {
    const old = before.get(pointer);
    const now = after.get(pointer);
    const kind = !before.has(pointer) ? 'added' : !after.has(pointer) ? 'removed' : JSON.stringify(old) === JSON.stringify(now) ? 'same' : 'changed';
    return { pointer, was: old, became: now, kind };
  });
}
