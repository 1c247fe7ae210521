// Drives the simulator with @kapso/whatsapp-cloud-api. Takes one argument, a JSON object of
// addresses, ids and secrets. Prints one JSON object: each step and "ok", or what went wrong.

import {
    WhatsAppClient,
    TemplateDefinition,
    buildTemplateSendPayload,
} from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { check, given, serve, sim, step, steps, until } from "./kit.mjs";

const { user, phone: phoneNumberId, waba: businessAccountId } = given;
const to = `+${user}`;
const client = new WhatsAppClient({
    accessToken: given.token,
    baseUrl: given.base_url,
    graphVersion: "v24.0",
});
const messages = [];
const statuses = [];

const server = await serve(async (request, url, body) => {
    if (request.method === "GET") {
        check(url.searchParams.get("hub.verify_token") === given.verify_token, "other token");
        return url.searchParams.get("hub.challenge");
    }
    const signatureHeader = request.headers["x-hub-signature-256"];
    const good = verifySignature({ appSecret: given.app_secret, rawBody: body, signatureHeader });
    check(good, "the signature does not hold");
    const normal = normalizeWebhook(JSON.parse(body));
    messages.push(...normal.messages);
    statuses.push(...normal.statuses);
    return "";
});

const heard = (kind) => until(kind, () => messages.find((message) => message.type === kind));
const id = (answer) => answer.messages[0].id;

await step("answers the challenge", () =>
    sim("POST", "/subscribe", { callback_url: server.url, verify_token: given.verify_token }),
);

await step("hears a text and its sender", async () => {
    await sim("POST", `/users/${user}/messages`, { text: "hello kapso" });
    const message = await heard("text");
    check(message.text.body === "hello kapso" && message.from === user && message.fromUserId, message);
});

await step("sends text and hears its statuses", async () => {
    const sent = id(await client.messages.sendText({ phoneNumberId, to, body: "hi" }));
    await until("delivered", () =>
        statuses.some((status) => status.id === sent && status.status === "delivered"),
    );
});

await step("sends to a BSUID", async () => {
    const recipient = (await heard("text")).fromUserId;
    check(id(await client.messages.sendText({ phoneNumberId, recipient, body: "hi you" })), "no id");
});

await step("sends buttons and hears the tap", async () => {
    const sent = await client.messages.sendInteractiveButtons({
        phoneNumberId,
        to,
        bodyText: "Which?",
        buttons: [
            { id: "y", title: "Yes" },
            { id: "n", title: "No" },
        ],
    });
    await sim("POST", `/users/${user}/tap`, { wamid: id(sent), button: "n" });
    const tap = await heard("interactive");
    check(tap.interactive.buttonReply?.id === "n", tap);
});

await step("sends the other kinds", async () => {
    const all = { phoneNumberId, to };
    await client.messages.sendInteractiveList({
        ...all,
        bodyText: "Choose",
        buttonText: "Open",
        sections: [{ title: "All", rows: [{ id: "1", title: "One" }] }],
    });
    await client.messages.sendInteractiveCtaUrl({
        ...all,
        bodyText: "Look",
        parameters: { displayText: "Open", url: "https://example.com/" },
    });
    // Its own builder adds `parameters`, which Meta's page does not have.
    await client.messages.sendInteractiveRaw({
        ...all,
        interactive: {
            type: "location_request_message",
            body: { text: "Where?" },
            action: { name: "send_location" },
        },
    });
    await client.messages.sendLocation({ ...all, location: { latitude: 1.5, longitude: 2.5 } });
    await client.messages.sendContacts({
        ...all,
        contacts: [{ name: { formattedName: "Ann Example", firstName: "Ann" } }],
    });
    const { id: messageId } = await heard("text");
    await client.messages.sendReaction({ ...all, reaction: { messageId, emoji: "👍" } });
    await client.messages.markRead({ phoneNumberId, messageId, typingIndicator: { type: "text" } });
});

await step("uploads, sends, downloads and deletes media", async () => {
    const bytes = Buffer.from("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n");
    const file = new Blob([bytes], { type: "application/pdf" });
    const upload = { phoneNumberId, type: "application/pdf", file, fileName: "a.pdf" };
    const { id: mediaId } = await client.media.upload(upload);
    await client.messages.sendDocument({ phoneNumberId, to, document: { id: mediaId } });
    const known = await client.media.get({ mediaId });
    check(known.mimeType === "application/pdf", known);
    const got = await client.media.download({ mediaId, auth: "always" });
    check(Buffer.from(got).equals(bytes), "other bytes came back");
    await client.media.delete({ mediaId });
});

await step("hears refusals with their codes", async () => {
    const template = { name: "no_such_template", language: { code: "en" } };
    const refused = await client.messages
        .sendTemplate({ phoneNumberId, to, template })
        .then(() => null, (error) => error);
    check(refused?.code === 132001, String(refused));
});

await step("creates, lists, sends and deletes a template", async () => {
    const definition = TemplateDefinition.buildTemplateDefinition({
        name: "kapso_order",
        language: "en_US",
        category: "UTILITY",
        parameterFormat: "NAMED",
        components: [
            {
                type: "BODY",
                text: "Thank you, {{name}}! Your order {{number}} ships soon.",
                example: {
                    bodyTextNamedParams: [
                        { paramName: "name", example: "Ann" },
                        { paramName: "number", example: "7" },
                    ],
                },
            },
        ],
    });
    const created = await client.templates.create({ businessAccountId, ...definition });
    check(created.id && created.status, created);
    await sim("POST", "/trigger/template.approved", { template: "kapso_order", language: "en_US" });
    const listed = await client.templates.list({ businessAccountId, name: "kapso_order" });
    check(listed.data.some((known) => known.status === "APPROVED"), listed);
    const template = buildTemplateSendPayload({
        name: "kapso_order",
        language: "en_US",
        body: [
            { type: "text", text: "Ann", parameterName: "name" },
            { type: "text", text: "7", parameterName: "number" },
        ],
    });
    check(id(await client.messages.sendTemplate({ phoneNumberId, to, template })), "no id");
    await client.templates.delete({ businessAccountId, name: "kapso_order" });
});

await step("deploys a flow and sends it", async () => {
    const footer = {
        type: "Footer",
        label: "Send",
        onClickAction: { name: "complete", payload: { word: "${form.word}" } },
    };
    const input = { type: "TextInput", name: "word", label: "One word", required: true };
    const layout = { type: "SingleColumnLayout", children: [input, footer] };
    const json = { version: "7.2", screens: [{ id: "FIRST", title: "Say", terminal: true, layout }] };
    const options = { wabaId: businessAccountId, name: "kapso flow", publish: true };
    const deployed = await client.flows.deploy(json, options);
    const flowId = deployed.flowId ?? deployed.id;
    check(flowId, deployed);
    await client.messages.sendInteractiveFlow({
        phoneNumberId,
        to,
        bodyText: "Tell us",
        parameters: {
            flowId,
            flowCta: "Open",
            flowToken: "token-1",
            flowAction: "navigate",
            flowActionPayload: { screen: "FIRST" },
        },
    });
});

await step("reads and changes the profile", async () => {
    await client.phoneNumbers.businessProfile.update({ phoneNumberId, about: "Plants" });
    const profile = await client.phoneNumbers.businessProfile.get({ phoneNumberId, fields: "about" });
    check(JSON.stringify(profile).includes("Plants"), profile);
});

server.close();
console.log(JSON.stringify(steps));
