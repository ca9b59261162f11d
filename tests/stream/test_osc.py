"""OSC over UDP: messages arrive, and no packet does harm."""

from __future__ import annotations

import random
import socket

import pytest

from eqmorph.errors import UsageError
from eqmorph.stream.osc import OscListener
from tests.support import need_extras, wait_until

need_extras("osc")


def send(port: int, data: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(data, ("127.0.0.1", port))


def message(address: str, value: float) -> bytes:
    from pythonosc.osc_message_builder import OscMessageBuilder

    builder = OscMessageBuilder(address)
    builder.add_arg(value)
    return bytes(builder.build().dgram)


def test_messages_arrive() -> None:
    heard: list[tuple[str, list[object]]] = []
    with OscListener(0, lambda address, values: heard.append((address, list(values)))) as listener:
        send(listener.port, message("/eqmorph/warm", 0.5))
        wait_until(lambda: heard)
    assert heard == [("/eqmorph/warm", [0.5])]


def test_hostile_packets_are_ignored() -> None:
    heard: list[str] = []
    good, chance = message("/eqmorph/warm", 0.5), random.Random(0)
    bad = [b"", b"#bundle\0", b"#bundle\0" + b"\xff" * 20, b"/" * 60_000, b"\0" * 1000, good[:-3]]
    bad += [chance.randbytes(chance.randrange(200)) for _ in range(50)]
    with OscListener(0, lambda address, _: heard.append(address)) as listener:
        for data in bad:
            send(listener.port, data)
        send(listener.port, good)
        wait_until(lambda: "/eqmorph/warm" in heard)


def test_a_port_that_is_taken_is_a_clear_reason() -> None:
    with OscListener(0, lambda *_: None) as listener, pytest.raises(UsageError, match="can't be listened on"):
        OscListener(listener.port, lambda *_: None)
