// The reference of the API, drawn from /openapi.json.

import { h, prose } from "./dom.js";
import { operations, show } from "./operation.js";
import { use } from "./schema.js";

const main = document.getElementById("operation");
const groups = document.getElementById("groups");
const search = document.getElementById("search");
const found = document.getElementById("found");

let api;
let all = [];

async function start() {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`/openapi.json answers ${response.status}`);
  api = await response.json();
  use(api);
  all = operations(api);
  document.getElementById("version").textContent = api.info.version;
  drawIndex();
  drawMain();
}

function matches(operation, words) {
  const text = [operation.summary, operation.method, operation.path, operation.operationId, operation.tag,
    operation.description].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

function drawIndex() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter((operation) => matches(operation, words));
  const tags = (api.tags ?? []).map((tag) => tag.name);
  const names = [...new Set([...tags, ...shown.map((operation) => operation.tag)])];
  groups.replaceChildren(...names.map((name) => {
    const members = shown.filter((operation) => operation.tag === name);
    if (members.length === 0) return "";
    return h("section", null, h("h2", null, name), h("ul", null, members.map(entry)));
  }));
  found.textContent = words.length ? `${shown.length} of ${all.length} operations` : "";
}

function entry(operation) {
  const current = location.hash === `#${operation.operationId}`;
  return h("li", null, h("a", { href: `#${operation.operationId}`, "aria-current": current ? "page" : null },
    h("span", { class: `method ${operation.method}` }, operation.method.toUpperCase()), " ",
    operation.summary ?? operation.path));
}

function drawMain() {
  const operation = all.find((one) => `#${one.operationId}` === location.hash);
  document.title = operation ? `${operation.summary} · Wharf API` : "Wharf API";
  main.replaceChildren(operation ? show(operation, api) : welcome());
}

function welcome() {
  return h("article", null,
    h("h1", null, `${api.info.title} API`),
    prose(api.info.description),
    h("dl", { class: "fields" }, (api.tags ?? []).map((tag) => {
      const first = all.find((operation) => operation.tag === tag.name);
      const name = first ? h("a", { href: `#${first.operationId}` }, tag.name) : tag.name;
      return [h("dt", null, name), h("dd", null, prose(tag.description))];
    })));
}

/** Up and down go through what is listed. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [search, ...groups.querySelectorAll("a")];
  const place = links.indexOf(document.activeElement);
  if (place < 0) return;
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, place + step))].focus();
}

search.addEventListener("input", drawIndex);
document.getElementById("index").addEventListener("keydown", walk);
addEventListener("hashchange", () => {
  if (location.hash === "#operation") return;
  for (const link of groups.querySelectorAll("a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  drawMain();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});
addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && typing) {
    search.value = "";
    drawIndex();
  }
});

start().catch((error) => {
  main.replaceChildren(h("p", { role: "alert" }, `The reference cannot be shown: ${error.message}`));
});
