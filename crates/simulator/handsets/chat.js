// One chat: its lines with date separators, paged upwards, kept up to date by the stream.

import { api } from "./api.js";
import { bubble } from "./bubble.js";
import { call } from "./call.js";
import { composer } from "./composer.js";
import { avatar, dayOf, fill, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { press } from "./press.js";
import { row, sheet } from "./sheet.js";

const PAGE = 40;
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const CHANGEABLE = 15 * 60_000;

export class Chat {
  constructor(phone, about) {
    this.phone = phone;
    this.number = about.phone_number_id;
    this.name = about.name || about.display_phone_number;
    this.business = this.name;
    this.lines = new Map();
    this.more = false;
    this.list = h("ol", { class: "lines" });
    this.older = h("button", { class: "older", type: "button", hidden: true, onclick: () => this.loadOlder() }, "Show earlier messages");
    this.typing = h("div", { class: "typing", hidden: true, role: "status", "aria-label": `${this.name} is typing` }, h("i"), h("i"), h("i"));
    this.scroller = h("div", { class: "wall", role: "log", "aria-label": `Messages with ${this.name}`, "aria-live": "polite", tabindex: "-1" }, this.older, this.list, this.typing);
    this.scroller.addEventListener("scroll", () => this.scroller.scrollTop < 60 && this.more && this.loadOlder());
    this.composer = composer(this);
    this.dial = h("button", { class: "round dial", type: "button", "aria-label": `Call ${this.name}`, onclick: () => call(phone, this.number) }, icon("phone"));
    this.state = h("small", {});
    this.banner = h("p", { class: "banner", hidden: true });
    this.element = h(
      "section",
      { class: "chat", "aria-label": `Chat with ${this.name}` },
      h(
        "header",
        { class: "top" },
        h("button", { class: "round back", type: "button", "aria-label": "Back to the chats", onclick: () => phone.home(true) }, icon("back")),
        avatar(this.name),
        h("h2", { class: "who" }, this.name, this.state),
        this.dial,
        h("button", { class: "round", type: "button", "aria-label": "Chat settings", "aria-haspopup": "dialog", onclick: () => this.settings() }, icon("more")),
      ),
      this.banner,
      this.scroller,
      this.composer.element,
    );
    this.list.addEventListener("keydown", (event) => this.keys(event));
    this.list.addEventListener("focusin", (event) => this.reach(event.target.closest("li")));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.list.contains(document.activeElement)) this.composer.focus();
      else phone.home(true);
    });
    this.about(about);
  }

  about(about) {
    this.blocked = about.blocked;
    this.dial.hidden = !about.calls || about.blocked;
    this.banner.hidden = !about.blocked;
    fill(this.banner, "You blocked this business. ", h("button", { type: "button", class: "plain", onclick: () => this.block(false) }, "Unblock"));
    this.composer.element.hidden = about.blocked;
    const until = about.typing_ms ?? 0;
    clearTimeout(this.typingEnd);
    this.typing.hidden = until <= 0;
    this.state.className = until > 0 ? "is-typing" : "";
    this.state.textContent = until > 0 ? "typing…" : `+${about.display_phone_number}`;
    if (until > 0) {
      this.typingEnd = setTimeout(() => this.about({ ...about, typing_ms: 0 }), until);
      this.keepDown();
    }
    if (about.seen) {
      for (const line of this.lines.values()) {
        if (line.from_user && line.status !== "read" && line.at <= about.seen) this.put({ ...line, status: "read" });
      }
    }
  }

  async load() {
    const page = await api.chat(this.phone.id, { phone_number_id: this.number, limit: PAGE });
    this.lines = new Map(page.data.map((line) => [line.wamid, line]));
    this.more = page.more;
    this.draw();
    this.down();
    this.look();
  }

  async loadOlder() {
    if (this.loading || !this.more) return;
    this.loading = true;
    const before = this.lines.keys().next().value;
    try {
      const page = await api.chat(this.phone.id, { phone_number_id: this.number, before, limit: PAGE });
      const height = this.scroller.scrollHeight;
      this.lines = new Map([...page.data.map((line) => [line.wamid, line]), ...this.lines]);
      this.more = page.more;
      this.draw();
      this.scroller.scrollTop += this.scroller.scrollHeight - height;
    } catch (error) {
      say(error.message);
    }
    this.loading = false;
  }

  /** A line from the stream: new, or with another state. */
  put(line, isNew) {
    if (line.phone_number_id !== this.number) return;
    const known = this.lines.has(line.wamid);
    // Another state of a line further up, which is loaded when it is wanted.
    if (!known && !isNew && this.more) return;
    this.lines.set(line.wamid, line);
    if (known) {
      const old = this.list.querySelector(`[data-wamid="${CSS.escape(line.wamid)}"]`);
      const fresh = bubble(line, this.acts());
      if (!old) return;
      for (const kept of ["tail", "apart"]) fresh.classList.toggle(kept, old.classList.contains(kept));
      // What plays goes on, and what has the focus keeps it.
      const playing = old.querySelector("audio, video");
      if (playing && !playing.paused) return;
      const focused = old.contains(document.activeElement);
      fresh.tabIndex = old.tabIndex;
      const slide = old.querySelector(".cards")?.scrollLeft;
      old.replaceWith(fresh);
      if (slide) fresh.querySelector(".cards").scrollLeft = slide;
      if (focused) fresh.focus();
      this.settle();
    } else {
      const down = this.isDown();
      this.append(line);
      this.settle();
      if (down || line.from_user) this.down();
    }
    this.look();
  }

  draw() {
    this.list.replaceChildren();
    this.last = null;
    for (const line of this.lines.values()) this.append(line);
    this.older.hidden = !this.more;
    this.settle();
  }

  append(line) {
    const day = dayOf(line.at, this.phone.now());
    if (!this.last || dayOf(this.last.at, this.phone.now()) !== day) {
      this.list.append(h("li", { class: "day" }, h("span", {}, day)));
      this.last = null;
    }
    this.list.append(bubble(line, this.acts()));
    this.last = line;
  }

  /** Tails stand at the last of several bubbles of one side; only one line is in the tab order. */
  settle() {
    const items = [...this.list.children];
    const side = (item) => (item?.classList.contains("mine") ? "mine" : item?.classList.contains("theirs") ? "theirs" : "");
    items.forEach((item, place) => {
      item.classList.toggle("tail", side(item) !== "" && side(items[place + 1]) !== side(item));
      item.classList.toggle("apart", side(item) !== "" && side(items[place - 1]) !== side(item));
    });
    if (!this.list.querySelector("li[tabindex='0']")) this.reach([...this.list.querySelectorAll("li[data-wamid]")].at(-1));
    else this.reach(this.list.querySelector("li[tabindex='0']"));
  }

  reach(item) {
    if (!item?.dataset.wamid) return;
    for (const other of this.list.querySelectorAll("li[data-wamid]")) {
      other.tabIndex = other === item ? 0 : -1;
      for (const control of other.querySelectorAll("button, a, input, video")) control.tabIndex = other === item ? 0 : -1;
    }
  }

  keys(event) {
    const item = event.target.closest("li");
    if (event.target !== item) return;
    const all = [...this.list.querySelectorAll("li[data-wamid]")];
    const here = all.indexOf(item);
    const line = this.lines.get(item.dataset.wamid);
    const moves = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: all.length - 1 };
    if (event.key === "Enter") this.menu(line);
    else if (event.key === "r" && line.kind !== "call") this.composer.answer(line);
    else if (event.key in moves) {
      const next = all[Math.max(0, moves[event.key])];
      if (next) next.focus();
      else this.composer.focus();
    } else return;
    event.preventDefault();
  }

  focusLast() {
    [...this.list.querySelectorAll("li[data-wamid]")].at(-1)?.focus();
  }

  isDown() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 90;
  }

  down() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    // Pictures make the chat longer when they come.
    for (const image of this.list.querySelectorAll("img:not([data-seen])")) {
      image.dataset.seen = "1";
      if (!image.complete) image.addEventListener("load", () => this.keepDown(400), { once: true });
    }
  }

  keepDown(room = 160) {
    if (this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < room) this.down();
  }

  /** What is looked at is read, unless somebody else decides when. */
  look() {
    if (document.hidden || this.phone.about.phone_off || !this.element.isConnected) return;
    const unread = [...this.lines.values()].filter((line) => !line.from_user && line.status === "delivered");
    const last = unread.at(-1);
    if (!last || this.reading === last.wamid) return;
    this.reading = last.wamid;
    api
      .act(this.phone.id, "read", { wamid: last.wamid, phone_number_id: this.number })
      .catch((error) => say(error.message))
      .finally(() => (this.reading = null));
  }

  gist(line) {
    const face = line.face ?? {};
    return face.text ?? face.title ?? { image: "Photo", video: "Video", audio: "Audio", document: "Document", sticker: "Sticker" }[face.media?.type] ?? line.kind;
  }

  acts() {
    this.doings ??= {
      business: this.name,
      jump: (wamid) => {
        const target = this.list.querySelector(`[data-wamid="${CSS.escape(wamid)}"]`);
        target?.scrollIntoView({ block: "center" });
        target?.focus();
        target?.classList.add("found");
        setTimeout(() => target?.classList.remove("found"), 1500);
      },
      menu: (line) => this.menu(line),
      call: () => call(this.phone, this.number),
      press: (line, button, face) => press(this, line, button, face),
      played: (line) => !line.from_user && api.trigger("status.played", { wamid: line.wamid }).catch(() => {}),
    };
    return this.doings;
  }

  react(line, emoji) {
    api.act(this.phone.id, "react", { wamid: line.wamid, emoji, phone_number_id: this.number }).catch((error) => say(error.message));
  }

  menu(line) {
    const own = line.reactions?.find((reaction) => reaction.from_user)?.emoji;
    const age = this.phone.now() - new Date(line.at);
    sheet(this.phone.screen, "Message", (close) => {
      const then = (act) => () => {
        close();
        act();
      };
      const remove = () =>
        this.composer.write({ type: "revoke", revoke: { original_message_id: line.wamid } });
      const copy = () =>
        navigator.clipboard?.writeText(line.face.text ?? "").then(() => say("Copied"), () => say("The clipboard is closed to this page"));
      if (line.kind === "call") return row("phone", `Call ${this.name}`, then(() => call(this.phone, this.number)));
      const whole = () => sheet(this.phone.screen, "Details", () => h("pre", { class: "json", tabindex: "0" }, JSON.stringify(line, null, 2)));
      return [
        !line.deleted &&
          h(
            "div",
            { class: "emoji", role: "group", "aria-label": "React" },
            EMOJI.map((emoji) =>
              h(
                "button",
                { type: "button", class: emoji === own ? "chosen" : "", "aria-label": `React with ${emoji}`, "aria-pressed": String(emoji === own), onclick: then(() => this.react(line, emoji === own ? "" : emoji)) },
                emoji,
              ),
            ),
          ),
        row("reply", "Reply", then(() => this.composer.answer(line))),
        line.face?.text && row("copy", "Copy text", then(copy)),
        line.from_user && !line.deleted && line.face?.text && age < CHANGEABLE && row("edit", "Edit", then(() => this.composer.edit(line))),
        line.from_user && !line.deleted && row("trash", "Delete for everyone", then(remove), null, "danger"),
        row("code", "Details", then(whole), line.wamid),
      ];
    });
  }

  async block(on) {
    await api.handset(this.phone.id, { phone_number_id: this.number, blocked: on }).catch((error) => say(error.message));
  }

  settings() {
    const stopped = this.phone.about.stopped_marketing;
    const offers = () =>
      api
        .trigger(`user_preferences.${stopped ? "resume" : "stop"}`, { user: this.phone.id, phone_number_id: this.number })
        .then(() => this.phone.refresh(), (error) => say(error.message));
    sheet(this.phone.screen, this.name, (close) => {
      const then = (act) => () => {
        close();
        act();
      };
      return [
        row("mute", stopped ? "Allow offers again" : "Stop offers", then(offers), stopped ? "Marketing messages fail with 131050" : "Marketing messages will fail with 131050"),
        row("block", this.blocked ? "Unblock" : "Block", then(() => this.block(!this.blocked)), "What it sends is not delivered while it is blocked", "danger"),
      ];
    });
  }
}
