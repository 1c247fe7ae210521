// What both clients' programs need: steps, waiting, the simulator's own API, a callback's server.

import http from "node:http";

/** Addresses, ids and secrets. */
export const given = JSON.parse(process.argv[2]);
export const steps = {};

/** The simulator's own API. */
export const sim = async (method, path, body) => {
    const answer = await fetch(`${given.base_url}/sim/v1${path}`, {
        method,
        headers: { "content-type": "application/json" },
        body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
};

/** Waits until `found` gives something. */
export const until = async (what, found) => {
    const end = Date.now() + 15_000;
    while (Date.now() < end) {
        const value = await found();
        if (value) return value;
        await new Promise((done) => setTimeout(done, 10));
    }
    throw new Error(`timed out: ${what}`);
};

export const check = (held, what) => {
    if (!held) throw new Error(typeof what === "string" ? what : JSON.stringify(what));
};

/** Runs a step and writes down how it went. */
export const step = async (name, run) => {
    try {
        await run();
        steps[name] = "ok";
    } catch (error) {
        steps[name] = `${error.stack ?? error} ${JSON.stringify(error.details ?? error.raw ?? "")}`;
    }
};

/** A server on a free port: `handle(request, url, body)` gives the text of the answer. */
export const serve = async (handle) => {
    const server = http.createServer(async (request, response) => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        try {
            const url = new URL(request.url, "http://bot");
            response.end(await handle(request, url, Buffer.concat(chunks).toString()));
        } catch (error) {
            steps["takes every webhook"] = error.stack ?? String(error);
            response.statusCode = error.httpStatus ?? 500;
            response.end();
        }
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const close = () => {
        server.closeAllConnections();
        server.close();
    };
    return { url: `http://127.0.0.1:${server.address().port}/`, close };
};
