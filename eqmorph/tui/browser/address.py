"""Where the app is served, and what has to be there for that to be safe."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from eqmorph.errors import UsageError
from eqmorph.wording import Means, Phrase

__all__ = ["LEAST_TOKEN", "Address", "parse_address", "refuse_unsafe"]

LEAST_TOKEN = 16  # characters
_USUAL_HOST, _USUAL_PORT = "127.0.0.1", 8000
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """A host, as a number or ``localhost``, and a port."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def parse_address(text: str) -> Address:
    """Read ``127.0.0.1:8000``, ``localhost:8000``, ``[::1]:8000``, or a part of it: ``8000``, ``:8000``, ``127.0.0.1``.

    Raises:
        UsageError: it is none of these.
    """
    host, colon, port = text.strip().rpartition(":")
    if text.strip().endswith("]") or (not colon and not port.isdecimal()):
        host, port = text.strip(), ""
    host = host.removeprefix("[").removesuffix("]") or _USUAL_HOST
    try:
        number = int(port) if port else _USUAL_PORT
        address = Address(host if host == "localhost" else str(ipaddress.ip_address(host)), number)
    except ValueError:
        number = -1
    if not 0 < number <= _HIGHEST_PORT:
        raise UsageError(f"{text!r} is not an address to serve at", hint="As in 127.0.0.1:8000: a number, and a port.")
    return address


def refuse_unsafe(address: Address, token: str) -> None:
    """Refuse to serve others who need not show a token, or could guess it.

    Raises:
        UsageError: they could.
    """
    if token and len(token) < LEAST_TOKEN:
        raise UsageError(
            f"the token is too short: it could be guessed, and needs {LEAST_TOKEN} characters",
            hint='One that nobody guesses: python -c "import secrets; print(secrets.token_urlsafe())"',
        )
    if not address.is_loopback and not token:
        raise UsageError(
            f"{address.host} can be reached from other machines, and who reaches the app can read and write files",
            hint=Phrase("Serve at 127.0.0.1, or set {} to a secret that browsers must show.", Means.SERVE_TOKEN),
        )
