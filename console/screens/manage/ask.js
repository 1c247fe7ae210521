// A dialog that asks for what a change needs, says what will happen, and shows what was refused where it stands.
import { Button, Check, Dialog, Field, Problem, html, toast, useAct, useId, useState } from '../../ui.js';

/**
 * `fields` of `[name, label, more]`, or a function of the values that gives them; `children(values, set, fault)` comes before them, `after` behind them. `send(values)` does it and
 * may give `{word, secret, says}`, which is shown once.
 */
export function Ask({ title, word, danger, kind, start = {}, fields = [], children, after, ready = () => true, send, onClose }) {
  const [values, setValues] = useState(start);
  const [shown, setShown] = useState(null);
  const set = (name, value) => setValues((was) => ({ ...was, [name]: value }));
  const [sent, setSent] = useState({});
  const [run, { busy, error }] = useAct(async () => {
    setSent(values);
    const given = await send(values);
    if (given?.secret) setShown(given); else onClose();
  });
  const placed = [];
  const fault = (name) => {
    const found = error?.errors?.filter((one) => one.pointer === `/${name}` || one.pointer?.startsWith(`/${name}/`)) ?? [];
    placed.push(...found);
    // What was changed since may be right now.
    return sent[name] === values[name] ? found.map((one) => one.detail).join('; ') || undefined : undefined;
  };
  const copy = () => navigator.clipboard.writeText(shown.secret).then(() => toast('Copied.'), () => toast('Select it and copy it: the browser does not.', 'bad'));
  if (shown) {
    return html`<${Dialog} title=${shown.word} onClose=${onClose}><div class="form"><p>${shown.says}</p>
      <div class="secret"><code tabindex="0" aria-label=${shown.word}>${shown.secret}</code><${Button} icon="copy" onClick=${copy}>Copy</${Button}></div>
      <p class="note is-wait">It is shown here only now. Keep it where secrets are kept.</p>
      <div class="acts"><${Button} kind="primary" onClick=${onClose}>I have it</${Button}></div></div></${Dialog}>`;
  }
  const head = children?.(values, set, fault);
  const inputs = (typeof fields === 'function' ? fields(values) : fields).map(([name, label, more], at) => html`<${Field} key=${name} autofocus=${at === 0} label=${label} name=${name} autocomplete="off" value=${values[name] ?? ''}
    onValue=${(value) => set(name, value)} error=${fault(name)} ...${more} />`);
  const tail = after?.(values, set, fault);
  const rest = error && (!error.errors?.length || placed.length < error.errors.length);
  return html`<${Dialog} title=${title} kind=${kind} onClose=${onClose}><form class="form" onSubmit=${(event) => { event.preventDefault(); run(); }}>
    ${head}${inputs.length > 2 ? html`<div class="two">${inputs}</div>` : inputs}${tail}${rest && html`<${Problem} error=${error} />`}
    <div class="acts"><${Button} onClick=${onClose}>Cancel</${Button}><${Button} type="submit" kind=${danger ? 'danger' : 'primary'} busy=${busy}
      disabled=${!ready(values)}>${word}</${Button}></div></form></${Dialog}>`;
}

/** All, or some of `from`: `value` is the list of what is chosen, null for all. An empty list is a choice that is not made yet. */
export function Some({ legend, all, from, value, onValue, error }) {
  const group = useId();
  const radio = (some, label) => html`<label class="check"><input type="radio" name=${group} checked=${!value === !some}
    onChange=${() => onValue(some ? [] : null)} /><span>${label}</span></label>`;
  return html`<fieldset class="some"><legend>${legend}</legend>${radio(false, all)}${radio(true, 'Only these')}
    ${value && html`<div class="some-of">${[...new Set([...from, ...value])].map((name) => html`<${Check} key=${name} label=${html`<code>${name}</code>`}
      checked=${value.includes(name)} onValue=${(on) => onValue(on ? [...value, name] : value.filter((one) => one !== name))} />`)}</div>`}
    ${value?.length === 0 && html`<p class="hint">Choose at least one.</p>`}
    ${error && html`<p class="wrong">${error}</p>`}</fieldset>`;
}

/** Whether something is chosen in each of these lists, or all. */
export const isChosen = (...lists) => lists.every((list) => list?.length !== 0);

/** Another secret, while the one before it is good for a time. `send(seconds)` gives what is shown once. */
export const Rotate = ({ title, says, send, onClose }) => html`<${Ask} title=${title} word="Rotate" start=${{ overlap: '86400' }} onClose=${onClose}
  fields=${[['overlap', 'Overlap', { as: 'select', options: [['0', 'None: the old one ends now'], ['3600', 'An hour'], ['86400', 'A day'], ['604800', 'A week']] }]]}
  send=${({ overlap }) => send(Number(overlap))}>${() => html`<p>${says}</p>`}</${Ask}>`;
