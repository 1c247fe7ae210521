// A template while it is written: its form, and Meta's components made of it.
import { componentsOf, exampleOf, isNumber, lower, variables } from './parts.js';

export const LIMITS = { header: 60, body: 1024, footer: 60, button: 25, name: 512 };
const FIELDS = { QUICK_REPLY: [], URL: ['url'], PHONE_NUMBER: ['phone_number'], COPY_CODE: ['example'] };
export const BUTTONS = [['QUICK_REPLY', 'Quick reply'], ['URL', 'Link'], ['PHONE_NUMBER', 'Call a number'], ['COPY_CODE', 'Copy a code']];

const isText = ({ type, format, buttons = [] }) => ['body', 'footer'].includes(lower(type)) || lower(format) === 'text'
  || (lower(type) === 'buttons' && buttons.every((button) => FIELDS[button.type.toUpperCase()]));

/** Whether the form can change it: what it has not drawn it must not lose. */
export const mayEdit = (template) => template.category !== 'AUTHENTICATION' && componentsOf(template).every(isText)
  && ['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status);

export const empty = { name: '', language: 'en_US', category: 'UTILITY', header: '', body: '', footer: '', buttons: [], examples: {} };

/** The form of a template that there is. */
export function draftOf(template) {
  const draft = { ...empty, name: template.name, language: template.language, category: template.category ?? 'UTILITY', examples: {} };
  for (const component of componentsOf(template)) {
    const kind = lower(component.type);
    if (kind === 'buttons') {
      draft.buttons = component.buttons.map((button) => ({ ...button, type: button.type.toUpperCase(), example: [button.example].flat()[0] ?? '' }));
    } else {
      draft[kind] = component.text ?? '';
      for (const name of variables(component.text)) draft.examples[`${kind} ${name}`] = exampleOf(component, kind, name) ?? '';
    }
  }
  return draft;
}

function textPart(type, text, examples) {
  const kind = lower(type);
  const names = variables(text);
  const part = { type, ...(type === 'HEADER' && { format: 'TEXT' }), text };
  if (names.length === 0) return part;
  if (!names.every(isNumber)) return { ...part, example: { [`${kind}_text_named_params`]: names.map((name) => ({ param_name: name, example: examples[`${kind} ${name}`] })) } };
  const values = names.sort((a, b) => a - b).map((name) => examples[`${kind} ${name}`]);
  return { ...part, example: { [`${kind}_text`]: kind === 'body' ? [values] : values } };
}

/** Meta's components of a form. */
export function components(draft) {
  const made = [];
  if (draft.header.trim()) made.push(textPart('HEADER', draft.header, draft.examples));
  made.push(textPart('BODY', draft.body, draft.examples));
  if (draft.footer.trim()) made.push({ type: 'FOOTER', text: draft.footer });
  if (draft.buttons.length > 0) {
    made.push({ type: 'BUTTONS', buttons: draft.buttons.map((button) => {
      if (button.type === 'COPY_CODE') return { type: 'COPY_CODE', example: button.example };
      const one = { type: button.type, text: button.text };
      for (const field of FIELDS[button.type]) one[field] = button[field];
      if (button.type === 'URL' && variables(button.url).length > 0) one.example = [button.example];
      return one;
    }) });
  }
  return made;
}

/** What is sent to make it. */
export function body(draft) {
  const names = [...variables(draft.header), ...variables(draft.body)];
  const named = names.length > 0 && !names.every(isNumber);
  return {
    name: draft.name, language: draft.language, category: draft.category, components: components(draft),
    ...(named && { parameter_format: 'NAMED' }),
  };
}

/** What is wrong with a form, by field; the gateway and Meta find the rest. */
export function faults(draft) {
  const wrong = {};
  if (!/^[a-z0-9_]+$/.test(draft.name)) wrong.name = 'Small letters, digits and underscores.';
  if (!/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/.test(draft.language)) wrong.language = 'As Meta writes it, e.g. en_US or de.';
  if (!draft.body.trim()) wrong.body = 'Write what the message says.';
  for (const part of ['header', 'body', 'footer']) {
    const length = [...draft[part]].length;
    if (length > LIMITS[part]) wrong[part] = `${length} characters, at most ${LIMITS[part]} are allowed.`;
  }
  if (variables(draft.header).length > 1) wrong.header = 'A header has one variable at most.';
  if (variables(draft.footer).length > 0) wrong.footer = 'A footer has no variable.';
  const names = variables(draft.body);
  if (names.some(isNumber) && !names.every(isNumber)) wrong.body = 'Variables have numbers or names, not both.';
  else if (names.every(isNumber) && names.some((name) => Number(name) > names.length)) wrong.body = 'Number the variables {{1}}, {{2}} and so on.';
  else if (/\}\}\s*\{\{/.test(draft.body)) wrong.body = 'Meta refuses variables side by side: put words between them.';
  else if (/^\s*\{\{|\}\}\s*$/.test(draft.body)) wrong.body = 'Meta refuses a variable at the beginning or the end.';
  for (const key of used(draft)) if (!draft.examples[key]?.trim()) wrong[key] = 'Meta wants an example.';
  draft.buttons.forEach((button, at) => {
    const lacks = (field) => !String(button[field] ?? '').trim();
    if (button.type !== 'COPY_CODE' && (lacks('text') || [...button.text].length > LIMITS.button)) wrong[`button ${at}`] = `A text of ${LIMITS.button} characters at most.`;
    else if (FIELDS[button.type].some(lacks)) wrong[`button ${at}`] = 'Fill in what it opens or copies.';
    else if (button.type === 'URL' && variables(button.url).length > 0 && lacks('example')) wrong[`button ${at}`] = 'Meta wants an example of the whole link.';
  });
  return wrong;
}

/** The variables that need an example: `body 1`, `header name`. */
export const used = (draft) => ['header', 'body'].flatMap((part) => variables(draft[part]).map((name) => `${part} ${name}`));
