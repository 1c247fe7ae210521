// What a template is made of: which values it needs, what is sent with them, how it looks with them.

const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;
// They stand around a value in a text, so that it can be drawn apart from the words around it.
export const VALUE = ['\uE000', '\uE001'];
const FILES = ['image', 'video', 'document', 'gif'];
const LABELS = { latitude: 'Latitude', longitude: 'Longitude', name: 'Name of the place', address: 'Address' };

const upper = (text) => String(text ?? '').toUpperCase();
const part = (components, type) => components.find((one) => upper(one.type) === type);
const capital = (text) => text[0].toUpperCase() + text.slice(1);

export const componentsOf = (template) => template.definition?.components ?? [];
export const variables = (text) => [...new Set([...String(text ?? '').matchAll(VARIABLE)].map((found) => found[1]))];
export const isNumber = (name) => /^\d+$/.test(name);

/** The example that Meta has for a variable of a header or a body. */
function exampleOf(component, kind, name) {
  const example = component.example ?? {};
  const named = example[`${kind}_text_named_params`]?.find((one) => one.param_name === name);
  return named?.example ?? [example[`${kind}_text`] ?? []].flat(2)[Number(name) - 1];
}

/** The values that a template needs, in the order in which a person reads it. */
export function slots(components, card = null) {
  const found = [];
  const add = (at, index, name, rest) =>
    found.push({ key: [card ?? '', at, index, name].join(':'), card, at, index, name, ...rest });
  const header = part(components, 'HEADER');
  const format = upper(header?.format).toLowerCase();
  if (format === 'text') {
    for (const name of variables(header.text)) {
      add('header', 0, name, { label: `Header {{${name}}}`, example: exampleOf(header, 'header', name), max: 60 });
    }
  } else if (FILES.includes(format)) {
    add('header', 0, 'file', { kind: format === 'gif' ? 'video' : format, label: `Header ${format}` });
  } else if (format === 'location') {
    for (const name of Object.keys(LABELS)) add('header', 0, name, { kind: 'location', label: LABELS[name] });
  } else if (format === 'product') {
    add('header', 0, 'product_retailer_id', { kind: 'product', label: 'Product (retailer id)' });
    add('header', 0, 'catalog_id', { kind: 'product', label: 'Catalogue id' });
  }
  const body = part(components, 'BODY');
  for (const name of variables(body?.text)) {
    add('body', 0, name, { label: `{{${name}}}`, example: exampleOf(body, 'body', name), max: 1024 });
  }
  const offer = part(components, 'LIMITED_TIME_OFFER')?.limited_time_offer;
  if (offer?.has_expiration) add('offer', 0, 'until', { kind: 'time', label: 'The offer ends' });
  (part(components, 'BUTTONS')?.buttons ?? []).forEach((button, index) => {
    const kind = upper(button.type);
    const example = [button.example].flat()[0];
    if (kind === 'COPY_CODE') add('button', index, 'code', { sub: 'copy_code', label: 'Code to copy', example, max: 15 });
    else if (isOtp(button)) return;
    else if (kind === 'URL' && variables(button.url).length > 0) {
      const start = button.url.split('{{')[0];
      const rest = String(example ?? '');
      add('button', index, 'url', {
        sub: 'url', label: `End of the link “${button.text}”`, max: 2000,
        example: rest.startsWith(start) ? rest.slice(start.length) : rest,
      });
    }
  });
  (part(components, 'CAROUSEL')?.cards ?? []).forEach((one, index) => {
    for (const slot of slots(one.components ?? [], index)) {
      found.push({ ...slot, label: `Card ${index + 1}: ${slot.label}` });
    }
  });
  return found;
}

/** Whether a button of an authentication template takes the code, which stands in the body already. */
const isOtp = (button) => upper(button.type) === 'OTP' || /\/otp\/code/.test(button.url ?? '');

/** Why a template cannot be filled in here, if so. */
export function blocked(template) {
  const all = componentsOf(template);
  const cards = (part(all, 'CAROUSEL')?.cards ?? []).flatMap((card) => card.components ?? []);
  const kinds = [...all, ...cards].flatMap((one) => one.buttons ?? []).map((button) => upper(button.type));
  if (kinds.includes('MPM')) return 'It needs a list of products: send it through the API.';
  if (kinds.includes('ORDER_DETAILS') || upper(template.definition?.sub_category) === 'ORDER_STATUS') {
    return 'It needs an order: send it through the API.';
  }
  return null;
}

/** Whether a value is missing that must be there. */
export const missing = (components, values) =>
  slots(components).filter((slot) => !values[slot.key] || (slot.kind === 'time' && Number.isNaN(Date.parse(values[slot.key]))));

/** The template as it is sent. */
export function message(template, values) {
  const components = build(componentsOf(template), values, null);
  const named = { name: template.name, language: { code: template.language } };
  return components.length > 0 ? { ...named, components } : named;
}

const textParameter = (slot, value) =>
  isNumber(slot.name) ? { type: 'text', text: value } : { type: 'text', parameter_name: slot.name, text: value };

function build(components, values, card) {
  const all = slots(components, card).filter((slot) => slot.card === card && values[slot.key]);
  const at = (place) => all.filter((slot) => slot.at === place);
  const built = [];
  const header = at('header');
  const kind = header[0]?.kind;
  if (FILES.includes(kind)) {
    const { id, link, filename } = values[header[0].key];
    const file = id ? { id } : { link };
    if (kind === 'document' && filename) file.filename = filename;
    built.push({ type: 'header', parameters: [{ type: kind, [kind]: file }] });
  } else if (kind) {
    const fields = Object.fromEntries(header.map((slot) => [slot.name, values[slot.key]]));
    built.push({ type: 'header', parameters: [{ type: kind, [kind]: fields }] });
  } else if (header.length > 0) {
    built.push({ type: 'header', parameters: header.map((slot) => textParameter(slot, values[slot.key])) });
  }
  // Positions are told by order, whatever the order in which the text uses them.
  const body = at('body').sort((a, b) => (isNumber(a.name) && isNumber(b.name) ? a.name - b.name : 0));
  if (body.length > 0) {
    built.push({ type: 'body', parameters: body.map((slot) => textParameter(slot, values[slot.key])) });
  }
  for (const slot of at('offer')) {
    const limited_time_offer = { expiration_time_ms: Date.parse(values[slot.key]) };
    built.push({ type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer }] });
  }
  const button = (sub_type, index, parameter) =>
    built.push({ type: 'button', sub_type, index: String(index), parameters: [parameter] });
  (part(components, 'BUTTONS')?.buttons ?? []).forEach((one, index) => {
    const slot = at('button').find((found) => found.index === index);
    if (isOtp(one) && body[0]) button('url', index, { type: 'text', text: values[body[0].key] });
    else if (slot?.sub === 'copy_code') button('copy_code', index, { type: 'coupon_code', coupon_code: values[slot.key] });
    else if (slot) button('url', index, { type: 'text', text: values[slot.key] });
    else if (upper(one.type) === 'FLOW') button('flow', index, { type: 'action', action: { flow_token: 'unused' } });
  });
  const cards = part(components, 'CAROUSEL')?.cards ?? [];
  if (cards.length > 0) {
    built.push({
      type: 'carousel',
      cards: cards.map((one, index) => ({ card_index: index, components: build(one.components ?? [], values, index) })),
    });
  }
  return built;
}

/** The values that a message was sent with: `message` the other way round. */
export function valuesOf(components, sent, card = null) {
  const values = {};
  const of = (type, index) =>
    (sent ?? []).find((one) => upper(one.type) === upper(type) && (index == null || Number(one.index) === index))?.parameters ?? [];
  for (const slot of slots(components, card)) {
    if (slot.card !== card) continue;
    const parameters = of(slot.at === 'offer' ? 'limited_time_offer' : slot.at, slot.at === 'button' ? slot.index : null);
    const one = parameters.find((parameter) => parameter.parameter_name === slot.name)
      ?? parameters[isNumber(slot.name) ? slot.name - 1 : 0];
    if (!one) continue;
    if (slot.name === 'file') values[slot.key] = one[one.type];
    else if (slot.kind === 'time') values[slot.key] = new Date(Number(one.limited_time_offer?.expiration_time_ms)).toString();
    else if (slot.kind) values[slot.key] = String(one[slot.kind]?.[slot.name] ?? '');
    else values[slot.key] = one.text ?? one.coupon_code;
  }
  (part(components, 'CAROUSEL')?.cards ?? []).forEach((one, index) => {
    const cards = (sent ?? []).find((found) => upper(found.type) === 'CAROUSEL')?.cards ?? [];
    const found = cards.find((other) => Number(other.card_index) === index) ?? cards[index];
    Object.assign(values, valuesOf(one.components ?? [], found?.components, index));
  });
  return values;
}

/** The template as a user sees it, with these values and, where one is missing, Meta's example. */
export function view(components, values = {}, card = null) {
  const all = slots(components, card).filter((slot) => slot.card === card);
  const valueOf = (slot) => values[slot?.key] || slot?.example;
  const text = (source, at) =>
    String(source ?? '').replace(VARIABLE, (whole, name) => {
      const value = valueOf(all.find((slot) => slot.at === at && slot.name === name));
      return VALUE[0] + (value ?? whole) + VALUE[1];
    });
  const header = part(components, 'HEADER');
  const format = upper(header?.format).toLowerCase();
  const first = (name) => values[all.find((slot) => slot.at === 'header' && slot.name === name)?.key];
  const body = part(components, 'BODY');
  const footer = part(components, 'FOOTER');
  const offer = part(components, 'LIMITED_TIME_OFFER')?.limited_time_offer;
  const code = all.find((slot) => slot.sub === 'copy_code');
  const seen = {
    body: text(body?.text, 'body') || (body ? `${VALUE[0]}123456${VALUE[1]} is your verification code.` : ''),
    footer: footer?.text,
    buttons: (part(components, 'BUTTONS')?.buttons ?? []).map((button) => ({
      kind: isOtp(button) ? 'copy_code' : upper(button.type).toLowerCase(),
      text: button.text ?? (upper(button.type) === 'COPY_CODE' ? 'Copy code' : capital(upper(button.type).toLowerCase())),
    })),
    cards: (part(components, 'CAROUSEL')?.cards ?? []).map((one, index) => view(one.components ?? [], values, index)),
  };
  if (body?.add_security_recommendation && !/security/i.test(body.text ?? '')) seen.body += ' For your security, do not share this code.';
  if (footer?.code_expiration_minutes) seen.footer ??= `This code expires in ${footer.code_expiration_minutes} minutes.`;
  if (format === 'text') seen.header = { kind: 'text', text: text(header.text, 'header') };
  else if (format === 'location') seen.header = { kind: 'location', name: first('name'), address: first('address') };
  else if (format) seen.header = { kind: format, file: first('file') };
  if (offer) {
    const until = values[all.find((slot) => slot.at === 'offer')?.key];
    seen.offer = { text: offer.text, until, code: valueOf(code) };
  }
  return seen;
}
