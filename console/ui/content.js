// What a message says, in one line.

/** The words of a message's `content`, outgoing or of a user; empty if it has none. */
export function textOf(content) {
  if (!content) return '';
  const of = content[content.type] ?? {};
  const body = of.body?.text ?? of.body ?? of.caption ?? of.text ?? of.emoji ?? of.filename;
  if (typeof body === 'string') return body;
  if (content.type === 'template' && of.name) return `Template ${of.name}`;
  const answer = of.button_reply ?? of.list_reply;
  return answer?.title ?? of.name ?? of.address ?? '';
}

/** Whom a message's `content` goes to or comes from: a number with its plus, or an id; empty if it does not say. */
export function whoOf(content) {
  const who = content?.to ?? content?.recipient ?? content?.from ?? content?.from_user_id ?? '';
  return /^[0-9]+$/.test(who) ? `+${who}` : who;
}
