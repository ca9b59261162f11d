"""Messages by Open Sound Control (OSC) over UDP. Needs python-osc, which the extra ``osc`` brings."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence

from eqmorph.errors import UsageError

__all__ = ["OscListener"]

_MOST_BYTES = 65_535
_LOOK_S = 0.2


class OscListener:
    """Listens on a port, in a thread of its own, and hands on each message.

    Packets that are none, whatever is wrong with them, are ignored; times in them are too.

    Args:
        port: of UDP; 0 for any that is free.
        on_message: told the address and the values of each message.
        host: the interface to listen on; this machine alone by default.

    Raises:
        UsageError: python-osc is not installed, or the port is taken.
    """

    def __init__(
        self, port: int, on_message: Callable[[str, Sequence[object]], None], *, host: str = "127.0.0.1"
    ) -> None:
        try:
            from pythonosc.osc_packet import OscPacket
        except ImportError as error:
            raise UsageError(
                "control by OSC needs python-osc", hint='Install it with: pip install "eqmorph[osc]"'
            ) from error
        self._parse = OscPacket
        self._on_message = on_message
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise UsageError(
                f"port {port} of {host} can't be listened on: {error.strerror or error}",
                hint="Is another program using it? Choose another port.",
            ) from error
        self._socket.settimeout(_LOOK_S)
        self.port: int = self._socket.getsockname()[1]
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="osc", daemon=True)
        self._thread.start()

    def __enter__(self) -> OscListener:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._is_closed.is_set():
            try:
                data = self._socket.recv(_MOST_BYTES)
            except OSError:  # nothing came, or the network told of a packet that was sent before
                continue
            for address, values in self._messages(data):
                self._on_message(address, values)

    def _messages(self, data: bytes) -> list[tuple[str, list[object]]]:
        try:
            return [(timed.message.address, list(timed.message.params)) for timed in self._parse(data).messages]
        # Anybody may send anything, and the parser raises whatever it runs into: its own errors, those of struct, of
        # decoding, of an index. A packet is to be ignored then, not the end of control.
        except Exception:
            return []
