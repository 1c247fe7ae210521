"""A consumer and publisher as the documentation of the NATS interface shows one.

Arguments: server URL, session, folder of the commands. Subscribes to the events of the session,
publishes every documented command, and waits for a result of each. Prints the results as JSON.
"""

import asyncio
import json
import pathlib
import sys
import uuid

import nats

# What the carrier has nothing for; `image` is there by URL and as base64.
REFUSED = {"poll", "edit", "revoke"}


def commands(folder):
    """Each documented command under a request id of its own."""
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        text = path.read_text(encoding="utf-8")
        command = json.loads(text.replace("3EB0ABC123...", "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBI="))
        if "type" in command:
            command["request_id"] = str(uuid.uuid4())
            yield command


async def main(url, session, folder):
    connection = await nats.connect(url)
    stream = connection.jetstream()
    results = {}
    seen = asyncio.Event()
    wanted = {}

    async def on_event(message):
        event = json.loads(message.data)
        assert message.subject == f"wa.events.{session}.{event['event']}", message.subject
        assert message.headers["Nats-Msg-Id"] == event["id"]
        if event["event"] == "send_result":
            results[event["request_id"]] = event
            if wanted and wanted.keys() <= results.keys():
                seen.set()
        await message.ack()

    await stream.subscribe("wa.events.>", durable="python-consumer", cb=on_event, manual_ack=True)
    all_commands = list(commands(folder))
    wanted.update({command["request_id"]: command["type"] for command in all_commands})
    for command in all_commands:
        await stream.publish(f"wa.send.{session}", json.dumps(command).encode())
    await asyncio.wait_for(seen.wait(), timeout=30)

    kinds = set(wanted.values())
    assert len(kinds) == 16, sorted(kinds)
    for request_id, kind in wanted.items():
        result = results[request_id]
        assert result["success"] == (kind not in REFUSED), (kind, result)
        assert (result["error"] is None) == result["success"], (kind, result)
        assert isinstance(result["timestamp"], int), (kind, result)
        if result["success"] and kind != "read":
            assert result["message_id"].startswith("wamid."), (kind, result)
    print(json.dumps({kind: results[request_id]["success"] for request_id, kind in wanted.items()}))
    await connection.drain()


asyncio.run(main(*sys.argv[1:]))
