// The admin API of the simulator, and its stream.

const call = async (method, path, body, headers = {}) => {
  const wrapped = body !== undefined && !(body instanceof Blob);
  const answer = await fetch(`/sim/v1${path}`, {
    method,
    headers: wrapped ? { "content-type": "application/json", ...headers } : headers,
    body: wrapped ? JSON.stringify(body) : body,
  });
  const given = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(given.error ?? `the simulator answered ${answer.status}`);
    error.status = answer.status;
    throw error;
  }
  return given;
};

const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return new URLSearchParams(given).toString();
};

const user = (id) => `/users/${encodeURIComponent(id)}`;

export const api = {
  phones: (parameters) => call("GET", `/handsets?${query(parameters)}`),
  screen: (id) => call("GET", `${user(id)}/handset`),
  chat: (id, parameters) => call("GET", `${user(id)}/handset/chat?${query(parameters)}`),
  raw: (id, number) => call("GET", `${user(id)}/chat?${query({ phone_number_id: number })}`),
  profile: (id, change) => call("PATCH", user(id), change),
  handset: (id, change) => call("PATCH", `${user(id)}/handset`, change),
  write: (id, body) => call("POST", `${user(id)}/messages`, body),
  act: (id, action, body) => call("POST", `${user(id)}/${action}`, body),
  trigger: (event, body) => call("POST", `/trigger/${event}`, body),
  call: (id, body) => call("POST", `${user(id)}/calls`, body),
  callAct: (id, made, action) => call("POST", `${user(id)}/calls/${encodeURIComponent(made)}/${action}`),
  flow: (id, body) => call("POST", `${user(id)}/flows`, body),
  flowAct: (id, session, body) => call("POST", `${user(id)}/flows/${encodeURIComponent(session)}`, body),
  file: (id, file, parameters) =>
    call("POST", `${user(id)}/files?${query(parameters)}`, file, {
      "content-type": file.type || "application/octet-stream",
    }),
};

/** Follows the phones `ids`; `handle` gets each event's name and data. Returns how to end it. */
export const follow = (ids, handle) => {
  if (ids.length === 0) return () => {};
  const source = new EventSource(`/sim/v1/stream?${ids.map((id) => `user=${encodeURIComponent(id)}`).join("&")}`);
  for (const name of ["ready", "line", "mark", "screen", "resync"]) {
    source.addEventListener(name, (event) => handle(name, JSON.parse(event.data)));
  }
  source.addEventListener("error", () => handle("lost", {}));
  return () => source.close();
};
