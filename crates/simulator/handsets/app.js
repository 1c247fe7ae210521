// The page: which phones are shown, in its address, and one stream for all of them.

import { api, follow } from "./api.js";
import { fill, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { Phone } from "./phone.js";
import { pickPhone } from "./picker.js";

const asked = new URLSearchParams(location.search);
const embedded = asked.has("embed");
const stage = document.getElementById("stage");
const bar = document.getElementById("bar");
const phones = new Map();
let unfollow = () => {};
let lost = false;

const remember = () => {
  const parameters = new URLSearchParams();
  for (const id of phones.keys()) parameters.append("user", id);
  if (embedded) parameters.set("embed", "");
  history.replaceState(null, "", `${location.pathname}?${parameters}`);
};

const reload = () => Promise.all([...phones.values()].map((phone) => phone.load())).catch((error) => say(error.message));

const listen = () => {
  unfollow();
  unfollow = follow([...phones.keys()], (name, data) => {
    if (name === "ready") {
      if (lost) say("Connected again");
      lost = false;
      // Followed first, loaded after: nothing falls between the two.
      reload().then(() => document.body.setAttribute("data-ready", [...phones.keys()].join(" ")));
    } else if (name === "resync") reload();
    else if (name === "lost") {
      if (!lost) say("The simulator does not answer; trying again");
      lost = true;
    } else phones.get(data.user)?.take(name, data);
  });
};

const draw = () => {
  const empty = h(
    "section",
    { class: "empty" },
    icon("phone"),
    h("h2", {}, "No phone here yet"),
    h("p", {}, "Take one, and write to the business as its customers do."),
    h("button", { class: "primary", type: "button", onclick: choose }, "Take a phone"),
  );
  const shown = [...phones.values()].map((phone) => phone.element);
  if (shown.length === 0) fill(stage, empty);
  else {
    stage.querySelector(".empty")?.remove();
    for (const slot of [...stage.children]) if (!shown.includes(slot)) slot.remove();
    for (const slot of shown) if (!slot.isConnected) stage.append(slot);
  }
  stage.dataset.count = String(shown.length);
};

const add = (id) => {
  const known = phones.get(id);
  if (!known) phones.set(id, new Phone(id, embedded ? null : () => remove(id)));
};

const show = (id) => {
  document.body.removeAttribute("data-ready");
  add(id);
  remember();
  draw();
  listen();
  phones.get(id).element.scrollIntoView({ inline: "center" });
};

const remove = (id) => {
  phones.delete(id);
  remember();
  draw();
  listen();
};

const choose = () => pickPhone([...phones.keys()], show);

const start = async () => {
  if (embedded) document.body.classList.add("embedded");
  fill(
    bar,
    h("h1", {}, h("img", { src: "/handsets/icon.svg", alt: "" }), "Handsets"),
    h("p", { class: "bar-note" }, "Simulated phones. Nothing leaves this machine."),
    h("button", { class: "primary", type: "button", onclick: choose }, icon("plus"), "Take a phone"),
  );
  const wanted = asked.getAll("user").map((id) => (/^[+\d][\d\s()-]*$/.test(id) ? id.replace(/\D/g, "") : id));
  try {
    const ids = wanted.length > 0 ? wanted : (await api.phones({ limit: 2 })).data.map((phone) => phone.id);
    for (const id of ids) add(id);
  } catch (error) {
    say(error.message);
  }
  remember();
  draw();
  listen();
};

document.addEventListener("visibilitychange", () => {
  for (const phone of phones.values()) phone.chat?.look();
});
setInterval(() => {
  for (const phone of phones.values()) phone.tick();
}, 10_000);

start();
