// What was typed and not sent, by conversation, as long as somebody is signed in and the page lives.
let drafts = new Map();
/** What puts a text into the reply box of a conversation that is open. */
const boxes = new Map();

/** The drafts of whoever is signed in now; the map of somebody before is read by nobody. */
export const draftsNow = () => drafts;

/** Forgets all, so that whoever signs in next sees none of it. */
export const forgetDrafts = () => { drafts = new Map(); };

/** Says that this reply box is open; gives what says that it is not any more. */
export function openBox(conversation, setText) {
  boxes.set(conversation, setText);
  return () => { if (boxes.get(conversation) === setText) boxes.delete(conversation); };
}

/** Puts a text that could not be sent before what was typed since. */
export function putBack(of, conversation, text) {
  const joined = (was) => (was && text ? `${text}\n${was}` : was || text);
  const box = of === drafts && boxes.get(conversation);
  if (box) box(joined);
  else of.set(conversation, joined(of.get(conversation)));
}
