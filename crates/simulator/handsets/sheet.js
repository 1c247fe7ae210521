// A sheet that comes up from the bottom of one phone: a dialog with its focus kept inside.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** Opens a sheet over `screen`; `draw` gets a function that closes it and gives its content. */
export const sheet = (screen, title, draw) => {
  const before = document.activeElement;
  const close = () => {
    if (!veil.isConnected) return;
    veil.remove();
    for (const other of screen.children) other.inert = false;
    if (before?.isConnected) before.focus();
    else screen.querySelector(".composer textarea, .chats [tabindex='0']")?.focus();
  };
  const name = `sheet-${(sheet.count = (sheet.count ?? 0) + 1)}`;
  const panel = h(
    "section",
    { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": name, tabindex: "-1" },
    h(
      "header",
      {},
      h("h2", { id: name }, title),
      h("button", { class: "round", type: "button", "aria-label": "Close", onclick: close }, icon("close")),
    ),
    h("div", { class: "sheet-body" }, draw(close)),
  );
  const veil = h("div", { class: "veil", onclick: (event) => event.target === veil && close() }, panel);
  veil.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  for (const other of screen.children) other.inert = true;
  screen.append(veil);
  (panel.querySelector("[autofocus], .sheet-body button, .sheet-body input") ?? panel).focus();
  return close;
};

/** A row of a sheet: an icon, a label, perhaps a second line. */
export const row = (name, label, onclick, detail, extra = "") =>
  h(
    "button",
    { class: `row ${extra}`, type: "button", onclick },
    name && icon(name),
    h("span", {}, label, detail && h("small", {}, detail)),
  );

/** A form in a sheet: fields are [name, label, value, attributes]. */
export const form = (screen, title, fields, submit, done) =>
  sheet(screen, title, (close) => {
    const inputs = fields.map(([name, label, value, more = {}]) =>
      h("label", { class: "field" }, h("span", {}, label), h("input", { name, value: value ?? "", autocomplete: "off", ...more })),
    );
    const send = (event) => {
      event.preventDefault();
      const given = Object.fromEntries(new FormData(event.target));
      close();
      done(given);
    };
    return h("form", { onsubmit: send }, inputs, h("button", { class: "primary", type: "submit" }, submit));
  });
