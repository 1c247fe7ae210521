// Drives the Graph-compatible endpoint with whatsapp-api-js, as a program that was written for the
// Cloud API. Takes one argument, a JSON object of addresses and ids. Prints one JSON object: each step
// and "ok", or what went wrong, and the wamids.

import { WhatsAppAPI } from "whatsapp-api-js";
import {
    ActionButtons,
    ActionList,
    Body,
    Button,
    Document,
    Interactive,
    Language,
    ListSection,
    Row,
    Template,
    Text,
} from "whatsapp-api-js/messages";

const given = JSON.parse(process.argv[2]);
const { user, phone } = given;
const steps = {};
const wamids = [];

// The client has Meta's address in it; its `fetch` may be given.
const there = (input, init) =>
    fetch(String(input).replace("https://graph.facebook.com", given.graph), init);

// All that such a program changes: the key and the base URL.
const whatsapp = new WhatsAppAPI({
    token: given.key,
    appSecret: "not used",
    webhookVerifyToken: "not used",
    v: "v24.0",
    ponyfill: { fetch: there },
});

const check = (held, what) => {
    if (!held) throw new Error(typeof what === "string" ? what : JSON.stringify(what));
};

/** Runs a step and writes down how it went. */
const step = async (name, run) => {
    try {
        await run();
        steps[name] = "ok";
    } catch (error) {
        steps[name] = String(error.stack ?? error);
    }
};

/** A message as the gateway's own API shows it. */
const message = async (wamid) => {
    const headers = { authorization: `Bearer ${given.key}` };
    const answer = await fetch(`${given.api}/messages/${wamid}`, { headers });
    check(answer.ok, `${answer.status}`);
    return answer.json();
};

const send = async (content, context) => {
    const answer = await whatsapp.sendMessage(phone, user, content, context);
    check(!answer.error, answer);
    const { id } = answer.messages[0];
    check(id.startsWith("wamid."), answer);
    wamids.push(id);
    return id;
};

await step("sends a text", async () => {
    const id = await send(new Text("hi"), given.inbound);
    check((await message(id)).content.text.body === "hi", "not in the queue's records");
});

await step("sends buttons", async () => {
    const buttons = new ActionButtons(new Button("y", "Yes"), new Button("n", "No"));
    await send(new Interactive(buttons, new Body("Which?")));
});

await step("sends a list", async () => {
    const section = new ListSection("All", new Row("1", "One", "First"), new Row("2", "Two"));
    await send(new Interactive(new ActionList("Open", section), new Body("Choose")));
});

await step("sends a template", async () => {
    await send(new Template("hello_world", new Language("en_US")));
});

await step("marks as read", async () => {
    const answer = await whatsapp.markAsRead(phone, given.inbound, "text");
    check(answer.success, answer);
});

await step("uploads, sends, downloads and deletes a file", async () => {
    const bytes = Buffer.from("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n");
    const form = new FormData();
    form.set("messaging_product", "whatsapp");
    form.set("file", new Blob([bytes], { type: "application/pdf" }), "a.pdf");
    const uploaded = await whatsapp.uploadMedia(phone, form);
    check(uploaded.id, uploaded);
    const { id } = uploaded;
    await send(new Document(id, true, "A file", "a.pdf"));
    const media = await whatsapp.retrieveMedia(id, phone);
    check(media.mime_type === "application/pdf", media);
    check(media.url.startsWith(given.graph), media);
    const file = await whatsapp.fetchMedia(media.url);
    check(Buffer.from(await file.arrayBuffer()).equals(bytes), "other bytes came back");
    check((await whatsapp.deleteMedia(id, phone)).success, "not deleted");
    check((await whatsapp.retrieveMedia(id)).error?.code === 100, "still there");
});

await step("knows refusals by their codes", async () => {
    const none = new Template("no_such_template", new Language("en"));
    const answer = await whatsapp.sendMessage(phone, user, none);
    check(answer.error?.code === 132001, answer);
    const other = new WhatsAppAPI({
        token: "EAAG-of-metas",
        appSecret: "not used",
        webhookVerifyToken: "not used",
        v: "v24.0",
        ponyfill: { fetch: there },
    });
    const refused = await other.sendMessage(phone, user, new Text("x"));
    check(refused.error?.code === 190, refused);
});

console.log(JSON.stringify({ steps, wamids }));
