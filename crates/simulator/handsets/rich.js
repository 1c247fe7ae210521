// The markdown of Flows: bold, italic, struck, links, headings, lists and tables.

import { h } from "./dom.js";

const MARKS = /\*\*(.+?)\*\*|\*(.+?)\*|~~(.+?)~~|\[([^\]]+)\]\((https?:[^)\s]+)\)/;

const inline = (text) => {
  const found = MARKS.exec(text);
  if (!found) return [text];
  const [whole, bold, italic, struck, label, url] = found;
  const inside = bold ? h("strong", {}, inline(bold)) : italic ? h("em", {}, inline(italic)) : struck ? h("s", {}, inline(struck)) : h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
  return [text.slice(0, found.index), inside, ...inline(text.slice(found.index + whole.length))];
};

const cells = (line) => line.split("|").slice(1, -1).map((cell) => cell.trim());

const KINDS = [
  ["heading", /^(#{1,2})\s+(.*)$/, (lines, [, level, words]) => h(level.length === 1 ? "h3" : "h4", { class: level.length === 1 ? "flow-heading" : "flow-subheading" }, inline(words))],
  ["ul", /^\s*[-+*]\s+(.*)$/, (lines) => h("ul", {}, lines.map(([, words]) => h("li", {}, inline(words))))],
  ["ol", /^\s*\d+[.)]\s+(.*)$/, (lines) => h("ol", {}, lines.map(([, words]) => h("li", {}, inline(words))))],
  [
    "table",
    /^\s*\|(.*)\|\s*$/,
    (lines) => {
      const rows = lines.filter(([line]) => !/^[\s|:-]+$/.test(line)).map(([line]) => cells(line.trim()));
      return h("table", {}, rows.map((row, place) => h("tr", {}, row.map((cell) => h(place === 0 ? "th" : "td", {}, inline(cell))))));
    },
  ],
];

/** Elements for a text in markdown. */
export const rich = (text) => {
  const shown = [];
  let run = { name: null, lines: [] };
  const end = () => {
    if (run.name) shown.push(run.make(run.lines, run.lines[0]));
    run = { name: null, lines: [] };
  };
  for (const line of String(text ?? "").split("\n")) {
    const kind = KINDS.find(([, pattern]) => pattern.test(line));
    if (!kind || kind[0] !== run.name || run.name === "heading") end();
    if (kind) {
      const [name, pattern, make] = kind;
      run = { name, make, lines: [...run.lines, pattern.exec(line)] };
    } else if (line.trim() !== "") shown.push(h("p", {}, inline(line)));
  }
  end();
  return shown;
};
