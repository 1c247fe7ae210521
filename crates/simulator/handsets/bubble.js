// One line of a chat as an element. What it shows was worked out by the simulator; see `face`.

import { h, hidden, timeOf } from "./dom.js";
import { formatted } from "./format.js";
import { icon } from "./icons.js";
import { drawContacts, drawMedia, drawPlace } from "./media.js";

const WORDS = {
  accepted: "on its way",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  played: "played",
  failed: "not delivered",
};

const ICONS = {
  reply: "reply",
  quick_reply: "reply",
  url: "link",
  phone: "phone",
  call: "phone",
  call_permission: "phone",
  copy_code: "copy",
  otp: "copy",
  flow: "form",
  list: "list",
  catalog: "bag",
  product: "bag",
  products: "bag",
  pay: "bag",
  location_request: "pin",
  address: "pin",
  contact_request: "person",
};

/** Ticks as the sender of the line sees them. */
const ticks = (line) => {
  const status = line.status ?? "sent";
  const name = { accepted: "clock", sent: "tick", delivered: "ticks", read: "ticks", played: "mic", failed: "alert" }[status];
  return h("span", { class: `ticks is-${status}`, title: WORDS[status] ?? status }, icon(name ?? "tick"), hidden(WORDS[status] ?? status));
};

const foot = (line) =>
  h("span", { class: "meta" }, line.edited && "edited ", h("time", { datetime: line.at }, timeOf(line.at)), line.kind !== "call" && ticks(line));

const quoteOf = (line, acts) =>
  line.quote &&
  h(
    "button",
    { class: `quote ${line.quote.from_user ? "of-user" : "of-business"}`, type: "button", onclick: () => acts.jump(line.quote.wamid) },
    h("b", {}, line.quote.from_user === undefined ? "Message" : line.quote.from_user ? "You" : acts.business),
    h("span", {}, line.quote.text ?? "This message is no longer here"),
  );

const money = (amount, currency) => {
  if (amount?.value === undefined) return "";
  const value = amount.value / (amount.offset || 100);
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency: currency ?? "USD" }).format(value);
  } catch {
    return `${value.toFixed(2)} ${currency ?? ""}`;
  }
};

const bill = (given) => {
  const order = given.order ?? {};
  const lines = (order.items ?? []).map((item) => [`${item.quantity ?? 1} × ${item.name ?? item.retailer_id}`, money(item.amount, given.currency)]);
  const more = ["subtotal", "tax", "shipping", "discount"]
    .filter((name) => order[name])
    .map((name) => [name[0].toUpperCase() + name.slice(1), money(order[name], given.currency)]);
  const total = given.total_amount && [["Total", money(given.total_amount, given.currency)]];
  const entries = [...lines, ...more, ...(total || [])];
  return h(
    "div",
    { class: "bill" },
    h("span", { class: "bill-head" }, icon("bag"), h("b", {}, `Order ${given.reference_id ?? ""}`), order.status && h("em", {}, order.status)),
    entries.length > 0 && h("dl", {}, entries.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
  );
};

const productList = (products) => {
  const items = products.flatMap((section) => section.items ?? []).filter(Boolean);
  return h("div", { class: "goods" }, h("span", { class: "goods-icon" }, icon("bag")), h("span", {}, h("b", {}, items.length === 1 ? items[0] : `${items.length} products`), h("small", {}, items.length === 1 ? "Product" : items.slice(0, 3).join(", "))));
};

const orderCard = (order) => {
  const items = order.product_items ?? [];
  const count = items.reduce((sum, item) => sum + Number(item.quantity ?? 1), 0);
  const total = items.reduce((sum, item) => sum + Number(item.quantity ?? 1) * Number(item.item_price ?? 0), 0);
  const price = money({ value: total * 100, offset: 100 }, items[0]?.currency);
  return h("div", { class: "goods" }, h("span", { class: "goods-icon" }, icon("bag")), h("span", {}, h("b", {}, `${count} ${count === 1 ? "item" : "items"}`), h("small", {}, `${price} estimated total`)));
};

const fields = (response) =>
  h(
    "div",
    { class: "response" },
    h("span", { class: "goods-icon" }, icon("form")),
    h("span", {}, h("b", {}, response.title), response.text && h("small", {}, response.text), Object.entries(response.fields ?? {}).map(([name, value]) => h("small", {}, `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`))),
  );

const unknown = (given) =>
  h("div", { class: "unknown" }, h("b", {}, `Message of type “${given.kind}”`), h("pre", { class: "json", tabindex: "0" }, JSON.stringify(given.content, null, 2)));

const buttonsOf = (face, line, acts) =>
  face.buttons?.length > 0 &&
  h(
    "div",
    { class: "buttons" },
    face.buttons.map((button) =>
      h("button", { type: "button", class: `tap tap-${button.type}`, onclick: () => acts.press(line, button, face) }, icon(ICONS[button.type] ?? "chat"), button.text ?? button.type),
    ),
  );

/** The inside of a bubble, or of a card of a carousel. */
const inside = (face, line, acts, meta) => {
  const bare = face.media?.type === "sticker";
  return [
    face.media && drawMedia(face.media, () => acts.played?.(line)),
    face.location && drawPlace(face.location),
    face.offer && h("div", { class: "offer" }, icon("gift"), h("span", {}, h("b", {}, face.offer.text), face.offer.expires_ms && h("small", {}, `Ends ${new Date(Number(face.offer.expires_ms)).toLocaleDateString()}`))),
    face.contacts && drawContacts(face.contacts),
    face.products && productList(face.products),
    face.order && orderCard(face.order),
    face.bill && bill(face.bill),
    face.call &&
      h("button", { type: "button", class: `call-line ${face.call.missed ? "missed" : ""}`, onclick: () => acts.call() }, h("span", {}, icon("phone")), h("span", {}, h("b", {}, face.call.title), h("small", {}, face.call.text))),
    face.response && fields(face.response),
    face.unknown && unknown(face.unknown),
    face.title && h("p", { class: "title" }, face.title),
    face.text && h("p", { class: "text" }, formatted(face.text)),
    face.footer && h("p", { class: "foot" }, face.footer),
    !bare && meta,
    buttonsOf(face, line, acts),
    bare && meta,
  ];
};

const bare = (text) => String(text ?? "").toLowerCase().replace(/\W/g, "");

const LARGE = /^(?:\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*\s*){1,3}$/u;

/** A line as an `li`; `acts` has what its parts can do. */
export const bubble = (line, acts) => {
  const face = line.face ?? {};
  if (face.notice) {
    return h("li", { class: "notice", "data-wamid": line.wamid, tabindex: "-1" }, h("span", {}, face.notice));
  }
  const mine = line.from_user;
  const kinds = [
    mine ? "mine" : "theirs",
    `kind-${line.kind}`,
    `is-${line.status}`,
    face.media ? `with-${face.media.type}` : "",
    face.cards ? "with-cards" : "",
    line.reactions ? "with-reactions" : "",
    line.deleted ? "deleted" : "",
    face.text && Object.keys(face).length === 1 && LARGE.test(face.text) ? "large" : "",
  ];
  const content = line.deleted
    ? [h("p", { class: "text" }, icon("block"), mine ? "You deleted this message" : "This message was deleted"), foot(line)]
    : inside(face, line, acts, foot(line));
  return h(
    "li",
    { class: `line ${kinds.filter(Boolean).join(" ")}`, "data-wamid": line.wamid, tabindex: "-1" },
    h(
      "div",
      { class: "bubble" },
      hidden(mine ? "You: " : `${acts.business}: `),
      quoteOf(line, acts),
      content,
    ),
    h("button", { class: "round actions", type: "button", "aria-label": "Message actions", "aria-haspopup": "dialog", onclick: () => acts.menu(line) }, icon("more")),
    face.cards &&
      h(
        "div",
        { class: "cards", role: "group", "aria-label": "Cards", tabindex: "0" },
        face.cards.map((card) => h("article", { class: "card" }, inside(card, line, acts, null))),
      ),
    line.reactions &&
      h("span", { class: "reactions", role: "img", "aria-label": `Reactions: ${line.reactions.map((reaction) => reaction.emoji).join(" ")}` }, line.reactions.map((reaction) => h("span", {}, reaction.emoji))),
    line.error &&
      h("p", { class: "failure" }, icon("alert"), h("span", {}, h("b", {}, `${line.error.code} ${line.error.title ?? ""}`), line.error.details && bare(line.error.details) !== bare(line.error.title) && h("small", {}, line.error.details))),
  );
};
