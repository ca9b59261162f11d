"""Messages that came before there was anybody to tell."""

from __future__ import annotations

import threading

from textual.message import Message

from eqmorph.tui.early_messages import EarlyMessages


def test_they_are_told_in_their_order_and_then_at_once() -> None:
    early, told = EarlyMessages(), list[Message]()
    messages = [Message() for _ in range(3)]
    for message in messages[:2]:
        thread = threading.Thread(target=early.add, args=(message,))
        thread.start()
        thread.join()
    assert not told
    early.tell(told.append)
    early.add(messages[2])
    assert told == messages
