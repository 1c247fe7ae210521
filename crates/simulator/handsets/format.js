// WhatsApp's formatting as elements: *bold*, _italic_, ~strike~, `code`, ```mono```, lists, quotes, links.

import { h } from "./dom.js";

const MARKS = { "*": "strong", _: "em", "~": "s" };
const LINK = /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'*_~]/;

const wordy = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** A mark opens before a letter and closes after one, as long as no word goes on beside it. */
const closing = (text, mark, from) => {
  for (let at = text.indexOf(mark, from); at > 0; at = text.indexOf(mark, at + 1)) {
    if (at > from && !/\s/.test(text[at - 1]) && !wordy(text[at + 1])) return at;
  }
  return -1;
};

const inline = (text) => {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(plain);
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const letter = text[at];
    const tag = MARKS[letter];
    const free = !wordy(text[at - 1]);
    if (letter === "`") {
      const end = text.indexOf("`", at + 1);
      if (end > at + 1) {
        flush();
        nodes.push(h("code", {}, text.slice(at + 1, end)));
        at = end + 1;
        continue;
      }
    } else if (tag && free && text[at + 1] && !/\s/.test(text[at + 1])) {
      const end = closing(text, letter, at + 1);
      if (end > 0) {
        flush();
        nodes.push(h(tag, {}, inline(text.slice(at + 1, end))));
        at = end + 1;
        continue;
      }
    } else if (letter === "h" && free) {
      const found = LINK.exec(text.slice(at));
      if (found?.index === 0) {
        flush();
        const href = found[0];
        nodes.push(h("a", { href, target: "_blank", rel: "noopener noreferrer" }, href));
        at += href.length;
        continue;
      }
    }
    plain += letter;
    at += 1;
  }
  flush();
  return nodes;
};

const block = (lines) => {
  const nodes = [];
  let list = null;
  for (const [place, line] of lines.entries()) {
    const bullet = /^[*-] (.+)$/.exec(line);
    const numbered = /^(\d{1,2})\. (.+)$/.exec(line);
    const quote = /^> (.+)$/.exec(line);
    if (bullet || numbered) {
      const tag = bullet ? "ul" : "ol";
      if (list?.localName !== tag) {
        list = h(tag, numbered ? { start: Number(numbered[1]) } : {});
        nodes.push(list);
      }
      list.append(h("li", {}, inline(bullet ? bullet[1] : numbered[2])));
      continue;
    }
    const after = list !== null;
    list = null;
    if (quote) nodes.push(h("blockquote", {}, inline(quote[1])));
    else {
      if (place > 0 && !after && nodes.at(-1)?.localName !== "blockquote") nodes.push("\n");
      nodes.push(...inline(line));
    }
  }
  return nodes;
};

export const formatted = (text) =>
  String(text)
    .split("```")
    .flatMap((part, place, all) => {
      const mono = place % 2 === 1 && place < all.length - 1;
      if (mono) return [h("code", { class: "mono" }, part)];
      const lost = place % 2 === 1 ? "```" : "";
      return block((lost + part).split("\n"));
    });
