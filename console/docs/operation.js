// One operation: what it takes, what it answers, and how to call it.

import { code, h, inline, prose } from "./dom.js";
import { details, example, resolve, typeOf } from "./schema.js";

/** All operations of the document, in its order of tags. */
export function operations(document) {
  const all = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      if (item[method]) all.push({ ...item[method], path, method, tag: item[method].tags?.[0] ?? "Other" });
    }
  }
  return all;
}

/** Which credentials an operation takes. */
function access(operation, document) {
  const security = operation.security ?? document.security ?? [];
  const names = security.flatMap((choice) => Object.keys(choice));
  if (names.includes("api_key")) return "Needs an API key.";
  if (names.includes("session")) return "Needs the cookie of the console.";
  return "Needs no key.";
}

export function show(operation, document) {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(parameter).schema);
  const body = operation.requestBody?.content ?? {};
  const [type, media] = Object.entries(body)[0] ?? [];
  const [about, ...rest] = (operation.description ?? "").split(/\n\s*\n/);
  return h("article", null,
    h("h1", null, operation.summary ?? operation.operationId),
    h("p", { class: "path" }, h("span", { class: `method ${operation.method}` }, operation.method.toUpperCase()),
      " ", h("code", null, operation.path)),
    prose([about, ...rest].join("\n\n")),
    h("p", { class: "access" }, access(operation, document)),
    code(curl(operation, type, media), "curl"),
    parameters.length ? [h("h2", null, "Parameters"), h("dl", { class: "fields" }, parameters.map(parameter))] : null,
    media ? requestBody(operation.requestBody, type, media) : null,
    h("h2", null, "Answers"),
    Object.entries(operation.responses ?? {}).map(([status, response]) => answer(status, response)));
}

function parameter(one) {
  return [
    h("dt", null, h("code", null, one.name), " ", h("span", { class: "type" }, typeOf(one.schema), `, in ${one.in}`),
      one.required ? h("strong", { class: "required" }, " required") : null),
    h("dd", null, one.description ? h("p", null, inline(one.description)) : null,
      details({ ...one.schema, description: undefined })),
  ];
}

function requestBody(body, type, media) {
  return [
    h("h2", null, "Body"),
    h("p", null, h("code", null, type), ", ", typeOf(media.schema), body.required === false ? ", may be left out" : ""),
    body.description ? prose(body.description) : null,
    details(media.schema),
  ];
}

function sample(media) {
  const first = Object.values(media.examples ?? {})[0]?.value;
  return media.example ?? first ?? example(media.schema);
}

function answer(status, response) {
  const found = resolve(response).schema;
  const contents = Object.entries(found.content ?? {});
  return h("details", { class: "answer", open: status.startsWith("2") },
    h("summary", null, h("strong", { class: `status s${status[0]}` }, status), " ", inline(found.description)),
    Object.entries(found.headers ?? {}).map(([name, header]) =>
      h("p", { class: "header" }, "Header ", h("code", null, name), " ", inline(header.description))),
    contents.map(([type, media]) => [
      h("p", null, h("code", null, type), media.schema ? [", ", typeOf(media.schema)] : null),
      type.includes("json") && media.schema && status.startsWith("2")
        ? code(JSON.stringify(sample(media), null, 2), "Example") : null,
      media.schema ? details(media.schema) : null,
    ]));
}

/** The call as a line for a shell. */
function curl(operation, type, media) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const method = operation.method.toUpperCase();
  const lines = [`curl${method === "GET" ? "" : ` -X ${method}`} ${quote(location.origin + operation.path)}`];
  if (!(operation.security && operation.security.length === 0)) {
    lines.push('-H "Authorization: Bearer $WHARF_API_KEY"');
  }
  if (media && type?.includes("json")) {
    lines.push(`-H 'Content-Type: ${type}'`, `-d ${quote(JSON.stringify(sample(media), null, 2))}`);
  } else if (media) {
    lines.push(`-H 'Content-Type: ${type}'`, "--data-binary @file");
  }
  return lines.join(" \\\n  ");
}
