"""Drives the Graph-compatible endpoint with pywa, as a program that was written for the Cloud API.

Takes one argument, a JSON object of addresses and ids. Prints one JSON object: each step and "ok",
or what went wrong, and the wamids.
"""

import faulthandler
import json
import sys
import traceback

import httpx
from pywa import WhatsApp, errors, types
from pywa.types import templates as t

given = json.loads(sys.argv[1])
user, phone = given["user"], given["phone"]
steps, wamids = {}, []
# Whoever waits for something that never comes is shown where.
faulthandler.dump_traceback_later(90, exit=True)

# All that such a program changes: the key, the time-out, and the base URL.
wa = WhatsApp(
    phone_id=phone,
    token=given["key"],
    api_version=24.0,
    session=httpx.Client(timeout=30),
)
wa.api._session.base_url = f"{given['graph']}/v24.0"


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


def message(wamid):
    """A message as the gateway's own API shows it."""
    answer = httpx.get(
        f"{given['api']}/messages/{wamid}", headers={"Authorization": f"Bearer {given['key']}"}
    )
    answer.raise_for_status()
    return answer.json()


@step
def sends_a_text():
    sent = wa.send_message(to=user, text="hi", preview_url=False)
    wamids.append(sent.id)
    assert sent.id.startswith("wamid."), sent
    assert message(sent.id)["content"]["text"]["body"] == "hi"


@step
def sends_buttons_and_a_list():
    sent = wa.send_message(
        to=user,
        text="Which?",
        buttons=[types.Button("Yes", callback_data="y"), types.Button("No", callback_data="n")],
    )
    wamids.append(sent.id)
    rows = [types.SectionRow(title=f"Row {n}", callback_data=f"row:{n}") for n in range(3)]
    sent = wa.send_message(
        to=user,
        text="Choose",
        buttons=types.SectionList(button_title="Open", sections=[types.Section("All", rows)]),
    )
    wamids.append(sent.id)
    assert message(sent.id)["type"] == "interactive"


@step
def sends_a_template():
    sent = wa.send_template(
        to=user, name="hello_world", language=t.TemplateLanguage.ENGLISH_US, params=[]
    )
    wamids.append(sent.id)
    assert sent.id.startswith("wamid."), sent


@step
def keeps_the_callback_data():
    sent = wa.send_message(to=user, text="tracked", tracker="order-7")
    wamids.append(sent.id)
    assert "order-7" in message(sent.id)["content"]["biz_opaque_callback_data"]


@step
def marks_as_read_and_types():
    wa.mark_message_as_read(message_id=given["inbound"])
    wa.indicate_typing(message_id=given["inbound"])


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "000002000001e221bc330000000049454e44ae426082"
)


@step
def uploads_sends_downloads_and_deletes_a_file():
    media = wa.upload_media(media=PNG, mime_type="image/png", filename="dot.png")
    sent = wa.send_image(to=user, image=media.id, caption="A dot")
    wamids.append(sent.id)
    url = wa.get_media_url(media.id)
    assert url.mime_type == "image/png", url
    assert url.url.startswith(given["graph"]), url
    assert wa.get_media_bytes(url.url) == PNG
    assert wa.delete_media(media.id)
    try:
        wa.get_media_url(media.id)
    except errors.WhatsAppError as error:
        assert error.code == 100, error
    else:
        raise AssertionError("the deleted file is still there")


@step
def knows_the_carriers_refusal_by_its_type():
    try:
        wa.send_template(
            to=user, name="no_such_template", language=t.TemplateLanguage.ENGLISH, params=[]
        )
    except errors.TemplateNotExists as error:
        assert error.code == 132001 and error.fbtrace_id, error
    else:
        raise AssertionError("a template that does not exist was sent")


@step
def knows_our_refusals_by_their_type():
    try:
        wa.send_message(to=user, text="x" * 5000)
    except errors.InvalidParameter as error:
        assert "text.body" in error.details, error
    else:
        raise AssertionError("a text that is too long was sent")
    other = WhatsApp(phone_id=phone, token="EAAG-of-metas", session=httpx.Client(timeout=30))
    other.api._session.base_url = f"{given['graph']}/v24.0"
    try:
        other.send_message(to=user, text="x")
    except errors.WhatsAppError as error:
        assert error.code == 190, error
    else:
        raise AssertionError("a token of Meta's was taken")


print(json.dumps({"steps": steps, "wamids": wamids}))
