// The reply box: text, a file, an answer to one message; each press sends once.
import { html, useEffect, useLayoutEffect, useRef, useState, bytes, Button, Icon, Problem, toast } from '../../ui.js';
import { draftsNow, openBox, putBack } from './drafts.js';
import { summary } from './read.js';
import { newKey, sendOnce, upload } from './sending.js';

const TEXT = 4096;
const CAPTION = 1024;
/** Megabytes that WhatsApp takes of each kind. */
const MOST = { image: 5, video: 16, audio: 16, document: 100 };
const KINDS = { 'image/jpeg': 'image', 'image/png': 'image', 'video/mp4': 'video', 'video/3gpp': 'video' };
const kindOf = (type) => KINDS[type] ?? (/^audio\/(aac|amr|mpeg|mp4|ogg)/.test(type) ? 'audio' : 'document');

export function Compose({ conversation, contact, name, answer, setAnswer, add, drop, onTemplate }) {
  const drafts = useRef(draftsNow()).current;
  const [text, setText] = useState(drafts.get(conversation.id) ?? '');
  const [file, setFile] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const box = useRef();
  const picker = useRef();
  // What is in the box right now: a second press finds it empty, before anything is drawn anew.
  const now = useRef();
  now.current = { text, file, answer };
  const failed = useRef(null);
  const line = useRef(Promise.resolve());
  const here = useRef(true);
  useEffect(() => () => { here.current = false; }, []);
  useEffect(() => openBox(conversation.id, setText), [conversation.id]);
  const limit = file ? CAPTION : TEXT;
  const length = [...text].length;
  const kind = file && kindOf(file.type);
  const noCaption = kind === 'audio';
  const tooLarge = file && file.size > MOST[kind] * 1024 * 1024;
  const fits = !busy && !tooLarge && length <= limit && (file ? !(noCaption && text.trim()) : !!text.trim());

  useEffect(() => {
    if (text) drafts.set(conversation.id, text);
    else drafts.delete(conversation.id);
  }, [text, conversation.id]);
  useLayoutEffect(() => {
    box.current.style.height = 'auto';
    box.current.style.height = `${Math.min(box.current.scrollHeight + 2, 200)}px`;
  }, [text]);
  useEffect(() => { if (answer) box.current.focus(); }, [answer]);
  const [preview, setPreview] = useState(null);
  useEffect(() => {
    if (kind !== 'image') { setPreview(null); return undefined; }
    const url = URL.createObjectURL(file);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [file]);

  const contentOf = async (attempt) => {
    if (!attempt.file) return { type: 'text', text: { body: attempt.text, preview_url: /https?:\/\//.test(attempt.text) } };
    const type = kindOf(attempt.file.type);
    attempt.media ??= await upload(conversation.channel, attempt.file);
    const body = { id: attempt.media };
    if (attempt.text.trim()) body.caption = attempt.text;
    if (type === 'document') body.filename = attempt.file.name;
    return { type, [type]: body };
  };
  const send = () => {
    const mine = now.current;
    if (!fits || (!mine.text.trim() && !mine.file)) return;
    now.current = { text: '', file: null, answer: null };
    // Where no answer came it may have been taken: the same once more has the same key.
    const same = failed.current && Object.keys(mine).every((name) => failed.current[name] === mine[name]);
    const attempt = { ...mine, key: same ? failed.current.key : newKey(), media: same ? failed.current.media : null };
    failed.current = null;
    setText('');
    setFile(null);
    setAnswer(null);
    setError(null);
    setBusy(!!mine.file);
    box.current.focus();
    line.current = line.current.then(async () => {
      try {
        const content = await contentOf(attempt);
        if (mine.answer) content.context = { message_id: mine.answer.wamid };
        await sendOnce({ conversation, contact, content, key: attempt.key, add, drop });
      } catch (problem) {
        putBack(drafts, conversation.id, mine.text);
        if (!here.current) {
          if (drafts === draftsNow()) toast(`Not sent to ${name}: ${problem.detail ?? problem.message}${mine.text ? ' Its text is in the reply box there.' : ''}`, 'bad');
          return;
        }
        setFile(mine.file);
        setAnswer(mine.answer);
        setError(problem);
        if (!problem.status || problem.status >= 500) failed.current = attempt;
      }
      setBusy(false);
    });
  };
  const keys = (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    else if (event.key === 'Escape' && answer) { event.preventDefault(); event.stopPropagation(); setAnswer(null); }
  };
  const take = (files) => { if (files?.[0]) { setFile(files[0]); setError(null); box.current.focus(); } };

  return html`<form class="composer" onSubmit=${(event) => { event.preventDefault(); send(); }}
      onDragOver=${(event) => event.preventDefault()} onDrop=${(event) => { event.preventDefault(); take(event.dataTransfer.files); }}>
    ${error && html`<${Problem} error=${error} />`}
    ${answer && html`<div class="attached"><span class="quote"><b dir="auto">${answer.direction === 'outbound' ? 'You' : name}</b><span dir="auto">${summary(answer)}</span></span>
      <${Button} kind="quiet" icon="close" aria-label="Do not quote" onClick=${() => setAnswer(null)} /></div>`}
    ${file && html`<div class="attached">${preview ? html`<img src=${preview} alt="" />` : html`<${Icon} name="file" />`}
      <span><b>${file.name}</b>${tooLarge
        ? html`<small class="wrong" role="alert">${bytes(file.size)} · too large to be sent as ${kind}: WhatsApp takes ${MOST[kind]} MB at most</small>`
        : html`<small>${bytes(file.size)} · sent as ${kind}${noCaption ? ', without a text' : ''}</small>`}</span>
      <${Button} kind="quiet" icon="close" aria-label="Remove the file" disabled=${busy} onClick=${() => setFile(null)} /></div>`}
    <div class="composer-line">
      <input ref=${picker} type="file" class="unseen" tabindex="-1" aria-hidden="true" onChange=${(event) => { take(event.target.files); event.target.value = ''; }} />
      <${Button} kind="quiet" icon="clip" aria-label="Attach a file" title="Attach a file" onClick=${() => picker.current.click()} />
      <${Button} kind="quiet" icon="template" aria-label="Send a template" title="Send a template" onClick=${onTemplate} />
      <textarea ref=${box} rows="1" dir="auto" aria-label=${file ? 'Caption' : 'Message'} placeholder=${file ? 'Add a caption' : 'Write a message'} value=${text} readonly=${busy}
        aria-invalid=${length > limit ? 'true' : undefined} onInput=${(event) => setText(event.target.value)} onKeyDown=${keys}
        onPaste=${(event) => { if (event.clipboardData.files.length) { event.preventDefault(); take(event.clipboardData.files); } }} />
      <${Button} kind="primary" icon="send" busy=${busy} disabled=${!fits} aria-label="Send" type="submit" />
    </div>
    <p class=${`composer-note ${length > limit ? 'wrong' : ''}`}><span class="wide-only">Enter sends, Shift + Enter makes a line</span>
      <span class="count" aria-live=${length > limit ? 'polite' : 'off'}>${length} / ${limit}</span></p>
  </form>`;
}
