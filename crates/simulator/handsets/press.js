// What the buttons of a message do.

import { api } from "./api.js";
import { call } from "./call.js";
import { h, say } from "./dom.js";
import { openFlow } from "./flows.js";
import { icon } from "./icons.js";
import { form, row, sheet } from "./sheet.js";

const tap = (chat, line, button) =>
  api
    .act(chat.phone.id, "tap", { wamid: line.wamid, button: button.id ?? button.text, phone_number_id: chat.number })
    .catch((error) => say(error.message));

const pick = (chat, line, face) =>
  sheet(chat.phone.screen, face.list.title ?? "Choose", (close) => {
    let chosen = null;
    const send = h("button", { class: "primary", type: "submit", disabled: true }, "Send");
    const choose = (item) => {
      chosen = item.id;
      send.disabled = false;
    };
    const submit = (event) => {
      event.preventDefault();
      close();
      api.act(chat.phone.id, "pick", { wamid: line.wamid, row: chosen, phone_number_id: chat.number }).catch((error) => say(error.message));
    };
    return h(
      "form",
      { class: "picks", onsubmit: submit },
      (face.list.sections ?? []).map((section) =>
        h(
          "fieldset",
          {},
          h("legend", { class: section.title ? "" : "unseen" }, section.title ?? "Choices"),
          (section.rows ?? []).map((item) =>
            h("label", { class: "pick" }, h("span", {}, item.title, item.description && h("small", {}, item.description)), h("input", { type: "radio", name: "row", value: item.id, onchange: () => choose(item) })),
          ),
        ),
      ),
      send,
    );
  });

const address = (chat, url) =>
  sheet(chat.phone.screen, "Open this page?", (close) => [
    h("p", { class: "address" }, url),
    h("a", { class: "primary", href: url, target: "_blank", rel: "noopener noreferrer", onclick: close }, "Open in a new tab"),
  ]);

const copy = (code) => {
  const told = () => say(`Code ${code ?? ""} copied`);
  navigator.clipboard?.writeText(code ?? "").then(told, told) ?? told();
};

const answer = (chat, line, body) => chat.composer.write({ context: { message_id: line.wamid }, ...body });

const shop = (chat, line, face) =>
  sheet(chat.phone.screen, "Products", (close) => {
    const items = (face.products ?? []).flatMap((section) => section.items ?? []).filter(Boolean);
    const names = items.length > 0 ? items : ["simulated-product"];
    const cart = new Map(names.map((name) => [name, names.length === 1 ? 1 : 0]));
    const send = h("button", { class: "primary", type: "button" }, "Send order");
    const check = () => (send.disabled = [...cart.values()].every((count) => count === 0));
    send.addEventListener("click", () => {
      close();
      const chosen = [...cart].filter(([, count]) => count > 0);
      const product_items = chosen.map(([name, quantity]) => ({ product_retailer_id: name, quantity, item_price: 10, currency: "USD" }));
      answer(chat, line, { type: "order", order: { catalog_id: "194836987003835", text: "", product_items } });
    });
    check();
    return [
      names.map((name) => {
        const shown = h("output", {}, String(cart.get(name)));
        const change = (by) => () => {
          cart.set(name, Math.max(0, cart.get(name) + by));
          shown.textContent = String(cart.get(name));
          check();
        };
        return h(
          "div",
          { class: "ware" },
          h("span", { class: "goods-icon" }, icon("bag")),
          h("span", {}, h("b", {}, name), h("small", {}, "Simulated price: 10 USD")),
          h("button", { class: "round", type: "button", "aria-label": `One ${name} less`, onclick: change(-1) }, "−"),
          shown,
          h("button", { class: "round", type: "button", "aria-label": `One ${name} more`, onclick: change(1) }, "+"),
        );
      }),
      send,
    ];
  });

const shareContact = (chat, line) => {
  const digits = chat.phone.about.wa_id;
  if (!digits) {
    say("This user shows no phone number");
    return;
  }
  const contacts = [{ origin: "contact_request", phones: [{ phone: `+${digits}`, wa_id: digits, type: "CELL" }] }];
  answer(chat, line, { type: "contacts", contacts });
};

const addressForm = (chat, line) =>
  form(
    chat.phone.screen,
    "Your address",
    [
      ["name", "Name", chat.phone.about.name],
      ["phone_number", "Phone", chat.phone.about.wa_id ?? ""],
      ["address", "Street", "Wing A, Cello Triumph"],
      ["in_pin_code", "PIN code", "400063"],
      ["city", "City", "Mumbai"],
    ],
    "Send address",
    (values) =>
      answer(chat, line, {
        type: "interactive",
        interactive: {
          type: "nfm_reply",
          nfm_reply: { name: "address_message", body: Object.values(values).filter(Boolean).join("\n"), response_json: JSON.stringify({ values }) },
        },
      }),
  );

const calls = (chat, line) =>
  sheet(chat.phone.screen, `May ${chat.name} call you?`, (close) => {
    const reply = (response, permanent) => () => {
      close();
      api.act(chat.phone.id, "call_permission", { wamid: line.wamid, response, permanent, phone_number_id: chat.number }).catch((error) => say(error.message));
    };
    return [
      row("check", "Always allow", reply("accept", true)),
      row("clock", "Allow for seven days", reply("accept", false)),
      row("block", "Do not allow", reply("reject", false), null, "danger"),
    ];
  });

export const press = (chat, line, button, face) => {
  switch (button.type) {
    case "reply":
    case "quick_reply":
      return tap(chat, line, button);
    case "list":
      return pick(chat, line, face);
    case "url":
      return address(chat, button.url ?? "");
    case "copy_code":
    case "otp":
      return copy(button.code);
    case "flow":
      return openFlow(chat.phone, line, chat.name);
    case "catalog":
    case "product":
    case "products":
      return shop(chat, line, face);
    case "location_request":
      chat.composer.answer(line);
      return chat.composer.place();
    case "contact_request":
      return shareContact(chat, line);
    case "address":
      return addressForm(chat, line);
    case "call_permission":
      return calls(chat, line);
    case "call":
      return call(chat.phone, chat.number, button.payload);
    case "phone":
      return say(`The phone would dial ${button.phone ?? "the number"}`);
    case "pay":
      return say("Payments are not simulated");
    default:
      return say("This button does nothing here");
  }
};
