// The components of a Flow's screen as elements, and what is filled into them.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { rich } from "./rich.js";

const TEXTS = { TextHeading: "flow-heading", TextSubheading: "flow-subheading", TextCaption: "flow-caption", TextBody: "flow-body", RichText: "flow-body" };
const TYPES = { number: "number", email: "email", password: "password", passcode: "password", phone: "tel" };
const MANY = ["CheckboxGroup", "ChipsSelector"];

const isText = (value) => typeof value === "string" || typeof value === "number";
const isEmpty = (value) => value === undefined || value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0);
const controls = (element) => [...element.querySelectorAll("input[name]:not([type=file]), textarea[name], select[name]")];

/** What is filled into an element that was drawn for `component`, as the simulator takes it. */
export const valueOf = (element, component) => {
  const all = controls(element);
  const picked = all.filter((input) => input.checked).map((input) => input.value);
  if (MANY.includes(component.type)) return picked;
  if (component.type === "RadioButtonsGroup") return picked[0];
  if (component.type === "OptIn") return picked.length > 0;
  if (all.length < 2) return all[0]?.value;
  const parts = all.filter((input) => input.value).map((input) => [input.dataset.part, input.value]);
  return parts.length > 0 ? Object.fromEntries(parts) : null;
};

/** What differs from what the simulator has, by name, in pairs of component and element. */
export const news = (pairs) => {
  const changed = {};
  for (const { component, element } of pairs) {
    if (!component.name || !component.enabled || !element) continue;
    const value = valueOf(element, component);
    const same = JSON.stringify(value) === JSON.stringify(component.value) || (isEmpty(value) && isEmpty(component.value));
    if (value !== undefined && !same) changed[component.name] = value;
  }
  return changed;
};

/** Puts a value into an element; what is being written is left alone. */
export const put = (element, component) => {
  const { value } = component;
  const chosen = [value].flat().filter(isText).map(String);
  for (const input of controls(element)) {
    if (component.type === "OptIn") input.checked = value === true;
    else if (input.type === "radio" || input.type === "checkbox") input.checked = chosen.includes(input.value);
    else if (input !== document.activeElement) input.value = input.dataset.part ? (value?.[input.dataset.part] ?? "") : (chosen[0] ?? "");
  }
};

const base64 = (file) =>
  new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done({ file_name: file.name, mime_type: file.type, data: reader.result.split(",")[1] });
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(file);
  });

let count = 0;

/** A field with its words below; `make` gets what ties its controls to those words. */
const field = (component, make) => {
  const id = `flow-note-${(count += 1)}`;
  const note = component.error ?? component.properties["helper-text"];
  const tied = { required: component.required, disabled: !component.enabled, "aria-invalid": component.error ? "true" : null, "aria-describedby": isText(note) ? id : null };
  return h(
    "div",
    { class: `flow-field ${component.error ? "wrong" : ""}` },
    make(tied),
    isText(note) && h("p", { class: component.error ? "flow-error" : "flow-help", id, role: component.error ? "alert" : null }, component.error && icon("alert"), String(note)),
  );
};

const named = (component, label = component.label) => h("span", { class: "flow-label" }, label, !component.required && h("em", {}, " (optional)"));

const boxed = (component, name, control, label) => h("label", { class: `box ${name}` }, control, named(component, label));

const image = (source, label) => h("img", { alt: label ?? "", src: source.startsWith("data:") ? source : `data:image/${source.startsWith("/9j/") ? "jpeg" : source.startsWith("UklGR") ? "webp" : "png"};base64,${source}` });

const words = (title, more, metadata) => h("span", { class: "pick-words" }, h("span", {}, title), more && h("small", {}, more), metadata && h("small", {}, metadata));

const choices = (component, kind, acts) =>
  field(component, (tied) =>
    h(
      "fieldset",
      { class: component.type === "ChipsSelector" ? "chips" : "flow-picks", "aria-describedby": tied["aria-describedby"] },
      h("legend", { class: component.label ? "" : "unseen" }, named(component, component.label || component.name)),
      component.properties.description && h("p", { class: "flow-help" }, String(component.properties.description)),
      component.options.map((option) =>
        h(
          "label",
          { class: "pick" },
          option.image && image(option.image, option.alt_text),
          words(option.title, option.description, option.metadata),
          h("input", { type: kind, name: component.name, value: option.id, disabled: !option.enabled || tied.disabled, onchange: acts.changed }),
        ),
      ),
    ),
  );

const date = (component, acts, tied, part, label) => {
  const { "min-date": min, "max-date": max } = component.properties;
  return boxed(component, "full", h("input", { type: "date", name: component.name, "data-part": part ?? null, min: isText(min) ? String(min) : null, max: isText(max) ? String(max) : null, onchange: acts.changed, ...tied }), label);
};

const files = (component, acts) =>
  field(component, (tied) => {
    const photos = component.type === "PhotoPicker";
    const most = component.properties[photos ? "max-uploaded-photos" : "max-uploaded-documents"] ?? 30;
    const input = h("input", { type: "file", class: "unseen", name: component.name, multiple: Number(most) > 1, accept: photos ? "image/*" : (component.properties["allowed-mime-types"] ?? []).join(","), ...tied });
    input.addEventListener("change", async () => acts.put(component.name, await Promise.all([...input.files].map(base64))));
    const chosen = Array.isArray(component.value) ? component.value : [];
    return [
      h("label", { class: "upload" }, icon(photos ? "image" : "file"), h("span", {}, h("b", {}, named(component)), component.properties.description && h("small", {}, String(component.properties.description))), input),
      chosen.map((file) => h("p", { class: "upload-file" }, icon("check"), file.file_name)),
    ];
  });

const list = (component, acts) =>
  h(
    "div",
    { class: "flow-list", role: "group", "aria-label": component.label || "Choices" },
    component.label && h("p", { class: "flow-label" }, component.label),
    (component.properties["list-items"] ?? []).map((item) => {
      const { title, description, metadata } = item["main-content"] ?? {};
      const end = item.end ?? {};
      return h(
        "button",
        { type: "button", class: "flow-item", onclick: () => acts.press(item.id ?? title) },
        isText(item.start?.image) && image(item.start.image, item.start["alt-text"]),
        words(h("b", {}, title ?? item.id, item.badge && h("em", { class: "flow-badge" }, item.badge)), description, metadata),
        (end.title || end.description) && h("span", { class: "flow-end" }, end.title, end.description && h("small", {}, end.description)),
        icon("next"),
      );
    }),
  );

const text = (component) => {
  const { "font-weight": weight = "", strikethrough, markdown } = component.properties;
  const styled = `flow-text ${TEXTS[component.type]} ${weight.includes("bold") ? "is-bold" : ""} ${weight.includes("italic") ? "is-italic" : ""} ${strikethrough === true ? "is-struck" : ""}`;
  const rendered = component.type === "RichText" || markdown === true;
  const tag = component.type === "TextHeading" ? "h3" : component.type === "TextSubheading" ? "h4" : rendered ? "div" : "p";
  return h(tag, { class: styled }, rendered ? rich(component.label) : component.label);
};

/** Draws a component; `acts` lead to the simulator. */
export const draw = (component, acts) => {
  const { type, name, properties } = component;
  switch (type) {
    case "TextHeading":
    case "TextSubheading":
    case "TextCaption":
    case "TextBody":
    case "RichText":
      return text(component);
    case "TextInput":
      return field(component, (tied) => boxed(component, "", h("input", { name, type: TYPES[properties["input-type"]] ?? "text", inputmode: properties["input-type"] === "passcode" ? "numeric" : null, placeholder: " ", autocomplete: "off", onchange: acts.changed, ...tied })));
    case "TextArea":
      return field(component, (tied) => boxed(component, "", h("textarea", { name, rows: 3, placeholder: " ", onchange: acts.changed, ...tied })));
    case "DatePicker":
      return field(component, (tied) => date(component, acts, tied));
    case "CalendarPicker": {
      const labels = properties.label ?? {};
      if (properties.mode !== "range") return field(component, (tied) => date(component, acts, tied));
      return field(component, (tied) => [date(component, acts, tied, "start-date", labels["start-date"] ?? "From"), date(component, acts, tied, "end-date", labels["end-date"] ?? "To")]);
    }
    case "Dropdown":
      return field(component, (tied) =>
        boxed(component, "full", [
          h(
            "select",
            { name, onchange: acts.changed, ...tied },
            h("option", { value: "", hidden: true }, ""),
            component.options.map((option) => h("option", { value: option.id, disabled: !option.enabled }, option.title)),
          ),
          icon("down"),
        ]),
      );
    case "RadioButtonsGroup":
      return choices(component, "radio", acts);
    case "CheckboxGroup":
    case "ChipsSelector":
      return choices(component, "checkbox", acts);
    case "OptIn":
      return field(component, (tied) => [
        h("label", { class: "opt-in" }, h("input", { type: "checkbox", name, value: "1", onchange: acts.changed, ...tied }), h("span", {}, component.label)),
        properties["on-click-action"] && h("button", { type: "button", class: "plain", "aria-label": `Read more: ${component.label}`, onclick: () => acts.press(name) }, "Read more"),
      ]);
    case "EmbeddedLink":
      return h("button", { type: "button", class: "plain flow-link", onclick: () => acts.press(component.label) }, component.label);
    case "NavigationList":
      return list(component, acts);
    case "PhotoPicker":
    case "DocumentPicker":
      return files(component, acts);
    case "Image": {
      if (!isText(properties.src)) return null;
      const shown = image(String(properties.src), properties["alt-text"]);
      shown.className = `flow-picture ${properties["scale-type"] === "contain" ? "" : "cover"}`;
      if (Number(properties.height) > 0) shown.style.height = `${Number(properties.height)}px`;
      if (Number(properties["aspect-ratio"]) > 0) shown.style.aspectRatio = String(properties["aspect-ratio"]);
      return shown;
    }
    default:
      return component.label ? h("p", { class: "flow-text" }, component.label) : null;
  }
};
