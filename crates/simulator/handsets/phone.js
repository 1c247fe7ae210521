// One phone: its frame, the list of its chats, and the chat that is open.

import { api } from "./api.js";
import { callScreen } from "./call.js";
import { Chat } from "./chat.js";
import { avatar, fill, h, hidden, roving, say, stampOf, timeOf } from "./dom.js";
import { icon } from "./icons.js";
import { form, row, sheet } from "./sheet.js";

const TICKS = { sent: "tick", delivered: "ticks", read: "ticks", accepted: "clock", failed: "alert", played: "mic" };

export class Phone {
  constructor(id, close) {
    this.id = id;
    this.about = { chats: [] };
    this.chat = null;
    this.skew = 0;
    this.clock = h("span", { class: "clock" });
    this.rows = h("ul", { class: "chats" });
    this.name = h("h2", { class: "who" });
    this.face = h("span", {});
    this.homeScreen = h(
      "section",
      { class: "home", "aria-label": "Chats" },
      h("header", { class: "top" }, this.face, this.name, h("button", { class: "round", type: "button", "aria-label": "Phone settings", "aria-haspopup": "dialog", onclick: () => this.settings() }, icon("more"))),
      this.rows,
    );
    this.off = h("div", { class: "off", hidden: true }, icon("power"), h("p", {}, "This phone is off"), h("button", { class: "primary", type: "button", onclick: () => this.power(false) }, "Switch on"));
    this.screen = h("div", { class: "screen" }, this.homeScreen);
    this.calls = callScreen(this);
    this.caption = h("span", { class: "caption-name" });
    this.element = h(
      "article",
      { class: "slot", "data-phone": id },
      h(
        "header",
        { class: "caption" },
        this.caption,
        close && h("button", { class: "round", type: "button", "aria-label": "Put this phone away", onclick: close }, icon("close")),
      ),
      h("div", { class: "frame" }, h("div", { class: "status-bar", "aria-hidden": "true" }, this.clock, h("span", { class: "island" }), h("span", { class: "signs" }, h("i", { class: "bars" }), h("i", { class: "battery" }))), this.screen, this.off),
    );
  }

  /** The simulator's time. */
  now() {
    return Date.now() + this.skew;
  }

  async load() {
    this.show(await api.screen(this.id));
    if (this.chat) await this.chat.load();
    else if (this.about.chats.length === 1 && !this.visited) await this.open(this.about.chats[0].phone_number_id, false);
    this.visited = true;
  }

  refresh() {
    return api.screen(this.id).then((about) => this.show(about), (error) => say(error.message));
  }

  show(about) {
    // An answer may be overtaken by an event. After a restart, time may be another.
    const late = new Date(this.about.now) - new Date(about.now);
    if (late > 0 && late < 5000) return;
    this.about = about;
    if (about.now) this.skew = new Date(about.now) - Date.now();
    this.tick();
    const address = about.wa_id ? `+${about.wa_id}` : about.username ? `@${about.username}` : about.user_id;
    fill(this.name, about.name, h("small", {}, address));
    fill(this.caption, h("b", {}, about.name), h("small", {}, about.username && about.wa_id ? `${address} · @${about.username}` : address));
    this.face.replaceChildren(avatar(about.name));
    this.element.setAttribute("aria-label", `Phone of ${about.name}`);
    this.off.hidden = !about.phone_off;
    this.screen.inert = about.phone_off;
    this.chats(about.chats);
    this.calls.show(about.phone_off ? null : about.call);
    if (!about.phone_off) this.chat?.look();
  }

  tick() {
    this.clock.textContent = timeOf(this.now());
  }

  chats(chats) {
    this.about.chats = chats;
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.number : null;
    fill(this.rows, chats.map((chat) => h("li", {}, this.row(chat))));
    roving(this.rows, "button");
    if (focused) this.rows.querySelector(`[data-number="${CSS.escape(focused)}"]`)?.focus();
    const open = this.chat && chats.find((chat) => chat.phone_number_id === this.chat.number);
    if (open) this.chat.about(open);
  }

  row(chat) {
    const { last } = chat;
    const name = chat.name || `+${chat.display_phone_number}`;
    const preview = chat.typing_ms ? h("em", {}, "typing…") : last ? [last.from_user && h("span", { class: `ticks is-${last.status}` }, icon(TICKS[last.status] ?? "tick")), h("span", {}, last.text)] : h("span", {}, "Say hello");
    return h(
      "button",
      { type: "button", class: `chat-row ${chat.unread ? "fresh" : ""}`, "data-number": chat.phone_number_id, onclick: () => this.open(chat.phone_number_id, true) },
      avatar(name),
      h("span", { class: "chat-name" }, name, chat.blocked && icon("block")),
      h("time", {}, last ? stampOf(last.at, this.now()) : ""),
      h("span", { class: "preview" }, preview),
      chat.unread > 0 && h("span", { class: "badge" }, String(chat.unread), hidden(" unread")),
    );
  }

  async open(number, focus) {
    const about = this.about.chats.find((chat) => chat.phone_number_id === number);
    if (!about) return;
    this.chat = new Chat(this, about);
    this.fill(this.chat.element);
    try {
      await this.chat.load();
    } catch (error) {
      say(error.message);
    }
    if (focus) this.chat.composer.focus();
  }

  home(focus) {
    const number = this.chat?.number;
    this.chat = null;
    this.fill(this.homeScreen);
    this.chats(this.about.chats);
    if (focus) this.rows.querySelector(`[data-number="${CSS.escape(number ?? "")}"]`)?.focus();
  }

  /** A call that is there stays in front. */
  fill(element) {
    element.inert = false;
    this.screen.replaceChildren(element);
    this.calls.show(null);
    this.calls.show(this.about.call);
  }

  /** An event of the stream. */
  take(name, data) {
    if (name === "line") {
      this.chats(data.chats);
      this.chat?.put(data.line, data.new);
    } else if (name === "mark") this.chats(data.chats);
    else if (name === "screen") this.show(data.screen);
  }

  power(off) {
    api.handset(this.id, { phone_off: off }).then((about) => this.show(about), (error) => say(error.message));
  }

  change(change) {
    api.profile(this.id, change).then(() => this.refresh(), (error) => say(error.message));
  }

  settings() {
    const { about } = this;
    sheet(this.screen, about.name, (close) => {
      const then = (act) => () => {
        close();
        act();
      };
      const rename = () =>
        form(this.screen, "Profile", [["name", "Name", about.name, { required: true }], ["username", "Username", about.username ?? "", { placeholder: "none" }]], "Save", ({ name, username }) => this.change(username ? { name, username: username.replace(/^@/, "") } : { name }));
      return [
        row("edit", "Name and username", then(rename)),
        row("check", about.auto_read === false ? "Read by itself" : "Read only what is looked at", then(() => this.change({ auto_read: about.auto_read === false })), "Whether messages are read without this page"),
        row("alert", about.undeliverable ? "Make reachable" : "Make unreachable", then(() => this.change({ undeliverable: !about.undeliverable })), "Messages to it fail with 131026"),
        row("power", "Switch the phone off", then(() => this.power(true)), "Messages wait until it is on again", "danger"),
      ];
    });
  }
}
