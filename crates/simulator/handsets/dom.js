// Elements without a framework: h("button", { class: "x", onclick: go }, "Go").

const put = (element, name, value) => {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name in element && typeof value !== "string") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
};

export const h = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) put(element, name, value);
  fill(element, children);
  return element;
};

export const fill = (element, ...children) => {
  const wanted = children.flat(Infinity).filter((child) => child || child === 0);
  element.replaceChildren(...wanted.map((child) => (child instanceof Node ? child : String(child))));
  return element;
};

export const hidden = (text) => h("span", { class: "unseen" }, text);

/** Arrow keys move between the children that `pick` finds; Tab goes past them. */
export const roving = (list, pick) => {
  const items = () => [...list.querySelectorAll(pick)];
  const focus = (item) => {
    for (const other of items()) other.tabIndex = other === item ? 0 : -1;
    item?.focus();
  };
  list.addEventListener("keydown", (event) => {
    const all = items();
    const here = all.indexOf(document.activeElement);
    const back = event.key === "ArrowUp" || event.key === "ArrowLeft";
    const on = event.key === "ArrowDown" || event.key === "ArrowRight";
    if (here < 0) return;
    if (back || on) focus(all[Math.min(all.length - 1, Math.max(0, here + (on ? 1 : -1)))]);
    else if (event.key === "Home") focus(all[0]);
    else if (event.key === "End") focus(all.at(-1));
    else return;
    event.preventDefault();
  });
  const first = items();
  first.forEach((item, place) => (item.tabIndex = place === 0 ? 0 : -1));
  return { focus };
};

/** Two letters and a colour of its own for a name. */
export const avatar = (name, extra = "") => {
  const words = (name ?? "").replace(/[^\p{L}\p{N} ]/gu, "").trim().split(/\s+/);
  const letters = words.slice(0, 2).map((word) => [...word][0] ?? "").join("");
  const sum = [...(name ?? "")].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7);
  return h("span", { class: `avatar tone-${sum % 6} ${extra}`, "aria-hidden": "true" }, letters.toUpperCase() || "?");
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "2-digit", year: "2-digit" });

export const timeOf = (at) => clock.format(new Date(at));

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);

export const dayOf = (at, now) => {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return days > 1 && days < 7 ? weekday.format(new Date(at)) : day.format(new Date(at));
};

export const stampOf = (at, now) => {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return timeOf(at);
  if (days === 1) return "Yesterday";
  return days > 1 && days < 7 ? weekday.format(new Date(at)) : short.format(new Date(at));
};

/** Something to hear and to see for a moment. */
export const say = (text) => {
  const news = document.getElementById("news");
  const note = h("p", { class: "toast" }, text);
  news.append(note);
  setTimeout(() => note.remove(), 4000);
};
