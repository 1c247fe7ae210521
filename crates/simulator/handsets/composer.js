// Where the user writes: text, files, place, contact; answering and editing.

import { api } from "./api.js";
import { fill, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { form, row, sheet } from "./sheet.js";

const kindOf = (file) => {
  const family = file.type.split("/")[0];
  if (file.type === "image/webp") return "sticker";
  return ["image", "video", "audio"].includes(family) ? family : "document";
};

export const composer = (chat) => {
  const { phone, number } = chat;
  let answering = null;
  let editing = null;
  const note = h("div", { class: "answering", hidden: true });
  const text = h("textarea", { rows: 1, placeholder: "Message", "aria-label": `Message to ${chat.name}`, enterkeyhint: "send" });
  const send = h("button", { class: "send", type: "submit", "aria-label": "Send" }, icon("send"));

  const show = () => {
    note.hidden = !answering && !editing;
    const line = answering ?? editing;
    if (line) {
      fill(
        note,
        h("span", {}, h("b", {}, editing ? "Edit message" : line.from_user ? "Reply to yourself" : `Reply to ${chat.name}`), h("span", {}, chat.gist(line))),
        h("button", { class: "round", type: "button", "aria-label": editing ? "Cancel editing" : "Cancel reply", onclick: reset }, icon("close")),
      );
    }
    size();
  };
  const reset = () => {
    if (editing) text.value = "";
    answering = null;
    editing = null;
    show();
    text.focus();
  };
  const size = () => {
    text.style.height = "auto";
    if (text.scrollHeight > 0) text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
    send.disabled = text.value.trim() === "";
  };
  const context = () => (answering ? { context: { message_id: answering.wamid } } : {});
  const write = (body) =>
    api.write(phone.id, { phone_number_id: number, ...context(), ...body }).then(
      () => {
        answering = null;
        editing = null;
        show();
      },
      (error) => say(error.message),
    );
  const submit = (event) => {
    event?.preventDefault();
    const given = text.value.trim();
    if (!given) return;
    text.value = "";
    if (editing) {
      const message = editing.face.media ? { type: editing.kind, [editing.kind]: { caption: given } } : { type: "text", text: { body: given } };
      answering = null;
      write({ type: "edit", edit: { original_message_id: editing.wamid, message } });
    } else write({ text: given });
    size();
  };
  text.addEventListener("input", size);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    else if (event.key === "Escape" && (answering || editing)) {
      event.stopPropagation();
      reset();
    } else if (event.key === "ArrowUp" && text.value === "") {
      event.preventDefault();
      chat.focusLast();
    }
  });

  const file = h("input", { type: "file", hidden: true, "aria-label": "File to send" });
  file.addEventListener("change", () => {
    const chosen = file.files[0];
    if (!chosen) return;
    const kind = file.dataset.kind === "document" ? "document" : kindOf(chosen);
    const about = { kind, filename: chosen.name, caption: text.value.trim(), phone_number_id: number, context: answering?.wamid };
    text.value = "";
    answering = null;
    show();
    api.file(phone.id, chosen, about).catch((error) => say(error.message));
    file.value = "";
  });
  const choose = (kind, accept) => {
    file.dataset.kind = kind;
    file.accept = accept;
    file.click();
  };
  const place = () =>
    form(
      phone.screen,
      "Share a place",
      [
        ["name", "Name", "Philz Coffee"],
        ["address", "Address", "101 Forest Ave, Palo Alto"],
        ["latitude", "Latitude", "37.44221", { required: true, inputmode: "decimal", pattern: "-?[0-9.]+" }],
        ["longitude", "Longitude", "-122.16166", { required: true, inputmode: "decimal", pattern: "-?[0-9.]+" }],
      ],
      "Send location",
      ({ name, address, latitude, longitude }) => {
        const location = { latitude: Number(latitude), longitude: Number(longitude) };
        if (name) location.name = name;
        if (address) location.address = address;
        write({ type: "location", location });
      },
    );
  const contact = () =>
    form(
      phone.screen,
      "Share a contact",
      [
        ["name", "Name", "Barbara Johnson", { required: true }],
        ["phone", "Phone", "+1 415 555 0829", { required: true }],
      ],
      "Send contact",
      ({ name, phone: given }) => {
        const [first, ...rest] = name.split(" ");
        const names = { formatted_name: name, first_name: first };
        if (rest.length > 0) names.last_name = rest.join(" ");
        write({ type: "contacts", contacts: [{ name: names, phones: [{ phone: given, wa_id: given.replace(/\D/g, ""), type: "CELL" }] }] });
      },
    );
  const attach = () =>
    sheet(phone.screen, "Share", (close) => {
      const then = (act) => () => {
        close();
        act();
      };
      return h(
        "div",
        { class: "grid" },
        row("image", "Photo or video", then(() => choose("media", "image/*,video/*"))),
        row("mic", "Audio", then(() => choose("audio", "audio/*"))),
        row("file", "Document", then(() => choose("document", ""))),
        row("pin", "Location", then(place)),
        row("person", "Contact", then(contact)),
      );
    });

  const element = h(
    "form",
    { class: "composer", onsubmit: submit },
    note,
    h(
      "div",
      { class: "composer-row" },
      h("button", { class: "round attach", type: "button", "aria-label": "Share something", "aria-haspopup": "dialog", onclick: attach }, icon("plus")),
      text,
      send,
      file,
    ),
  );
  size();
  return {
    element,
    place,
    write,
    focus: () => text.focus(),
    answer: (line) => {
      answering = line;
      editing = null;
      show();
      text.focus();
    },
    edit: (line) => {
      editing = line;
      answering = null;
      text.value = line.face.text ?? "";
      show();
      text.focus();
    },
  };
};
