// The seam to Flows: the simulator runs them, this file only draws their screens as forms.

import { api } from "./api.js";
import { fill, h, say } from "./dom.js";
import { icon } from "./icons.js";
import { formatted } from "./format.js";
import { sheet } from "./sheet.js";

const HEADINGS = { TextHeading: "flow-heading", TextSubheading: "flow-subheading", TextCaption: "flow-caption" };
const TYPES = { number: "number", email: "email", password: "password", passcode: "password", phone: "tel" };

const isText = (value) => typeof value === "string" || typeof value === "number";

/** What is filled in, by name, as the simulator takes it. */
const all = (body) => {
  const given = {};
  for (const input of body.querySelectorAll(":is(input, textarea, select)[name]:enabled")) {
    const { name } = input;
    if (input.dataset.many) {
      given[name] ??= [];
      if (input.checked) given[name].push(input.value);
    } else if (input.dataset.agree) given[name] = input.checked;
    else if (input.type === "radio") {
      if (input.checked) given[name] = input.value;
    } else if (input.type !== "file" && input.value !== "") given[name] = input.value;
  }
  return given;
};

/** What differs from what the simulator has: a field may start something when it is filled in. */
const collect = (body, components) => {
  const known = new Map(components.map((component) => [component.name, JSON.stringify(component.value ?? null)]));
  const nothing = (value) => value === false || (Array.isArray(value) && value.length === 0);
  const news = Object.entries(all(body)).filter(([name, value]) => JSON.stringify(value) !== known.get(name) && !(nothing(value) && known.get(name) === "null"));
  return Object.fromEntries(news);
};

const base64 = (file) =>
  new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done({ file_name: file.name, mime_type: file.type, data: reader.result.split(",")[1] });
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });

const around = (component, ...inside) =>
  h(
    "div",
    { class: "field" },
    inside,
    component.properties["helper-text"] && !component.error && h("small", {}, component.properties["helper-text"]),
    component.error && h("p", { class: "flow-error", role: "alert" }, component.error),
  );

const labelled = (component, control) =>
  around(component, h("label", {}, h("span", {}, component.label, component.required ? "" : h("em", {}, " (optional)")), control));

const choices = (component, many, changed) => {
  const chosen = [component.value].flat().filter(isText).map(String);
  return around(
    component,
    h(
      "fieldset",
      { class: "picks" },
      h("legend", {}, component.label),
      component.options.map((option) =>
        h(
          "label",
          { class: "pick" },
          h("span", {}, option.title, option.description && h("small", {}, option.description)),
          h("input", { type: many ? "checkbox" : "radio", name: component.name, value: option.id, checked: chosen.includes(option.id), disabled: !option.enabled || !component.enabled, "data-many": many ? "1" : null, onchange: changed }),
        ),
      ),
    ),
  );
};

const picture = (source, label) =>
  h("img", { class: "flow-picture", alt: label ?? "", src: source.startsWith("data:") ? source : `data:image/png;base64,${source}` });

/** Draws a component; `changed` and `press` lead to the simulator. */
const draw = (component, acts) => {
  const { kind = component.type, name, properties } = component;
  const plain = isText(component.value) ? String(component.value) : "";
  const usual = { name, value: plain, required: component.required, disabled: !component.enabled, autocomplete: "off" };
  switch (kind) {
    case "TextHeading":
    case "TextSubheading":
    case "TextCaption":
    case "TextBody":
    case "RichText":
      return h("p", { class: `flow-text ${HEADINGS[kind] ?? ""}` }, formatted(component.label));
    case "TextInput":
      return labelled(component, h("input", { ...usual, type: TYPES[properties["input-type"]] ?? "text" }));
    case "TextArea":
      return labelled(component, h("textarea", { ...usual, rows: 3 }));
    case "DatePicker":
    case "CalendarPicker":
      return labelled(component, h("input", { ...usual, type: "date", onchange: acts.changed }));
    case "Dropdown":
      return labelled(
        component,
        h(
          "select",
          { name, required: component.required, disabled: !component.enabled, onchange: acts.changed },
          h("option", { value: "" }, "Choose"),
          component.options.map((option) => h("option", { value: option.id, disabled: !option.enabled, selected: option.id === plain }, option.title)),
        ),
      );
    case "RadioButtonsGroup":
      return choices(component, false, acts.changed);
    case "CheckboxGroup":
    case "ChipsSelector":
      return choices(component, true, acts.changed);
    case "OptIn":
      return around(component, h("label", { class: "pick" }, h("span", {}, component.label), h("input", { type: "checkbox", name, checked: component.value === true, "data-agree": "1", onchange: acts.changed })));
    case "EmbeddedLink":
      return h("button", { type: "button", class: "plain", onclick: () => acts.press(component.label) }, component.label);
    case "NavigationList":
      return h(
        "div",
        { class: "flow-list" },
        (properties["list-items"] ?? []).map((item) => {
          const words = item["main-content"] ?? {};
          return h("button", { type: "button", class: "row", onclick: () => acts.press(words.title ?? item.id) }, h("span", {}, words.title ?? item.id, words.description && h("small", {}, words.description)));
        }),
      );
    case "PhotoPicker":
    case "DocumentPicker": {
      const files = h("input", { type: "file", multiple: true, accept: kind === "PhotoPicker" ? "image/*" : "" });
      files.addEventListener("change", async () => acts.put(name, await Promise.all([...files.files].map(base64))));
      const count = Array.isArray(component.value) ? component.value.length : 0;
      return labelled(component, [files, count > 0 && h("small", {}, `${count} chosen`)]);
    }
    case "Image":
      return isText(properties.src) ? picture(properties.src, properties["alt-text"]) : null;
    case "ImageCarousel":
      return h("div", { class: "flow-pictures" }, (properties.images ?? []).map((image) => picture(image.src ?? "", image["alt-text"])));
    default:
      return component.label ? h("p", { class: "flow-text" }, component.label) : null;
  }
};

const ENDS = {
  completed: "Sent to the business",
  closed: "This form was closed",
  failed: "Something went wrong",
  disabled: "This form can no longer be used",
};

/** Opens the flow of a message in a sheet, if this simulator runs flows. */
export const openFlow = async (phone, line) => {
  let screen = null;
  try {
    screen = await api.flow(phone.id, { wamid: line.wamid, phone_number_id: line.phone_number_id });
  } catch (error) {
    sheet(phone.screen, "Flow", () => h("p", { class: "hint" }, `The form cannot be opened: ${error.message}`));
    return;
  }
  const body = h("form", { class: "flow" });
  let busy = false;
  const act = async (step) => {
    if (busy) return;
    busy = true;
    try {
      screen = await api.flowAct(phone.id, screen.session, { ...step, phone_number_id: line.phone_number_id });
      show();
    } catch (error) {
      say(error.message);
    }
    busy = false;
  };
  const acts = {
    changed: () => act({ fill: collect(body, screen.components) }),
    press: (button) => act({ fill: collect(body, screen.components), press: button }),
    put: (name, files) => act({ fill: { ...collect(body, screen.components), [name]: files } }),
  };
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    acts.press("footer");
  });
  body.noValidate = true;
  let close = () => {};
  const show = () => {
    if (screen.state !== "open") {
      close();
      say(ENDS[screen.state] ?? screen.state);
      return;
    }
    const focused = body.contains(document.activeElement) ? document.activeElement.name : null;
    fill(
      body,
      h(
        "div",
        { class: "flow-top" },
        screen.can_go_back && h("button", { type: "button", class: "round", "aria-label": "Back in the form", onclick: () => act({ back: true }) }, icon("back")),
        h("h3", {}, screen.title),
      ),
      screen.error && h("p", { class: "flow-error", role: "alert" }, screen.error),
      screen.components.map((component) => draw(component, acts)),
      screen.opened_url && h("p", { class: "address" }, screen.opened_url),
      screen.footer && h("button", { class: "primary", type: "submit", disabled: !screen.footer.enabled }, screen.footer.label),
    );
    if (focused) body.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
  };
  close = sheet(phone.screen, "Form", () => body);
  show();
  body.querySelector("input, select, textarea")?.focus();
};
