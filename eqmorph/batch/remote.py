"""Names of what lies elsewhere: in an object store, or on the web. What reaches it is in `store.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from eqmorph.errors import UsageError

__all__ = ["Remote", "is_url", "local_path", "web_name"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Remote:
    """A file elsewhere, as it was when it was looked at.

    Attributes:
        url: where it is.
        size: its length in bytes; -1 where nobody says.
        stamp: what changes whenever its contents do, such as an object's etag; empty where there is no such thing.
    """

    url: str
    size: int = -1
    stamp: str = ""

    @property
    def name(self) -> str:
        """What to call it: an address on the web without what may let others in, such as a signature."""
        return web_name(self.url)

    def is_still(self, size: int, stamp: str) -> bool:
        """Tell whether it is what had this size and stamp once; without a stamp, nobody can tell."""
        return bool(stamp) and (self.size, self.stamp) == (size, stamp)


def is_url(name: str | Path) -> bool:
    """Tell whether what a user named lies elsewhere. A path never does: it has lost a slash."""
    return isinstance(name, str) and _URL.match(name) is not None


def local_path(name: str | Path) -> str | Path:
    """Return the path that a ``file://`` address means, and anything else as it is."""
    if not is_url(name) or not str(name).lower().startswith("file://"):
        return name
    address = urlsplit(str(name))
    if address.netloc not in ("", "localhost"):
        raise UsageError(f"{name} names another machine", hint="file:// is for this one: file:///folder/song.wav")
    path = unquote(address.path)
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path  # file:///C:/folder


def web_name(url: str) -> str:
    """Return an address without its password, query and fragment, if it is one on the web."""
    if not url.lower().startswith(_WEB):
        return url
    address = urlsplit(url)
    return address._replace(netloc=address.netloc.rpartition("@")[2], query="", fragment="").geturl()
