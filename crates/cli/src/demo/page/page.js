// Shows the events of the subscriber as they arrive, the newest first; a click shows the whole.

const list = document.getElementById("events");
const state = document.getElementById("state");
const seen = new Set();
const MOST = 300;

const make = (tag, kind, ...children) => {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...children);
  return element;
};

/** JSON with its names, texts and other values in colours of their own. */
const coloured = (value) => {
  const text = JSON.stringify(value, null, 2);
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/);
  return parts.map((part, place) => {
    if (place % 2 === 0) return part;
    const kind = part.endsWith(":") ? "key" : part.startsWith('"') ? "text" : "plain";
    return make("span", kind, part);
  });
};

const timeOf = (envelope) => {
  const at = new Date(Number(envelope.timestamp) * 1000);
  return Number.isNaN(at.getTime()) ? "" : at.toLocaleTimeString("en-GB");
};

const show = ({ arrival, event, facts, mark, envelope }) => {
  if (seen.has(arrival)) return;
  seen.add(arrival);
  const time = make("time", "", timeOf(envelope));
  const summary = make("summary", "", time, make("span", `kind ${event}`, event), make("span", "facts", ...(mark ? [make("span", "mark", mark)] : []), facts));
  const details = make("details", "", summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const whole = make("pre", "", ...coloured(envelope));
      whole.tabIndex = 0;
      details.append(whole);
    }
  });
  list.prepend(make("li", mark && mark !== "again" ? "is-refused" : "", details));
  if (list.children.length > MOST) list.lastElementChild.remove();
};

const source = new EventSource("/tail");
source.addEventListener("open", () => {
  state.textContent = "live";
  state.className = "live";
});
source.addEventListener("error", () => {
  state.textContent = "the demo has ended";
  state.className = "";
});
source.addEventListener("message", (event) => show(JSON.parse(event.data)));

// A switch that breaks the subscriber, and mends it.
const breaker = document.getElementById("break");
const shown = (broken) => {
  breaker.classList.toggle("is-broken", broken);
  breaker.textContent = broken ? "Mend the subscriber" : "Break the subscriber";
};
fetch("/broken").then((answer) => answer.json()).then(shown, () => {});
breaker.addEventListener("click", async () => {
  const broken = !breaker.classList.contains("is-broken");
  const answer = await fetch("/broken", { method: "POST", headers: { "content-type": "application/json" }, body: String(broken) });
  if (answer.ok) shown(broken);
});
