// Drives the simulator with whatsapp-api-js. Takes one argument, a JSON object of addresses, ids
// and secrets. Prints one JSON object: each step and "ok", or what went wrong.

import { WhatsAppAPI } from "whatsapp-api-js";
import {
    ActionButtons,
    ActionCTA,
    ActionList,
    Body,
    BodyComponent,
    BodyParameter,
    Button,
    Document,
    Footer,
    Header,
    Image,
    Interactive,
    Language,
    ListSection,
    Location,
    Reaction,
    Row,
    Template,
    Text,
} from "whatsapp-api-js/messages";
import { check, given, serve, sim, step, steps, until } from "./kit.mjs";

const { base_url: base, user, phone } = given;
const seen = {};
const statuses = [];

// The client has Meta's address in it; its `fetch` may be given.
const there = (input, init) =>
    fetch(String(input).replace("https://graph.facebook.com", base), init);

const whatsapp = new WhatsAppAPI({
    token: given.token,
    appSecret: given.app_secret,
    webhookVerifyToken: given.verify_token,
    v: "v24.0",
    ponyfill: { fetch: there },
});

/** Sends, and gives the id of what was accepted. */
const send = async (message, context) => {
    const answer = await whatsapp.sendMessage(phone, user, message, context);
    check(!answer.error, answer);
    return answer.messages[0].id;
};

whatsapp.on.message = async ({ message, reply }) => {
    seen[message.interactive ? message.interactive.type : message.type] = message;
    if (message.type === "text") await reply(new Text(`You said: ${message.text.body}`), true);
};
whatsapp.on.status = ({ id, status }) => {
    statuses.push(`${id} ${status}`);
};

const server = await serve(async (request, url, body) => {
    if (request.method === "GET") return whatsapp.get(Object.fromEntries(url.searchParams));
    await whatsapp.post(JSON.parse(body), body, request.headers["x-hub-signature-256"]);
    return "";
});

await step("answers the challenge", async () => {
    await sim("POST", "/subscribe", {
        callback_url: server.url,
        verify_token: given.verify_token,
    });
});

await step("hears a text and answers it", async () => {
    await sim("POST", `/users/${user}/messages`, { text: "hello js" });
    await until("the text", () => seen.text);
    check(seen.text.text.body === "hello js", seen.text);
    await until("the answer", async () => {
        const { data } = await sim("GET", `/users/${user}/chat`);
        const answer = data.findLast((line) => !line.from_user);
        return answer?.content.body === "You said: hello js" && answer.context === seen.text.id;
    });
});

await step("sends text and hears its statuses", async () => {
    const id = await send(new Text("hi"));
    await until("delivered", () => statuses.includes(`${id} delivered`));
});

await step("sends buttons and hears the tap", async () => {
    const id = await send(
        new Interactive(
            new ActionButtons(new Button("y", "Yes"), new Button("n", "No")),
            new Body("Which?"),
            new Header("Question"),
            new Footer("Soon"),
        ),
    );
    await sim("POST", `/users/${user}/tap`, { wamid: id, button: "n" });
    await until("the tap", () => seen.button_reply);
    check(seen.button_reply.interactive.button_reply.id === "n", seen.button_reply);
});

await step("sends a list and hears the choice", async () => {
    const section = new ListSection("All", new Row("1", "One", "First"), new Row("2", "Two"));
    const id = await send(new Interactive(new ActionList("Open", section), new Body("Choose")));
    await sim("POST", `/users/${user}/pick`, { wamid: id, row: "Two" });
    await until("the choice", () => seen.list_reply);
    check(seen.list_reply.interactive.list_reply.id === "2", seen.list_reply);
});

await step("sends a link button, a location, a reaction, a read mark", async () => {
    await send(new Interactive(new ActionCTA("Open", "https://example.com/"), new Body("Look")));
    await send(new Location(1.5, 2.5, "Here", "Street 1"));
    await send(new Reaction(seen.text.id, "👍"));
    await send(new Reaction(seen.text.id));
    check((await whatsapp.markAsRead(phone, seen.text.id, "text")).success, "no read mark");
});

await step("sends a template with parameters", async () => {
    await send(
        new Template(
            "order_confirmation",
            new Language("en"),
            new BodyComponent(
                new BodyParameter("Ann"),
                new BodyParameter("order 7"),
                new BodyParameter("Monday"),
            ),
        ),
    );
});

await step("uploads, sends, downloads and deletes media", async () => {
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
    const file = await whatsapp.fetchMedia(media.url);
    check(Buffer.from(await file.arrayBuffer()).equals(bytes), "other bytes came back");
    check((await whatsapp.deleteMedia(id, phone)).success, "not deleted");
    check((await whatsapp.retrieveMedia(id)).error?.code === 100, "still there");
});

await step("hears refusals with their codes", async () => {
    const answer = await whatsapp.sendMessage(phone, user, new Image("1", true));
    check(answer.error?.code === 131009 || answer.error?.code === 100, answer);
});

await step("makes, lists, changes and deletes a QR code", async () => {
    const made = await whatsapp.createQR(phone, "Hello", "png");
    check(made.code, made);
    const listed = await whatsapp.retrieveQR(phone);
    check(listed.data.some((known) => known.code === made.code), listed);
    const changed = await whatsapp.updateQR(phone, made.code, "Hello again");
    check(changed.prefilled_message === "Hello again", changed);
    check((await whatsapp.deleteQR(phone, made.code)).success, "not deleted");
});

await step("blocks and unblocks a user", async () => {
    const blocked = await whatsapp.blockUser(phone, user);
    check(blocked.block_users?.added_users?.length === 1, blocked);
    const freed = await whatsapp.unblockUser(phone, user);
    check(freed.block_users?.removed_users?.length === 1, freed);
});

server.close();
console.log(JSON.stringify(steps));
