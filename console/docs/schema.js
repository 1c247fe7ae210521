// Schemas of the document: named, resolved, and shown field by field.

import { h, inline } from "./dom.js";

/** How deep fields are shown unfolded from the document. */
const DEPTH = 6;

let schemas = {};

export function use(document) {
  schemas = document.components?.schemas ?? {};
}

/** The schema that a reference names, and its name. */
export function resolve(schema) {
  let name;
  let found = schema ?? {};
  for (let step = 0; found.$ref && step < 10; step += 1) {
    name = found.$ref.split("/").pop();
    found = schemas[name] ?? {};
  }
  return { name, schema: found };
}

const isNull = (schema) => schema.type === "null";

/** A schema that may be null beside something else, without the null. */
function plain(schema) {
  const choices = schema.oneOf ?? schema.anyOf;
  const others = choices?.filter((choice) => !isNull(choice));
  if (others?.length === 1 && others.length < choices.length) return { ...resolve(others[0]), nullable: true };
  return { ...resolve(schema), nullable: Array.isArray(schema.type) && schema.type.includes("null") };
}

/** A schema's type in words. */
export function typeOf(given) {
  const { name, schema, nullable } = plain(given ?? {});
  const suffix = nullable ? " or null" : "";
  const types = [schema.type ?? []].flat().filter((type) => type !== "null");
  if (types[0] === "array") return `list of ${typeOf(schema.items)}${suffix}`;
  if (name) return name + suffix;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.oneOf || schema.anyOf) return `one of ${(schema.oneOf ?? schema.anyOf).length} shapes`;
  if (schema.enum && types.length === 0) return "one of the values";
  return (types.join(" or ") || "anything") + (schema.format ? ` (${schema.format})` : "") + suffix;
}

function limits(schema) {
  const words = {
    minimum: (limit) => `at least ${limit}`,
    maximum: (limit) => `at most ${limit}`,
    minLength: (limit) => `${limit} characters or more`,
    maxLength: (limit) => `${limit} characters or fewer`,
    minItems: (limit) => `${limit} items or more`,
    maxItems: (limit) => `${limit} items or fewer`,
    pattern: (pattern) => `like ${pattern}`,
    default: (value) => `${typeof value === "string" ? value : JSON.stringify(value)} if absent`,
  };
  return Object.entries(words)
    .filter(([key]) => schema[key] !== undefined && schema[key] !== null)
    .map(([key, say]) => say(schema[key]));
}

/** What may stand in the place of a schema: description, limits, values, fields. */
export function details(given, depth = 0, seen = []) {
  const { name, schema } = plain(given ?? {});
  const parts = [];
  const about = given?.description ?? schema.description;
  if (about) parts.push(h("p", null, inline(about)));
  const words = limits({ ...schema, ...given });
  if (words.length) parts.push(h("p", { class: "limits" }, words.join("; ")));
  if (schema.enum) {
    parts.push(h("p", { class: "values" }, schema.enum.map((value) => [h("code", null, JSON.stringify(value)), " "])));
  }
  const inside = fields(schema, depth, name ? [...seen, name] : seen, name && seen.includes(name));
  return [...parts, ...inside];
}

function fields(schema, depth, seen, isCircle) {
  if (isCircle || depth > DEPTH) return [];
  if ([schema.type].flat().includes("array")) {
    const inner = details(schema.items, depth + 1, seen);
    return inner.length ? [h("details", { open: depth === 0 }, h("summary", null, "Each item"), inner)] : [];
  }
  const parts = [];
  for (const part of schema.allOf ?? []) parts.push(...details(part, depth, seen));
  const choices = (schema.oneOf ?? schema.anyOf ?? []).filter((choice) => !isNull(choice));
  choices.forEach((choice, index) => {
    const title = resolve(choice).name ?? choice.title ?? tagOf(choice) ?? `Shape ${index + 1}`;
    parts.push(h("details", null, h("summary", null, title), details(choice, depth + 1, seen)));
  });
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length) {
    const required = schema.required ?? [];
    properties.sort(([one], [other]) => required.includes(other) - required.includes(one));
    parts.push(h("dl", { class: "fields" }, properties.map(([name, property]) =>
      field(name, property, required.includes(name), depth, seen))));
  }
  return parts;
}

/** The one value that tells a shape from the others. */
function tagOf(schema) {
  for (const [name, property] of Object.entries(resolve(schema).schema.properties ?? {})) {
    const value = property.const ?? (property.enum?.length === 1 ? property.enum[0] : undefined);
    if (value !== undefined) return `${name}: ${value}`;
  }
  const only = Object.keys(resolve(schema).schema.properties ?? {});
  return only.length === 1 ? only[0] : undefined;
}

function field(name, property, required, depth, seen) {
  return [
    h("dt", null, h("code", null, name), " ", h("span", { class: "type" }, typeOf(property)),
      required ? h("strong", { class: "required" }, " required") : null),
    h("dd", null, nested(property, depth, seen)),
  ];
}

/** Fields of fields are folded, so that a large schema stays readable. */
function nested(property, depth, seen) {
  const all = details(property, depth + 1, seen);
  const heavy = all.filter((part) => part.tagName === "DL" || part.tagName === "DETAILS");
  const light = all.filter((part) => !heavy.includes(part));
  if (heavy.length === 0) return light;
  return [...light, h("details", null, h("summary", null, "Fields"), heavy)];
}

/** An example of a schema: the one that it has, else one that is made from its fields. */
export function example(given, depth = 0) {
  const { schema } = plain(given ?? {});
  if (given?.example !== undefined) return given.example;
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (depth > DEPTH) return null;
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => example(part, depth + 1)));
  const choice = (schema.oneOf ?? schema.anyOf)?.find((one) => !isNull(one));
  if (choice) return example(choice, depth + 1);
  const type = [schema.type].flat()[0];
  if (type === "array") return [example(schema.items, depth + 1)];
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, property]) =>
      [name, example(property, depth + 1)]));
  }
  return { string: "…", integer: 1, number: 1, boolean: true, object: {} }[type] ?? null;
}
