// Choosing which phones are shown, among a few or a hundred thousand, and making new ones.

import { api } from "./api.js";
import { avatar, fill, h, roving, say } from "./dom.js";
import { icon } from "./icons.js";

const address = (phone) => (phone.wa_id ? `+${phone.wa_id}` : phone.username ? `@${phone.username}` : phone.user_id);

/** Opens the picker; `chosen` gets the id of a phone. */
export const pickPhone = (shown, chosen) => {
  const list = h("ul", { class: "found" });
  const more = h("button", { class: "plain", type: "button", hidden: true }, "Show more");
  const count = h("p", { class: "hint", role: "status" });
  const search = h("input", { type: "search", placeholder: "Name, number or @username", "aria-label": "Search phones", autocomplete: "off" });
  let turn = 0;

  const take = (id) => {
    dialog.close();
    chosen(id);
  };
  const entry = (phone) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "chat-row", disabled: shown.includes(phone.id), onclick: () => take(phone.id) },
        avatar(phone.name),
        h("span", { class: "chat-name" }, phone.name),
        phone.unread > 0 && h("span", { class: "badge" }, String(phone.unread)),
        h("span", { class: "preview" }, address(phone), shown.includes(phone.id) && " · shown already"),
      ),
    );
  const load = async (after) => {
    const mine = (turn += 1);
    try {
      const page = await api.phones({ q: search.value, after, limit: 30 });
      if (mine !== turn) return;
      const entries = page.data.map(entry);
      if (after) list.append(...entries);
      else fill(list, entries);
      roving(list, "button:enabled");
      count.textContent = page.count === 1 ? "1 phone" : `${page.count.toLocaleString()} phones`;
      more.hidden = page.next === null;
      more.onclick = () => load(page.next);
    } catch (error) {
      say(error.message);
    }
  };
  let wait = 0;
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => load(0), 120);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.querySelector("button:enabled")?.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.querySelector("button:enabled")?.click();
    }
  });

  const fresh = h("input", { name: "who", placeholder: "+1 650 555 1234 or @username", "aria-label": "Phone number or @username", autocomplete: "off", required: true });
  const name = h("input", { name: "name", placeholder: "Name (if you like)", "aria-label": "Name", autocomplete: "off" });
  const make = async (event) => {
    event.preventDefault();
    const given = fresh.value.trim();
    const id = given.startsWith("@") ? `@${given.slice(1).replace(/\s/g, "")}` : given.replace(/\D/g, "");
    if (id.length < 2) {
      say("Give a phone number or an @username");
      return;
    }
    try {
      if (name.value.trim()) await api.profile(id, { name: name.value.trim() });
      const phone = await api.screen(id);
      take(phone.id);
    } catch (error) {
      say(error.message);
    }
  };

  const dialog = h(
    "dialog",
    { class: "picker", "aria-labelledby": "picker-title" },
    h("header", {}, h("h2", { id: "picker-title" }, "Take a phone"), h("button", { class: "round", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
    h("div", { class: "search" }, icon("search"), search),
    list,
    h("div", { class: "found-foot" }, count, more),
    h("form", { class: "new", onsubmit: make }, h("h3", {}, "A new phone"), fresh, name, h("button", { class: "primary", type: "submit" }, "Add")),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  search.focus();
  load(0);
};
