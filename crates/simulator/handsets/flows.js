// A Flow in a sheet over the chat: the simulator runs it, this draws its screens one after another.

import { api } from "./api.js";
import { fill, h, say } from "./dom.js";
import { draw, news, put, valueOf } from "./fields.js";
import { icon } from "./icons.js";
import { sheet } from "./sheet.js";

const ENDS = {
  closed: "This form was closed.",
  failed: "Something went wrong. Try again later.",
  disabled: "This form can no longer be used.",
};

/** What of a component decides how it looks, besides the user's value. */
const look = ({ value, ...component }) => JSON.stringify(Array.isArray(value) && value[0]?.file_name ? { ...component, value } : component);

/** Opens the Flow of a message. */
export const openFlow = (phone, line, business) => {
  let screen = null;
  let looks = [];
  let doing = Promise.resolve();
  const title = h("h2", { class: "flow-title" }, business);
  const page = h("div", { class: "flow-page", tabindex: "-1" });
  const notice = h("div", { role: "alert" });
  const captions = h("div", { class: "flow-captions" });
  const button = h("button", { class: "primary", type: "submit" });
  const foot = h("div", { class: "flow-foot" }, notice, captions, button, h("small", {}, `Managed by ${business}. Simulated form.`));
  const back = h("button", { class: "round", type: "button", "aria-label": "Back in the form", hidden: true, onclick: () => act({ back: true }) }, icon("back"));
  const form = h("form", { class: "flow", novalidate: true }, page, foot);

  // One step after the other, so that no press is lost while a field is being told.
  const act = (step) => {
    doing = doing.then(async () => {
      if (!form.isConnected || screen?.state !== "open") return;
      form.classList.add("busy");
      form.setAttribute("aria-busy", "true");
      try {
        const { fill = {}, back = false, press } = step;
        const sent = filledIn();
        const filled = back ? {} : { ...news(looks), ...fill };
        // Nothing is asked of the simulator that it knows.
        if (!back && !press && Object.keys(filled).length === 0) return;
        screen = await api.flowAct(phone.id, screen.session, { fill: filled, press, back, phone_number_id: line.phone_number_id });
        show(sent, Boolean(press));
      } catch (error) {
        say(error.message);
      } finally {
        form.classList.remove("busy");
        form.removeAttribute("aria-busy");
      }
    });
  };
  const acts = {
    changed: () => act({}),
    press: (name) => act({ press: name }),
    put: (name, files) => act({ fill: { [name]: files } }),
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    acts.press("footer");
  });

  const ended = () => {
    if (screen.state === "completed") {
      close();
      return;
    }
    back.hidden = true;
    foot.hidden = true;
    fill(page, h("div", { class: "flow-ended", role: "alert" }, icon("alert"), h("p", {}, screen.error ?? ENDS[screen.state] ?? screen.state), h("button", { class: "primary", type: "button", onclick: () => close() }, "OK")));
    page.querySelector("button").focus();
  };

  /** What is filled in now, by name. */
  const filledIn = () => new Map(looks.map(({ component, element }) => [component.name, element && JSON.stringify(valueOf(element, component))]));

  /** Elements that look as before stay, and with them the focus; what was filled in since `sent` stays too. */
  const components = (anew, sent) => {
    const known = anew ? [] : looks;
    const filled = anew ? new Map() : filledIn();
    let late = false;
    looks = screen.components.map((component) => {
      const wanted = look(component);
      const same = known.findIndex((one) => one.look === wanted);
      const element = same < 0 ? draw(component, acts) : known.splice(same, 1)[0].element;
      const mine = filled.get(component.name);
      const changed = mine !== undefined && mine !== sent.get(component.name);
      late ||= changed;
      if (element) put(element, changed ? { ...component, value: JSON.parse(mine) } : component);
      return { look: wanted, component, element };
    });
    const shown = looks.map((one) => one.element).filter(Boolean);
    const focused = page.contains(document.activeElement) ? document.activeElement : null;
    for (const child of [...page.children]) if (!shown.includes(child)) child.remove();
    shown.forEach((element, place) => element !== page.children[place] && page.insertBefore(element, page.children[place] ?? null));
    if (focused?.name && !focused.isConnected) page.querySelector(`[name="${CSS.escape(focused.name)}"]`)?.focus();
    if (late) acts.changed();
  };

  const show = (sent, pressed) => {
    if (screen.state !== "open") return ended();
    const anew = form.dataset.screen !== screen.screen;
    form.dataset.screen = screen.screen;
    title.textContent = screen.title || business;
    back.hidden = !screen.can_go_back;
    components(anew, sent);
    fill(
      notice,
      screen.error && h("p", { class: "flow-notice" }, icon("alert"), screen.error),
      screen.opened_url && h("p", { class: "flow-notice" }, icon("link"), h("a", { href: screen.opened_url, target: "_blank", rel: "noopener noreferrer" }, screen.opened_url)),
    );
    const { footer } = screen;
    button.hidden = !footer;
    if (footer) {
      button.disabled = !footer.enabled;
      button.textContent = footer.label;
      fill(captions, ["left", "center", "right"].map((side) => h("span", {}, footer.properties[`${side}-caption`] ?? "")));
      captions.hidden = captions.textContent === "";
    }
    if (anew) {
      page.scrollTop = 0;
      page.focus();
    } else if (pressed) page.querySelector(".wrong :is(input, select, textarea)")?.focus();
  };

  const close = sheet(phone.screen, business, () => form);
  const panel = form.closest(".sheet");
  panel.classList.add("flow-sheet");
  panel.querySelector("header").prepend(back);
  const heading = panel.querySelector("header h2");
  title.id = heading.id;
  heading.replaceWith(title);
  fill(page, h("p", { class: "flow-loading", role: "status" }, h("span", { class: "unseen" }, "Loading")));
  foot.hidden = true;
  api.flow(phone.id, { wamid: line.wamid, phone_number_id: line.phone_number_id }).then(
    (first) => {
      if (!form.isConnected) return;
      screen = first;
      foot.hidden = false;
      show(new Map(), false);
    },
    (error) => {
      screen = { state: "failed", error: `This form cannot be opened: ${error.message}` };
      if (form.isConnected) ended();
    },
  );
};
