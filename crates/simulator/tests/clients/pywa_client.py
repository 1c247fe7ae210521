"""Drives the simulator with pywa, as a program would that somebody else wrote.

Takes one argument, a JSON object of addresses, ids and secrets. Prints one JSON object: each step
and "ok", or what went wrong.
"""

import faulthandler
import json
import socket
import sys
import threading
import time
import traceback

import httpx
import uvicorn
from fastapi import FastAPI
from pywa import WhatsApp, errors, filters, types
from pywa.types import templates as t

given = json.loads(sys.argv[1])
base, user, phone, waba = given["base_url"], given["user"], given["phone"], given["waba"]
steps = {}
# Whoever waits for something that never comes is shown where.
faulthandler.dump_traceback_later(90, exit=True)


def step(function):
    """Runs a step and writes down how it went."""
    name = function.__name__
    try:
        function()
        steps[name] = "ok"
    except Exception as error:  # every failure is a result here
        where = traceback.extract_tb(error.__traceback__)[-1]
        steps[name] = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
    return function


def until(what, found):
    """Waits until `found` gives something."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if (value := found()) is not None:
            return value
        time.sleep(0.01)
    raise TimeoutError(what)


def sim(method, path, body=None):
    """The simulator's own API."""
    answer = httpx.request(method, f"{base}/sim/v1{path}", json=body, timeout=15)
    answer.raise_for_status()
    return answer.json()


app = FastAPI()
wa = WhatsApp(
    phone_id=phone,
    token=given["token"],
    server=app,
    verify_token=given["verify_token"],
    app_id=int(given["app"]),
    app_secret=given["app_secret"],
    waba_id=waba,
    api_version=24.0,
)
wa.api._session.base_url = f"{base}/v24.0"
seen, statuses = {}, []


@wa.on_message(filters.text)
def on_text(_, message):
    seen["text"] = (message.text, message.id)
    message.reply(f"You said: {message.text}")


@wa.on_message(filters.image)
def on_image(_, message):
    seen["image"] = message.image.get_bytes()


@wa.on_callback_button
def on_button(_, press):
    seen["button"] = (press.data, press.title)


@wa.on_callback_selection
def on_row(_, pick):
    seen["row"] = (pick.data, pick.title)


@wa.on_message_status
def on_status(_, status):
    statuses.append((status.id, status.status.value))


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
callback = f"http://127.0.0.1:{listener.getsockname()[1]}/"
server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
threading.Thread(target=server.run, args=([listener],), daemon=True).start()
until("the bot's server", lambda: server.started or None)


@step
def registers_its_callback():
    token = wa.get_app_access_token(int(given["app"]), given["app_secret"])
    assert wa.set_app_callback_url(
        app_id=int(given["app"]),
        app_access_token=token,
        callback_url=callback,
        verify_token=given["verify_token"],
        fields=("messages", "message_template_status_update", "flows"),
    )
    httpx.post(
        f"{base}/v24.0/{waba}/subscribed_apps",
        headers={"Authorization": f"Bearer {given['token']}"},
    ).raise_for_status()


@step
def hears_a_text_and_answers_it():
    wrote = sim("POST", f"/users/{user}/messages", {"text": "hello pywa"})
    text, wamid = until("the text", lambda: seen.get("text"))
    assert (text, wamid) == ("hello pywa", wrote["wamid"]), (text, wamid, wrote)

    def answered():
        chat = sim("GET", f"/users/{user}/chat")["data"]
        lines = [line for line in chat if not line["from_user"]]
        return lines[-1] if lines else None

    answer = until("the answer", answered)
    assert answer["content"]["body"] == "You said: hello pywa", answer


@step
def sends_text_and_hears_its_statuses():
    sent = wa.send_message(to=user, text="hi", preview_url=False)
    until("delivered", lambda: (sent.id, "delivered") in statuses or None)


@step
def sends_buttons_and_hears_the_tap():
    sent = wa.send_message(
        to=user,
        text="Which?",
        buttons=[types.Button("Yes", callback_data="y"), types.Button("No", callback_data="n")],
    )
    sim("POST", f"/users/{user}/tap", {"wamid": sent.id, "button": "No"})
    assert until("the tap", lambda: seen.get("button")) == ("n", "No"), seen


@step
def sends_a_list_and_hears_the_choice():
    rows = [types.SectionRow(title=f"Row {n}", callback_data=f"row:{n}") for n in range(3)]
    sent = wa.send_message(
        to=user,
        text="Choose",
        header="Menu",
        footer="Today",
        buttons=types.SectionList(button_title="Open", sections=[types.Section("All", rows)]),
    )
    sim("POST", f"/users/{user}/pick", {"wamid": sent.id, "row": "Row 2"})
    assert until("the choice", lambda: seen.get("row")) == ("row:2", "Row 2"), seen


@step
def sends_a_link_button():
    wa.send_message(
        to=user, text="Look", buttons=types.URLButton(title="Open", url="https://example.com/")
    )


@step
def sends_location_contact_reaction_and_read_mark():
    wa.send_location(to=user, latitude=1.5, longitude=2.5, name="Here", address="Street 1")
    card = types.Contact(
        name=types.Contact.Name(formatted_name="Ann Example", first_name="Ann"),
        phones=[types.Contact.Phone(phone="+15550100", type="HOME")],
    )
    wa.send_contact(to=user, contact=card)
    wamid = seen["text"][1]
    wa.send_reaction(to=user, emoji="👍", message_id=wamid)
    wa.remove_reaction(to=user, message_id=wamid)
    wa.mark_message_as_read(message_id=wamid)
    wa.indicate_typing(message_id=wamid)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "000002000001e221bc330000000049454e44ae426082"
)


@step
def uploads_sends_looks_up_downloads_and_deletes_media():
    media = wa.upload_media(media=PNG, mime_type="image/png", filename="dot.png")
    wa.send_image(to=user, image=media.id, caption="A dot")
    url = wa.get_media_url(media.id)
    assert url.mime_type == "image/png", url
    assert wa.get_media_bytes(url.url) == PNG
    assert wa.delete_media(media.id)
    try:
        wa.get_media_url(media.id)
    except errors.WhatsAppError as error:
        assert error.code == 100, error
    else:
        raise AssertionError("the deleted file is still there")


@step
def downloads_what_the_user_sends():
    sim("POST", "/trigger/message.image", {"user": f"+{user}"})
    assert len(until("the picture", lambda: seen.get("image"))) > 0


@step
def knows_refusals_by_their_codes():
    try:
        wa.send_template(to=user, name="no_such_template", language=t.TemplateLanguage.ENGLISH)
    except errors.WhatsAppError as error:
        assert error.code == 132001, error
    else:
        raise AssertionError("a template that does not exist was sent")
    sim("POST", "/faults", {"trouble": {"graph": {"code": 130429}}, "times": 1})
    try:
        wa.send_message(to=user, text="too fast")
    except errors.RateLimitHit:
        pass
    else:
        raise AssertionError("the fault did not strike")


def template(name):
    return t.Template(
        name=name,
        language=t.TemplateLanguage.ENGLISH_US,
        category=t.TemplateCategory.MARKETING,
        parameter_format=t.ParamFormat.NAMED,
        components=[
            t.HeaderText(text="Our {{sale_name}} is on!", sale_name="Summer Sale"),
            t.BodyText(
                text="Shop now through {{end_date}} and use code {{code}} to save on everything.",
                end_date="the end of August",
                code="25OFF",
            ),
            t.FooterText(text="Use the button below to leave"),
            t.Buttons(buttons=[t.QuickReplyButton(text="Unsubscribe")]),
        ],
    )


@step
def creates_reviews_lists_sends_edits_and_deletes_a_template():
    created = wa.create_template(template("pywa_sale"))
    assert created.status.value in ("PENDING", "APPROVED"), created
    sim("POST", "/trigger/template.approved", {"template": "pywa_sale", "language": "en_US"})
    details = until(
        "approval",
        lambda: next(
            (
                found
                for found in wa.get_templates(name="pywa_sale")
                if found.status.value == "APPROVED"
            ),
            None,
        ),
    )
    assert details.id == created.id
    wa.send_template(
        to=user,
        name="pywa_sale",
        language=t.TemplateLanguage.ENGLISH_US,
        params=[
            t.HeaderText.params(sale_name="Winter Sale"),
            t.BodyText.params(end_date="May", code="50OFF"),
            t.QuickReplyButton.params(callback_data="leave", index=0),
        ],
    )
    assert wa.delete_template(template_name="pywa_sale")
    try:
        wa.create_template(template("Not A Name"))
    except errors.WhatsAppError as error:
        assert error.code == 100, error
    else:
        raise AssertionError("a template with a bad name was created")


FLOW = {
    "version": "7.2",
    "screens": [
        {
            "id": "FIRST",
            "title": "Feedback",
            "terminal": True,
            "layout": {
                "type": "SingleColumnLayout",
                "children": [
                    {"type": "TextInput", "name": "word", "label": "One word", "required": True},
                    {
                        "type": "Footer",
                        "label": "Send",
                        "on-click-action": {
                            "name": "complete",
                            "payload": {"word": "${form.word}"},
                        },
                    },
                ],
            },
        }
    ],
}


@step
def creates_publishes_sends_and_deprecates_a_flow():
    created = wa.create_flow(name="pywa feedback", categories=["SURVEY"])
    updated = wa.update_flow_json(created.id, flow_json=FLOW)
    assert updated.success and not updated.validation_errors, updated
    assert wa.publish_flow(created.id)
    found = wa.get_flow(created.id)
    assert found.status.value == "PUBLISHED", found
    assert any(flow.id == created.id for flow in wa.get_flows())
    assert list(wa.get_flow_assets(created.id))
    wa.send_message(
        to=user,
        text="Tell us",
        buttons=types.FlowButton(
            title="Open",
            flow_id=created.id,
            flow_token="token-1",
            flow_action_type="navigate",
            flow_action_screen="FIRST",
        ),
    )
    assert wa.deprecate_flow(created.id)


@step
def reads_and_changes_the_number():
    assert wa.get_business_phone_number().id == phone
    assert wa.get_business_account().id == waba
    wa.update_business_profile(about="Plants", websites=["https://example.com/"])
    assert wa.get_business_profile().about == "Plants"
    assert wa.get_commerce_settings().is_cart_enabled is not None
    code = wa.create_qr_code(prefilled_message="Hello", image_type="PNG")
    assert any(known.code == code.code for known in wa.get_qr_codes())
    assert wa.delete_qr_code(code.code)
    wa.block_users([user])
    wa.unblock_users([user])


server.should_exit = True
print(json.dumps(steps))
