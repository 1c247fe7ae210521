// A call over the whole screen of a phone: it rings, goes on, and is hung up. There is no sound.

import { api } from "./api.js";
import { avatar, fill, h, say } from "./dom.js";
import { icon } from "./icons.js";

const two = (number) => String(number).padStart(2, "0");

/** Calls a business; the simulator tells the phone how it goes. */
export const call = (phone, number, payload) =>
  api.call(phone.id, { phone_number_id: number, cta_payload: payload }).catch((error) => say(error.message));

/** The screen of calls of one phone; `show` takes what the phone has, or nothing. */
export const callScreen = (phone) => {
  let now = null;
  let clock = null;
  let before = null;
  const name = h("h2", {}, "");
  const face = h("span", { class: "call-face" });
  const state = h("p", { class: "call-state", role: "status" }, "");
  const buttons = h("div", { class: "call-buttons" });
  const panel = h("section", { class: "call", role: "dialog", "aria-modal": "true", tabindex: "-1" }, face, name, state, h("p", { class: "call-note" }, "Simulated call without sound"), buttons);

  const act = (action) => () => {
    for (const button of buttons.querySelectorAll("button")) button.disabled = true;
    api.callAct(phone.id, now.id, action).catch((error) => {
      say(error.message);
      phone.refresh();
    });
  };
  const button = (kind, label, picture, action) => h("button", { type: "button", class: `call-button ${kind}`, onclick: act(action) }, h("span", {}, icon(picture)), label);

  const tick = () => {
    const seconds = Math.max(0, Math.floor((phone.now() - new Date(now.talking_since)) / 1000));
    state.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  };
  const leave = () => {
    clearInterval(clock);
    now = null;
    if (!panel.isConnected) return;
    const focused = panel.contains(document.activeElement);
    panel.remove();
    for (const other of phone.screen.children) other.inert = false;
    // A sheet that was open is in front again.
    const veil = [...phone.screen.querySelectorAll(":scope > .veil")].at(-1);
    if (veil) for (const other of phone.screen.children) other.inert = other !== veil;
    if (focused) (before?.isConnected ? before : phone.screen.querySelector(".composer textarea"))?.focus();
  };
  const enter = () => {
    const own = document.activeElement;
    before = phone.element.contains(own) ? own : null;
    for (const other of phone.screen.children) other.inert = true;
    phone.screen.append(panel);
    // The dialog itself, so that a key that was meant for the chat neither accepts nor declines.
    if (before || own === document.body) panel.focus();
  };

  return {
    show(call) {
      if (!call) return leave();
      const same = now && now.id === call.id && now.talking_since === call.talking_since;
      now = call;
      if (!panel.isConnected) enter();
      if (same) return;
      const chat = phone.about.chats.find((chat) => chat.phone_number_id === call.phone_number_id) ?? {};
      const business = chat.name || `+${chat.display_phone_number ?? ""}`;
      const focused = buttons.contains(document.activeElement);
      panel.setAttribute("aria-label", `${call.incoming ? "Call from" : "Call to"} ${business}`);
      panel.dataset.call = call.talking_since ? "talking" : call.incoming ? "incoming" : "outgoing";
      name.textContent = business;
      fill(face, avatar(business));
      clearInterval(clock);
      if (call.talking_since) {
        tick();
        clock = setInterval(tick, 500);
      } else state.textContent = call.incoming ? "Incoming voice call" : "Calling…";
      fill(
        buttons,
        call.incoming && !call.talking_since
          ? [button("no", "Decline", "hangup", "decline"), button("yes", "Accept", "phone", "answer")]
          : button("no", "Hang up", "hangup", "hang_up"),
      );
      if (focused) buttons.querySelector("button").focus();
    },
  };
};
