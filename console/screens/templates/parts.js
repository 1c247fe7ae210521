// What a template is made of: which values it needs, what is sent with them, how it looks with them.

const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;
// They stand around a value in a text, so that it can be drawn apart from the words around it.
export const VALUE = ['\uE000', '\uE001'];
const value = (text) => VALUE[0] + text + VALUE[1];
const FILES = ['image', 'video', 'document', 'gif'];
const PLACE = { latitude: 'Latitude', longitude: 'Longitude', name: 'Name of the place', address: 'Address' };
const PRODUCT = { product_retailer_id: 'Product (retailer id)', catalog_id: 'Catalogue id' };

export const lower = (text) => String(text ?? '').toLowerCase();
const part = (components, type) => (components ?? []).find((one) => lower(one.type) === type);
const buttonsOf = (components) => part(components, 'buttons')?.buttons ?? [];
const cardsOf = (components) => part(components, 'carousel')?.cards ?? [];
export const componentsOf = (template) => template?.definition?.components ?? [];
export const variables = (text) => [...new Set([...String(text ?? '').matchAll(VARIABLE)].map((found) => found[1]))];
export const isNumber = (name) => /^\d+$/.test(name);

/** Meta's example for a variable of a header or a body. */
export function exampleOf({ example = {} }, kind, name) {
  const named = example[`${kind}_text_named_params`]?.find((one) => one.param_name === name);
  return named?.example ?? [example[`${kind}_text`] ?? []].flat(2)[name - 1];
}

/** Whether a button of an authentication template takes the code, which stands in the body already. */
const isOtp = (button) => lower(button.type) === 'otp' || /\/otp\/code/.test(button.url ?? '');

/** The values that a template needs, in the order in which a person reads it; those of cards last. */
export function slots(components, card = '') {
  const found = [];
  const add = (at, index, name, rest) => found.push({ key: [card, at, index, name].join(':'), card, at, index, name, ...rest });
  const header = part(components, 'header');
  const format = lower(header?.format);
  const body = part(components, 'body');
  if (FILES.includes(format)) add('header', 0, 'file', { kind: format === 'gif' ? 'video' : format, label: `Header ${format}` });
  for (const [name, label] of Object.entries({ location: PLACE, product: PRODUCT }[format] ?? {})) add('header', 0, name, { kind: format, label });
  for (const name of variables(header?.text)) add('header', 0, name, { label: `Header {{${name}}}`, example: exampleOf(header, 'header', name), max: 60 });
  for (const name of variables(body?.text)) add('body', 0, name, { label: `{{${name}}}`, example: exampleOf(body, 'body', name), max: 1024 });
  if (part(components, 'limited_time_offer')?.limited_time_offer?.has_expiration) add('limited_time_offer', 0, 'until', { kind: 'time', label: 'The offer ends' });
  buttonsOf(components).forEach((button, index) => {
    const kind = lower(button.type);
    const example = String([button.example].flat()[0] ?? '');
    const start = String(button.url ?? '').split('{{')[0];
    if (kind === 'copy_code') add('button', index, 'code', { sub: kind, label: 'Code to copy', example, max: 15 });
    else if (kind === 'url' && variables(button.url).length > 0 && !isOtp(button)) {
      add('button', index, 'url', { sub: kind, label: `End of the link “${button.text}”`, max: 2000, example: example.startsWith(start) ? example.slice(start.length) : example });
    }
  });
  cardsOf(components).forEach((one, at) => found.push(...slots(one.components, at).map((slot) => ({ ...slot, label: `Card ${at + 1}: ${slot.label}` }))));
  return found;
}

/** Why a template cannot be filled in here, if so. */
export function blocked(template) {
  const all = componentsOf(template);
  const kinds = [all, ...cardsOf(all).map((card) => card.components)].flatMap(buttonsOf).map((button) => lower(button.type));
  if (kinds.includes('mpm')) return 'It needs a list of products: send it through the API.';
  return kinds.includes('order_details') || lower(template.definition?.sub_category) === 'order_status'
    ? 'It needs an order: send it through the API.' : null;
}

/** The values that are missing. */
export const missing = (components, values) => slots(components).filter((slot) => !values[slot.key]);

/** The template as it is sent. */
export function message(template, values) {
  const components = build(componentsOf(template), values, '');
  return { name: template.name, language: { code: template.language }, ...(components.length > 0 && { components }) };
}

function build(components, values, card) {
  const all = slots(components, card).filter((slot) => slot.card === card && values[slot.key]);
  const at = (place) => all.filter((slot) => slot.at === place);
  const text = (slot) => ({ type: 'text', ...(!isNumber(slot.name) && { parameter_name: slot.name }), text: values[slot.key] });
  const built = [];
  const header = at('header');
  const kind = header[0]?.kind;
  if (kind) {
    const { id, filename } = values[header[0].key];
    const said = FILES.includes(kind) ? { id, ...(kind === 'document' && { filename }) } : Object.fromEntries(header.map((slot) => [slot.name, values[slot.key]]));
    built.push({ type: 'header', parameters: [{ type: kind, [kind]: said }] });
  } else if (header.length > 0) built.push({ type: 'header', parameters: header.map(text) });
  // Positions are told by order, whatever the order in which the text uses them.
  const body = at('body').sort((a, b) => (isNumber(a.name) ? a.name - b.name : 0));
  if (body.length > 0) built.push({ type: 'body', parameters: body.map(text) });
  for (const { at: type, key } of at('limited_time_offer')) built.push({ type, parameters: [{ type, [type]: { expiration_time_ms: Date.parse(values[key]) } }] });
  buttonsOf(components).forEach((one, index) => {
    const slot = all.find((found) => found.at === 'button' && found.index === index);
    const add = (sub_type, parameter) => built.push({ type: 'button', sub_type, index: String(index), parameters: [parameter] });
    if (isOtp(one) && body[0]) add('url', { type: 'text', text: values[body[0].key] });
    else if (slot?.sub === 'copy_code') add('copy_code', { type: 'coupon_code', coupon_code: values[slot.key] });
    else if (slot) add('url', { type: 'text', text: values[slot.key] });
    else if (lower(one.type) === 'flow') add('flow', { type: 'action', action: { flow_token: 'unused' } });
  });
  const cards = cardsOf(components).map((one, index) => ({ card_index: index, components: build(one.components, values, index) }));
  if (cards.length > 0) built.push({ type: 'carousel', cards });
  return built;
}

/** The values that a message was sent with: `message` the other way round. */
export function valuesOf(components, sent = [], card = '') {
  const values = {};
  for (const { key, at, name, kind, index } of slots(components, card).filter((slot) => slot.card === card)) {
    const given = sent.find((one) => lower(one.type) === at && (at !== 'button' || Number(one.index) === index))?.parameters ?? [];
    const one = given.find((parameter) => parameter.parameter_name === name) ?? given[isNumber(name) ? name - 1 : 0];
    if (!one) continue;
    if (name === 'file') values[key] = one[one.type];
    else if (kind === 'time') values[key] = Number(one[at]?.expiration_time_ms);
    else values[key] = kind ? String(one[kind]?.[name] ?? '') : one.text ?? one.coupon_code;
  }
  const cards = part(sent, 'carousel')?.cards ?? [];
  cardsOf(components).forEach((one, at) => Object.assign(values, valuesOf(one.components, cards.find((other) => Number(other.card_index) === at)?.components, at)));
  return values;
}

/** The template as a user sees it, with these values and, where one is missing, Meta's example. */
export function view(components, values = {}, card = '') {
  const all = slots(components, card).filter((slot) => slot.card === card);
  const of = (at, name) => all.find((slot) => slot.at === at && (name === undefined || slot.name === name));
  const given = (slot) => slot && (values[slot.key] || slot.example);
  const text = (source, at) => String(source ?? '').replace(VARIABLE, (whole, name) => value(given(of(at, name)) ?? whole));
  const header = part(components, 'header');
  const format = lower(header?.format);
  const body = part(components, 'body');
  const footer = part(components, 'footer');
  const offer = part(components, 'limited_time_offer')?.limited_time_offer;
  const minutes = footer?.code_expiration_minutes;
  return {
    header: format && {
      kind: format, text: text(header.text, 'header'), file: values[of('header', 'file')?.key],
      name: given(of('header', 'name')), address: given(of('header', 'address')),
    },
    offer: offer && { text: offer.text, until: given(of('limited_time_offer')), code: given(all.find((slot) => slot.sub === 'copy_code')) },
    body: (body && !body.text ? `${value('123456')} is your verification code.` : text(body?.text, 'body'))
      + (body?.add_security_recommendation && !/security/i.test(body.text) ? ' For your security, do not share this code.' : ''),
    footer: footer?.text ?? (minutes && `This code expires in ${minutes} minutes.`),
    buttons: buttonsOf(components).map((button) => {
      const kind = isOtp(button) ? 'copy_code' : lower(button.type);
      return { kind, text: button.text ?? (kind === 'copy_code' ? 'Copy code' : kind.replaceAll('_', ' ')) };
    }),
    cards: cardsOf(components).map((one, at) => view(one.components, values, at)),
  };
}
