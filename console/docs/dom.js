// Elements, and the little Markdown that descriptions have.

/** An element; children are elements, texts, lists of them, or nothing. */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null));
  return element;
}

/** Paragraphs of a description. */
export function prose(text) {
  return (text ?? "").split(/\n\s*\n/).filter(Boolean).map((part) => h("p", null, inline(part)));
}

/** Text with `code` in it. */
export function inline(text) {
  return (text ?? "").split(/(`[^`]+`)/).map((part) =>
    part.startsWith("`") ? h("code", null, part.slice(1, -1)) : part);
}

/** A block of code with a button that copies it. */
export function code(text, label) {
  const button = h("button", { type: "button", onclick: copy }, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not permitted";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }
  return h("figure", { class: "code" },
    h("figcaption", null, label, button),
    h("pre", { tabindex: "0", "aria-label": label }, h("code", null, text)));
}
